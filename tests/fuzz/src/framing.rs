//! A second reader of requests: written from RFC 9112 alone, line by line over whole messages, without a parser's library.

/// A request whose end was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub method: String,
    pub target: String,
    pub content: Vec<u8>,
    /// The client asked for the connection to be closed, or may not know that it stays open (RFC 9112, 9.3).
    pub is_last: bool,
}

/// The requests of a connection that are well-formed and complete, up to the first that is not.
pub fn messages(mut bytes: &[u8]) -> Vec<Message> {
    let mut found = Vec::new();
    while let Some((message, rest)) = message(bytes) {
        found.push(message);
        bytes = rest;
    }
    found
}

/// One request and the bytes after it.
fn message(mut bytes: &[u8]) -> Option<(Message, &[u8])> {
    // Empty lines before a request line are ignored (RFC 9112, 2.2).
    while let Some(rest) = bytes.strip_prefix(b"\r\n").or(bytes.strip_prefix(b"\n")) {
        bytes = rest;
    }
    let (request_line, mut bytes) = line(bytes)?;
    let words: Vec<&str> = std::str::from_utf8(request_line).ok()?.split(' ').collect();
    let [method, target, version] = words.as_slice() else {
        return None;
    };
    let minor = version.strip_prefix("HTTP/1.")?;
    let is_known = minor.len() == 1 && minor.as_bytes()[0].is_ascii_digit();
    let is_plain = target
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'#');
    if !is_known || target.is_empty() || !is_plain || !is_token(method.as_bytes()) {
        return None;
    }
    let mut fields = Fields::default();
    loop {
        let (field, rest) = line(bytes)?;
        bytes = rest;
        if field.is_empty() {
            break;
        }
        fields.add(field)?;
    }
    let is_old = minor == "0";
    let (content, rest) = match (fields.length, fields.codings.as_slice()) {
        (None, []) => (Vec::new(), bytes),
        (Some(length), []) => {
            let (content, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
            (content.to_vec(), rest)
        }
        // RFC 9112, 6.1: neither beside a length nor in an older version. Codings before the last one do not move the end of
        // the content (6.3).
        (None, [.., coding]) if !is_old && coding == "chunked" => chunked(bytes)?,
        _ => return None,
    };
    let message = Message {
        method: (*method).to_owned(),
        target: (*target).to_owned(),
        content,
        is_last: is_old || fields.connection.iter().any(|said| said == "close"),
    };
    Some((message, rest))
}

/// The fields that framing depends on.
#[derive(Default)]
struct Fields {
    length: Option<u64>,
    codings: Vec<String>,
    connection: Vec<String>,
}

impl Fields {
    fn add(&mut self, line: &[u8]) -> Option<()> {
        let colon = line.iter().position(|&byte| byte == b':')?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if !is_token(name) {
            return None;
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            let length = length(value)?;
            if self.length.is_some_and(|before| before != length) {
                return None;
            }
            self.length = Some(length);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.codings.extend(members(value));
        } else if name.eq_ignore_ascii_case(b"connection") {
            self.connection.extend(members(value));
        }
        Some(())
    }
}

/// The members of a list, in lower case. Empty ones are ignored (RFC 9110, 5.6.1).
fn members(value: &[u8]) -> Vec<String> {
    let value = String::from_utf8_lossy(value).to_ascii_lowercase();
    let members = value.split(',').map(|member| member.trim().to_owned());
    members.filter(|member| !member.is_empty()).collect()
}

fn length(value: &[u8]) -> Option<u64> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    is_number.then_some(())?;
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// The next line without its end; none if it is incomplete or holds what no line may (RFC 9112, 2.2; RFC 9110, 5.5).
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let line = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
    let is_clean = |&byte: &u8| byte == b'\t' || !byte.is_ascii_control();
    line.iter()
        .all(is_clean)
        .then_some((line, &bytes[end + 1..]))
}

/// The next line, which must end in CRLF.
fn strict_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = line(bytes)?;
    bytes[line.len()..]
        .starts_with(b"\r\n")
        .then_some((line, rest))
}

/// Decodes the chunked coding (RFC 9112, 7.1).
fn chunked(mut bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut content = Vec::new();
    loop {
        let (head, rest) = strict_line(bytes)?;
        bytes = rest;
        let digits = head
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        let (size, extensions) = head.split_at(digits);
        if !extensions.is_empty() && !has_extensions(extensions) {
            return None;
        }
        let size = u64::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()?;
        if size == 0 {
            break;
        }
        let (data, rest) = bytes.split_at_checked(usize::try_from(size).ok()?)?;
        content.extend_from_slice(data);
        bytes = rest.strip_prefix(b"\r\n")?;
    }
    loop {
        let (trailer, rest) = strict_line(bytes)?;
        bytes = rest;
        if trailer.is_empty() {
            return Some((content, bytes));
        }
    }
}

/// `*( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`, nothing after it (RFC 9112, 7.1.1).
fn has_extensions(bytes: &[u8]) -> bool {
    let after_blanks = |bytes: &mut &[u8]| *bytes = bytes.trim_ascii_start();
    let after_token = |bytes: &mut &[u8]| {
        let length = bytes.iter().take_while(|&&byte| is_token(&[byte])).count();
        *bytes = &bytes[length..];
        length > 0
    };
    let mut rest = bytes;
    while !rest.is_empty() {
        let before = rest;
        after_blanks(&mut rest);
        let Some(name) = rest.strip_prefix(b";") else {
            // Blanks may follow an extension, but not a size.
            return rest.is_empty() && before.len() < bytes.len();
        };
        rest = name;
        after_blanks(&mut rest);
        if !after_token(&mut rest) {
            return false;
        }
        let mut value = rest;
        after_blanks(&mut value);
        let Some(value) = value.strip_prefix(b"=") else {
            continue;
        };
        rest = value;
        after_blanks(&mut rest);
        let is_value = match rest.strip_prefix(b"\"") {
            Some(quoted) => match end_of_quoted(quoted) {
                Some(end) => {
                    rest = &quoted[end..];
                    true
                }
                None => false,
            },
            None => after_token(&mut rest),
        };
        if !is_value {
            return false;
        }
    }
    true
}

/// The length of the rest of a quoted string, with its closing quote.
fn end_of_quoted(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

fn is_token(bytes: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_end_where_the_rfc_says() {
        for (bytes, expected) in [
            ("GET / HTTP/1.1\r\n\r\nGET /b HTTP/1.1\n\n", vec!["", ""]),
            (
                "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n",
                vec!["abc", ""],
            ),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", vec![]),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;a=\"\\\";\" \r\nab\r\n0\r\nA: b\r\n\r\n",
                vec!["ab"],
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                vec![],
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2 \r\nab\r\n0\r\n\r\n",
                vec![],
            ),
            ("GET / HTTP/1.1\r\nA : b\r\n\r\n", vec![]),
        ] {
            let contents: Vec<_> = messages(bytes.as_bytes())
                .into_iter()
                .map(|message| String::from_utf8(message.content).unwrap())
                .collect();
            assert_eq!(contents, expected, "{bytes:?}");
        }
    }
}

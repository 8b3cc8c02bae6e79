//! The page that an application of NW.js or Electron opens.

/// Finds the page that an application opens: the `main` of its `package.json` as NW.js does, or a page that its main script
/// opens as Electron does. `head` reads a file below the application's folder; nothing if there is none.
pub(crate) fn application_page(head: &dyn Fn(&str) -> Vec<u8>) -> Option<String> {
    let package: serde_json::Value = serde_json::from_slice(&head("package.json")).ok()?;
    let main = package.get("main").and_then(|main| main.as_str());
    let main = main.unwrap_or("index.js").split(['?', '#']).next()?;
    let main = join("", main)?;
    let is_there = |page: &String| !head(page).is_empty();
    if is_page(&main) {
        return Some(main).filter(is_there);
    }
    let script = match head(&main) {
        none if none.is_empty() => head(&format!("{main}.js")),
        script => script,
    };
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    // A page of `loadFile` is named from the application on, one of `__dirname` from the script on.
    let paths = |page: String| [join("", &page), join(folder, &page)];
    let pages = opened_pages(&String::from_utf8_lossy(&script)).into_iter();
    pages.flat_map(paths).flatten().find(is_there)
}

fn is_page(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".html") || name.ends_with(".htm")
}

/// A path from a folder on, if it stays in the application.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in folder.split('/').chain(path.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The pages that a script opens in windows.
fn opened_pages(script: &str) -> Vec<String> {
    let calls = ["loadFile(", "loadURL("].into_iter();
    let arguments = calls.flat_map(|call| script.split(call).skip(1));
    arguments.filter_map(first_page).collect()
}

/// The page that the strings of a call's arguments name: `path.join(__dirname, 'dist', 'index.html')`.
fn first_page(arguments: &str) -> Option<String> {
    let mut path = String::new();
    let mut rest = arguments;
    loop {
        let start = rest.find(['"', '\'', '`', ';'])?;
        let quote = rest[start..].chars().next().filter(|quote| *quote != ';')?;
        let (text, after) = rest[start + 1..].split_once(quote)?;
        // `file://${__dirname}/index.html`
        let text = text.rsplit(['}', ':']).next()?;
        let text = text.split(['?', '#']).next()?;
        path = format!("{path}/{text}");
        if is_page(text) {
            return Some(path);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_that_an_application_opens_is_found() {
        let of_script = |main, script| (format!(r#"{{"main":"{main}"}}"#), script);
        let package = |text: &str| (text.to_owned(), "");
        for ((package, script), expected) in [
            (
                package(r#"{"main":"www/index.html"}"#),
                Some("www/index.html"),
            ),
            (
                package(r#"{"main":"./index.html?x=1"}"#),
                Some("index.html"),
            ),
            (package(r#"{"main":"missing.html"}"#), None),
            (package(r#"{"main":"../x.html"}"#), None),
            (package(r#"{"scripts":{}}"#), None),
            (package(""), None),
            (
                of_script("main.js", "win.loadFile('www/index.html')"),
                Some("www/index.html"),
            ),
            (
                of_script(
                    "js/main",
                    "win.loadURL(`file://${__dirname}/../www/index.html#1`)",
                ),
                Some("www/index.html"),
            ),
            (
                of_script(
                    "js/main.js",
                    "w.loadURL(url.format({pathname: path.join(__dirname, '..', 'www', 'index.html'), protocol: 'file:'}))",
                ),
                Some("www/index.html"),
            ),
            (
                of_script(
                    "js/main.js",
                    "w.loadFile(path.join(app.getAppPath(), \"www/index.html\"))",
                ),
                Some("www/index.html"),
            ),
            (
                of_script(
                    "main.js",
                    "w.loadURL('file://' + __dirname + '/index.html')",
                ),
                Some("index.html"),
            ),
            // A page of a server, and one that does not exist.
            (
                of_script(
                    "main.js",
                    "w.loadURL('http://localhost:3000/'); open('index.html')",
                ),
                None,
            ),
            (of_script("main.js", "w.loadFile('dist/index.html')"), None),
            (of_script("main.js", "serve('index.html')"), None),
        ] {
            let head = |name: &str| match name {
                "package.json" => package.clone().into_bytes(),
                "main.js" | "js/main.js" => script.as_bytes().to_vec(),
                "index.html" | "www/index.html" => b"page".to_vec(),
                _ => Vec::new(),
            };
            assert_eq!(
                application_page(&head).as_deref(),
                expected,
                "{package} {script}"
            );
        }
    }
}

//! Paths: whatever is asked for, a name is found by its own URL and nothing leads anywhere else.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use unicode_normalization::UnicodeNormalization;
use webserver::site::Site;
use webserver::site::path::AssetPath;

use super::{Fields, ask, config, site};
use crate::support::resolve;

/// Folders' names end so, and files' names do not: no file is where a folder must be.
const FOLDER: &str = "'/";

/// A site of files and folders with names of all sorts; each file contains its own name.
struct NamedSite {
    files: Vec<String>,
    /// Those that have a page.
    folders: Vec<String>,
    site: Site,
}

impl NamedSite {
    /// The status that a path is answered with.
    fn status(&self, url: &str) -> u16 {
        let Some(name) = read(url) else {
            return 400;
        };
        let is_any = |names: &[String], is_it: &dyn Fn(&str) -> bool| {
            names.iter().any(|name| is_it(&as_path(name)))
        };
        let is_page = |is_it: &dyn Fn(&str) -> bool| {
            let mut pages = self.folders.iter();
            pages.any(|folder| is_it(&format!("{}/", as_path(folder))))
        };
        let itself = |known: &str| known == name;
        let like_it = |known: &str| common_form(known) == common_form(&name);
        let slashed = name.replace('\\', "/");
        let parts = slashed.split('/').filter(|part| !part.is_empty());
        let end = if slashed.ends_with('/') { "/" } else { "" };
        let slashed = parts.collect::<Vec<_>>().join("/") + end;
        let with_slashes = |known: &str| known == slashed;
        let found = |is_it: &dyn Fn(&str) -> bool| match () {
            () if is_any(&self.files, is_it) || is_page(is_it) => Some(200),
            () if is_any(&self.folders, is_it) => Some(308),
            () => None,
        };
        match name.is_empty() {
            true => 200,
            false => found(&itself)
                .or_else(|| found(&like_it))
                .or_else(|| found(&with_slashes))
                .unwrap_or(404),
        }
    }
}

/// The path of a name, whose backslashes are separators where that is a path.
fn as_path(name: &str) -> String {
    let path = name.replace('\\', "/");
    match path.split('/').any(|part| ["", ".", ".."].contains(&part)) {
        true => name.to_owned(),
        false => path,
    }
}

/// The same for names that differ in case or Unicode form.
fn common_form(name: &str) -> String {
    let composed: String = name.nfc().collect();
    composed.to_lowercase().nfc().collect()
}

fn named_site() -> &'static NamedSite {
    static NAMED_SITE: OnceLock<NamedSite> = OnceLock::new();
    NAMED_SITE.get_or_init(|| {
        let mut runner = TestRunner::new(config(1));
        let mut some = |count| {
            let paths = btree_set(vec(name(), 1..4), count);
            let paths: BTreeSet<_> = paths.new_tree(&mut runner).unwrap().current();
            paths.into_iter().map(|parts| parts.join(FOLDER)).collect()
        };
        let mut files: Vec<_> = some(200);
        let folders: Vec<_> = some(40);
        let folders: Vec<_> = folders.iter().map(|folder| format!("{folder}'")).collect();
        files.extend(folders.iter().map(|folder| format!("{folder}/index.html")));
        files.push("index.html".to_owned());
        let content = files.iter().map(|name| (name.as_str(), name.as_bytes()));
        let site = site(content, None);
        NamedSite {
            files,
            folders,
            site,
        }
    })
}

/// The name of a file or folder that players may have.
fn name() -> impl Strategy<Value = String> {
    // What looks like an escape is none in a name.
    let piece = prop_oneof![
        12 => prop::char::range(' ', '~').prop_map(String::from),
        4 => any::<char>().prop_map(String::from),
        1 => "%[0-9a-fA-F]{2}",
    ];
    let name = vec(piece, 1..8).prop_map(|pieces| pieces.concat());
    name.prop_filter("hidden, or not a name", |name| {
        let is_control = |c: char| c.is_ascii_control();
        !name.starts_with('.')
            && !name.ends_with(['\'', '~', '#'])
            && !name.starts_with("~$")
            && !name.contains('/')
            && !name.contains(is_control)
    })
}

/// Something like a path, most often with what leads elsewhere in it.
fn path() -> impl Strategy<Value = String> {
    let pieces = [
        "/",
        "//",
        "a",
        ".",
        "..",
        "%2e",
        "%2E",
        "%2f",
        "%5c",
        "\\",
        "%00",
        "%0a",
        "%7f",
        "\u{1f}",
        "%",
        "%2",
        "%zz",
        "%25",
        "%ff",
        "%e4%b8%ad",
        "%E4%B8",
        "中",
        " ",
        "+",
        "?",
        "#",
    ];
    let pieced = vec(select(pieces.to_vec()), 0..10).prop_map(|pieces| pieces.concat());
    prop_oneof![
        any::<String>(),
        any::<String>().prop_map(|rest| format!("/{rest}")),
        pieced.prop_map(|rest| format!("/{rest}")),
    ]
}

/// The spelling of each byte of a name, by turns.
fn spelling() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 1..16)
}

/// A name as the path of a URL (RFC 3986, 2.1, 2.3 and 3.3): what must be escaped is, of the rest whatever the
/// spelling says, in digits of either case.
fn encode(name: &str, spelling: &[u8]) -> String {
    let mut url = "/".to_owned();
    for (byte, how) in name.bytes().zip(spelling.iter().cycle()) {
        let may_stand = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte);
        match how % 3 {
            0 if may_stand => url.push(byte.into()),
            1 => url += &format!("%{byte:02x}"),
            _ if may_stand && how % 2 == 0 => url.push(byte.into()),
            _ => url += &format!("%{byte:02X}"),
        }
    }
    url
}

/// The name that a path stands for (RFC 3986, 2.1 and 5.2.4), repeated slashes taken for one.
fn read(path: &str) -> Option<String> {
    let name = String::from_utf8(decode(path.strip_prefix('/')?.as_bytes())).ok()?;
    let parts: Vec<_> = name.split('/').collect();
    let leads_elsewhere = parts.contains(&".") || parts.contains(&"..");
    if leads_elsewhere || name.contains(|c: char| c.is_ascii_control()) {
        return None;
    }
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let is_folder = name.ends_with('/') && !parts.is_empty();
    Some(parts.join("/") + if is_folder { "/" } else { "" })
}

fn decode(mut path: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    while let Some((byte, rest)) = path.split_first() {
        let escaped = match (byte, rest) {
            (b'%', [high, low, ..]) => digit(high).zip(digit(low)),
            _ => None,
        };
        if let Some((high, low)) = escaped {
            decoded.push((high * 16 + low) as u8);
            path = &rest[2..];
        } else {
            decoded.push(*byte);
            path = rest;
        }
    }
    decoded
}

proptest! {
    #![proptest_config(config(5000))]

    #[test]
    fn any_string_is_a_name_below_the_root_or_none(path in path(), spelling in spelling()) {
        let parsed = AssetPath::parse(&path);
        let name = parsed.as_ref().ok().map(AssetPath::as_str);
        let expected = read(&path);
        prop_assert_eq!(name, expected.as_deref());
        if let Some(name) = name {
            let parts = name.strip_suffix('/').unwrap_or(name);
            let is_bad = |part: &str| ["", ".", ".."].contains(&part);
            prop_assert!(name.is_empty() || !parts.split('/').any(is_bad));
            prop_assert!(!name.bytes().any(|byte| byte.is_ascii_control()));
            let again = encode(name, &spelling);
            prop_assert_eq!(AssetPath::parse(&again), parsed);
        }
    }

    #[test]
    fn a_file_is_found_by_every_spelling_of_its_name(file in any::<Index>(), spelling in spelling()) {
        let named_site = named_site();
        let name = file.get(&named_site.files);
        let answer = ask(&named_site.site, "GET", &encode(name, &spelling), &Fields::new());
        prop_assert_eq!(answer.status, 200);
        prop_assert_eq!(answer.body, name.as_bytes());
    }

    #[test]
    fn a_missing_name_is_not_found(
        file in any::<Index>(),
        place in any::<Index>(),
        change in prop_oneof![any::<char>(), select(&['/', '.', 'a', '%'])],
        spelling in spelling(),
    ) {
        // A backslash is read as a slash; `AssetPath` has a table of its own for it.
        prop_assume!(change != '\\');
        let named_site = named_site();
        let mut name: Vec<_> = file.get(&named_site.files).chars().collect();
        let place = place.index(name.len() + 1);
        name.splice(place..(place + 1).min(name.len()), [change]);
        let url = encode(&String::from_iter(name), &spelling);
        let answer = ask(&named_site.site, "GET", &url, &Fields::new());
        let expected = named_site.status(&url);
        prop_assert_eq!(answer.status, expected, "{}", url);
    }

    #[test]
    fn a_folder_is_redirected_on_the_same_site(
        folder in any::<Index>(),
        slashes in 1..4_usize,
        query in proptest::option::of("[a-z0-9%=&/?]{0,10}"),
        spelling in spelling(),
    ) {
        let named_site = named_site();
        let folder = folder.get(&named_site.folders);
        let query = query.map_or(String::new(), |query| format!("?{query}"));
        // A browser takes `//name` for another host.
        let target = "/".repeat(slashes - 1) + &encode(folder, &spelling) + &query;
        let answer = ask(&named_site.site, "GET", &target, &Fields::new());
        prop_assert_eq!(answer.status, 308, "{}", target);
        let location = answer.field("location");
        prop_assert!(!location.starts_with('/'), "{}", location);
        prop_assert!(location.ends_with(&format!("/{query}")), "{}", location);
        let page = ask(&named_site.site, "GET", &resolve(&target, location), &Fields::new());
        prop_assert_eq!(page.body, format!("{folder}/index.html").into_bytes());
    }
}

//! Rules of serving that no other test of exports has, each beside its opposite: what a file server without the rule would
//! do, where the rule must not apply.

use webserver::library::game::Game;

use super::fixtures::{brotli, gzip, unity_brotli, unity_gzip, zstd_with_window};
use crate::properties::{Fields, ask, site, write};

const PAGE: &[u8] = b"<!doctype html>";
const TYPE: &str = "content-type";
const CODING: &str = "content-encoding";
const SNIFF: &str = "x-content-type-options";
const JS: &str = "text/javascript; charset=utf-8";
const OCTETS: &str = "application/octet-stream";

/// A field of the answer for a path in an export of these files; an empty value for none.
struct Row {
    rule: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
    path: &'static str,
    field: (&'static str, &'static str),
}

fn row(
    rule: &'static str,
    files: &[(&'static str, &[u8])],
    path: &'static str,
    field: (&'static str, &'static str),
) -> Row {
    let mut files: Vec<_> = { files.iter() }
        .map(|(name, content)| (*name, content.to_vec()))
        .collect();
    if !files.iter().any(|(name, _)| name.starts_with("index.")) {
        files.push(("index.html", PAGE.to_vec()));
    }
    Row {
        rule,
        files,
        path,
        field,
    }
}

fn types() -> Vec<Row> {
    let gbk: &[u8] = b"<meta charset=gbk><script src=a.js></script>";
    let utf8: &[u8] = b"<meta charset=utf-8><script src=a.js></script>";
    let index = |html: &'static [u8], name| [("index.html", html), (name, &b"let a"[..])];
    let load: &[u8] = b"<script src=engine></script><script src=jquery.js%3Fver=3></script>
        <script src=x.js@1.2></script><link rel=stylesheet href=theme><script>new Worker('ai'); fetch('map')</script>";
    vec![
        row(
            "an unknown type may be guessed",
            &[("a.zzz", b"?")],
            "/a.zzz",
            (SNIFF, ""),
        ),
        row(
            "a picture's type may not",
            &[("a.png", b"p")],
            "/a.png",
            (SNIFF, "nosniff"),
        ),
        row(
            "a list may run as a script",
            &[("a.json", b"show({})")],
            "/a.json",
            (SNIFF, ""),
        ),
        row(
            "a script of a tag",
            &index(load, "engine"),
            "/engine",
            (TYPE, JS),
        ),
        row(
            "a file that no tag names",
            &index(PAGE, "engine"),
            "/engine",
            (TYPE, OCTETS),
        ),
        row(
            "a script with a query in its name",
            &index(load, "jquery.js?ver=3"),
            "/jquery.js%3Fver=3",
            (TYPE, JS),
        ),
        row(
            "a script with a version after its ending",
            &index(load, "x.js@1.2"),
            "/x.js@1.2",
            (TYPE, JS),
        ),
        row(
            "a style of a tag",
            &index(load, "theme"),
            "/theme",
            (TYPE, "text/css; charset=utf-8"),
        ),
        row(
            "a style that a style sheet imports",
            &[
                ("index.html", b"<link rel=stylesheet href=css/a.css>"),
                ("css/a.css", b"@import \"theme.less\"; @import url(more/x);"),
                ("css/theme.less", b"b {}"),
                ("css/more/x", b"@import '../last.bin'"),
                ("css/last.bin", b"b {}"),
            ],
            "/css/last.bin",
            (TYPE, "text/css; charset=utf-8"),
        ),
        row(
            "a style that a style element imports",
            &index(b"<style>@import 'theme' screen</style>", "theme"),
            "/theme",
            (TYPE, "text/css; charset=utf-8"),
        ),
        row(
            "a picture that a style sheet names",
            &[
                ("index.html", b"<link rel=stylesheet href=a.css>"),
                ("a.css", b"b { background: url(hero) }"),
                ("hero", b"?"),
            ],
            "/hero",
            (TYPE, OCTETS),
        ),
        row("a worker", &index(load, "ai"), "/ai", (TYPE, JS)),
        row(
            "a file that a script fetches",
            &index(load, "map"),
            "/map",
            (TYPE, OCTETS),
        ),
        row(
            "a page that a script mentions",
            &[(
                "index.html",
                b"<script>log('redirected from \"index.html\"')</script>",
            )],
            "/index.html",
            (TYPE, "text/html; charset=utf-8"),
        ),
        row(
            "data that a module imports",
            &index(
                b"<script type=module>import a from './a.json' with { type: 'json' }</script>",
                "a.json",
            ),
            "/a.json",
            (TYPE, "application/json; charset=utf-8"),
        ),
        row(
            "a picture of an import map",
            &index(
                b"<script type=importmap>{\"imports\":{\"a\":\"./a.svg\"}}</script>",
                "a.svg",
            ),
            "/a.svg",
            (TYPE, "image/svg+xml; charset=utf-8"),
        ),
        row(
            "data that a tag loads as a script",
            &index(b"<script src=a.json></script>", "a.json"),
            "/a.json",
            (TYPE, JS),
        ),
        row(
            "data that a tag loads after words in a script",
            &[
                (
                    "index.html",
                    b"<script src=a.js></script><iframe src=b.html>",
                ),
                ("a.js", b"// from 'a.json'"),
                ("b.html", b"<script src=a.json></script>"),
                ("a.json", b"let a"),
            ],
            "/a.json",
            (TYPE, JS),
        ),
        row(
            "data that is preloaded as such",
            &index(b"<link rel=modulepreload as=json href=a.json>", "a.json"),
            "/a.json",
            (TYPE, "application/json; charset=utf-8"),
        ),
        row(
            "data that may be run as a script",
            &[("a.json", b"let a")],
            "/a.json",
            (SNIFF, ""),
        ),
        row(
            "the worker of a page in a folder",
            &[
                ("index.html", b"<iframe src=play/b.html>"),
                ("play/b.html", b"<script src=js/b.js></script>"),
                ("play/js/b.js", b"new Worker('ai')"),
                ("play/ai", b"let a"),
            ],
            "/play/ai",
            (TYPE, JS),
        ),
        row(
            "mime-db's types",
            &[("a.usdz", b"?")],
            "/a.usdz",
            (TYPE, "model/vnd.usdz+zip"),
        ),
        row(
            "the types that mime-db lacks",
            &[("a.cur", b"?")],
            "/a.cur",
            (TYPE, "image/x-icon"),
        ),
        row(
            "a text in UTF-8",
            &[("a.css", b"a {}")],
            "/a.css",
            (TYPE, "text/css; charset=utf-8"),
        ),
        row(
            "a text that states another charset",
            &[("a.css", b"@charset \"gbk\"; a {}")],
            "/a.css",
            (TYPE, "text/css"),
        ),
        row(
            "a script that may be in the encoding of its page",
            &[("index.html", gbk), ("a.js", b"t = '\xd0\xa1\xd1\xa7'")],
            "/a.js",
            (TYPE, "text/javascript"),
        ),
        row(
            "a script that may not",
            &[("index.html", gbk), ("a.js", b"t = '\xe4\xb8\xad'")],
            "/a.js",
            (TYPE, JS),
        ),
        row(
            "the same script of a page in UTF-8",
            &[("index.html", utf8), ("a.js", b"t = '\xd0\xa1\xd1\xa7'")],
            "/a.js",
            (TYPE, JS),
        ),
        row(
            "7-bit ISO-2022",
            &[("a.txt", b"\x1b$BF|K\\\x1b(B")],
            "/a.txt",
            (TYPE, "text/plain"),
        ),
    ]
}

fn codings() -> Vec<Row> {
    let plain = b"let answer = 42; ".repeat(1 << 10);
    let (wide, narrow) = (zstd_with_window(&plain, 24), zstd_with_window(&plain, 23));
    let packed = gzip(&plain);
    let in_brotli = brotli(&plain);
    vec![
        row(
            "a sibling from the first request on",
            &[("a.js", &plain), ("a.js.br", &in_brotli)],
            "/a.js",
            (CODING, "br"),
        ),
        row(
            "no coding while there is none yet",
            &[("a.js", &plain)],
            "/a.js",
            (CODING, ""),
        ),
        row(
            "a window that browsers accept",
            &[("a.js", &plain), ("a.js.zst", &narrow)],
            "/a.js",
            (CODING, "zstd"),
        ),
        row(
            "a window that they refuse",
            &[("a.js", &plain), ("a.js.zst", &wide)],
            "/a.js",
            (CODING, ""),
        ),
        row(
            "a file inside such a window is decoded here",
            &[("a.dat.zst", &wide)],
            "/a.dat",
            (CODING, ""),
        ),
        row(
            "a script that is gzip inside",
            &[("a.js", &packed)],
            "/a.js",
            (CODING, "gzip"),
        ),
        row(
            "data that is gzip inside",
            &[("a.dat", &packed)],
            "/a.dat",
            (CODING, ""),
        ),
    ]
}

fn names() -> Vec<Row> {
    let game: &[u8] = b"<script src=/game/main.js></script><script src=/game/lib.js></script>";
    let files = [
        ("index.html", game),
        ("main.js", b"main"),
        ("game/lib.js", b"own"),
        ("lib.js", b"other"),
    ];
    let length = "content-length";
    let listed: &[u8] = br#"{".env":[".env"]}"#;
    let env = |list| {
        [
            ("assets/AssetManifest.json", list),
            ("assets/.env", &b"A=1"[..]),
        ]
    };
    vec![
        row(
            "the prefix is removed",
            &files,
            "/game/main.js",
            (length, "4"),
        ),
        row(
            "a folder of that name comes first",
            &files,
            "/game/lib.js",
            (length, "3"),
        ),
        row(
            "a backslash is a slash",
            &[("a/b.txt", b"ab")],
            "/a%5Cb.txt",
            (length, "2"),
        ),
        row(
            "a folder for statements about the site",
            &[(".well-known/a.json", b"[]")],
            "/.well-known/a.json",
            (length, "2"),
        ),
        row(
            "a hidden file",
            &[(".b/a.json", b"[]")],
            "/.b/a.json",
            (SNIFF, "nosniff"),
        ),
        row(
            "a hidden file that the export's list has",
            &env(listed),
            "/assets/.env",
            (length, "3"),
        ),
        row(
            "a hidden file that a script names",
            &[("a.js", b"fetch('.b/a.json')"), (".b/a.json", b"[]")],
            "/.b/a.json",
            (length, "2"),
        ),
        row(
            "a page that is there packed only",
            &[("index.html.gz", &gzip(PAGE))],
            "/",
            (length, "15"),
        ),
    ]
}

/// Cousins of inputs that were reported as bugs elsewhere: the same kind in another engine, under another ending.
fn kinds() -> Vec<Row> {
    let data = b"data of the game ".repeat(400);
    let (coded, packed) = (brotli(&data), gzip(&data));
    let fetch: &[u8] = b"<script>fetch('a.dat.br')</script>";
    let module: &[u8] = b"\0asm\x01\0\0\0 brotli_decompressor";
    let load: &[u8] =
        b"<script type=module>import './engine'; context.audioWorklet.addModule('proc')</script>
        <script>importScripts('lib.bin')</script>";
    let index = |html: &'static [u8], name| [("index.html", html), (name, &b"let a"[..])];
    let marked = unity_gzip(b"{}");
    let marked_data = unity_gzip(&data);
    let marked_script = unity_brotli(b"let a");
    let unity: &[u8] = b"createUnityInstance";
    let saves: &[u8] =
        b"<script>state = pako.inflate(localStorage.save); fetch('a.wasm.gz')</script>";
    let bytes: &[u8] = b"<script>state = pako.inflate(answer); fetch('a.wasm.gz')</script>";
    let list: &[u8] = b"<script>names = ['a.js.gz']; pako.inflate(answer)</script>";
    let tag: &[u8] = b"<script src=a.js.gz></script><script>pako.inflate(answer)</script>";
    let module_in_gzip = gzip(b"\0asm\x01\0\0\0");
    vec![
        row(
            "gzip beside an inflater for saves",
            &[("index.html", saves), ("a.wasm.gz", &module_in_gzip)],
            "/a.wasm.gz",
            (CODING, "gzip"),
        ),
        row(
            "gzip beside an inflater for answers",
            &[("index.html", bytes), ("a.wasm.gz", &module_in_gzip)],
            "/a.wasm.gz",
            (CODING, ""),
        ),
        row(
            "a script in a list beside an inflater",
            &[("index.html", list), ("a.js.gz", &packed)],
            "/a.js.gz",
            (CODING, ""),
        ),
        row(
            "a script of a tag beside an inflater",
            &[("index.html", tag), ("a.js.gz", &packed)],
            "/a.js.gz",
            (CODING, "gzip"),
        ),
        row(
            "a script that nothing inflates",
            &[
                ("index.html", b"<script>names = ['a.js.gz']</script>"),
                ("a.js.gz", &packed),
            ],
            "/a.js.gz",
            (CODING, "gzip"),
        ),
        row(
            "gzip beside an inflater in the page of a frame",
            &[
                ("index.html", b"<iframe src=b.html>"),
                ("b.html", bytes),
                ("a.wasm.gz", &module_in_gzip),
            ],
            "/a.wasm.gz",
            (CODING, ""),
        ),
        row(
            "gzip beside the prose of another page",
            &[
                ("index.html", b"<a href=b.html>"),
                ("b.html", b"<p>Thanks to pako.</p>"),
                ("a.wasm.gz", &module_in_gzip),
            ],
            "/a.wasm.gz",
            (CODING, "gzip"),
        ),
        row(
            "gzip beside an inflater in a worker of any name",
            &[
                ("index.html", b"<script>new Worker('b.bin')</script>"),
                ("b.bin", b"importScripts('c'); fetch('a.wasm.gz')"),
                ("c", b"pako.inflate(answer)"),
                ("a.wasm.gz", &module_in_gzip),
            ],
            "/a.wasm.gz",
            (CODING, ""),
        ),
        row(
            "gzip beside a script of another host",
            &[
                (
                    "index.html",
                    b"<script src=https://cdn.example/lib.js></script>",
                ),
                ("a.wasm.gz", &module_in_gzip),
            ],
            "/a.wasm.gz",
            (CODING, ""),
        ),
        row(
            "a file of Unity's engine",
            &[("index.html", unity), ("Build/g.data.gz", &packed)],
            "/Build/g.data.gz",
            (CODING, "gzip"),
        ),
        row(
            "a file of Unity's engine in another folder",
            &[
                (
                    "index.html",
                    b"<script>createUnityInstance(c, { dataUrl: 'b/g.data.gz' })</script>",
                ),
                ("b/g.data.gz", &packed),
            ],
            "/b/g.data.gz",
            (CODING, "gzip"),
        ),
        row(
            "a file that a Unity game streams",
            &[
                ("index.html", unity),
                ("StreamingAssets/l.bytes.gz", &packed),
            ],
            "/StreamingAssets/l.bytes.gz",
            (CODING, ""),
        ),
        row(
            "brotli that a module decodes",
            &[
                ("index.html", fetch),
                ("a.dat.br", &coded),
                ("x.wasm", module),
            ],
            "/a.dat.br",
            (CODING, ""),
        ),
        row(
            "brotli that nothing decodes",
            &[("index.html", fetch), ("a.dat.br", &coded)],
            "/a.dat.br",
            (CODING, "br"),
        ),
        row(
            "a page in a folder without its ending",
            &[("levels/one.html", PAGE)],
            "/levels/one",
            (TYPE, "text/html; charset=utf-8"),
        ),
        row(
            "a module without an ending",
            &index(load, "engine"),
            "/engine",
            (TYPE, JS),
        ),
        row(
            "a worklet without an ending",
            &index(load, "proc"),
            "/proc",
            (TYPE, JS),
        ),
        row(
            "an imported script of another ending",
            &index(load, "lib.bin"),
            "/lib.bin",
            (TYPE, JS),
        ),
        row(
            "per cent signs in folders",
            &[("a%b/c d.png", b"p")],
            "/a%25b/c%20d.png",
            (TYPE, "image/png"),
        ),
        row(
            "a plus sign",
            &[("a+b.png", b"p")],
            "/a+b.png",
            (TYPE, "image/png"),
        ),
        row(
            "a type of the last years",
            &[("a.avif", b"?")],
            "/a.avif",
            (TYPE, "image/avif"),
        ),
        row(
            "a sound",
            &[("a.opus", b"?")],
            "/a.opus",
            (TYPE, "audio/ogg"),
        ),
        row(
            "Unity's symbols",
            &[("index.html", unity), ("Build/g.symbols.json.gz", &marked)],
            "/Build/g.symbols.json.gz",
            (TYPE, "application/json; charset=utf-8"),
        ),
        row(
            "Unity's data under another ending",
            &[
                ("index.html", unity),
                ("Build/g.data.unityweb", &marked_data),
            ],
            "/Build/g.data.unityweb",
            (CODING, "gzip"),
        ),
        row(
            "a style that is gzip inside",
            &[("a.css", &packed)],
            "/a.css",
            (CODING, "gzip"),
        ),
        row(
            "Unity's brotli without an ending",
            &[
                ("index.html", unity),
                ("Build/g.framework.js", &marked_script),
            ],
            "/Build/g.framework.js",
            (CODING, "br"),
        ),
    ]
}

#[test]
fn each_rule_holds_and_stops_where_it_must() {
    let accepted: Fields = vec![("accept-encoding", "br, gzip, zstd".to_owned())];
    for row in types().into_iter().chain(codings()).chain(kinds()) {
        let files = { row.files.iter() }.map(|(name, content)| (*name, content.as_slice()));
        let answer = ask(&site(files, None), "GET", row.path, &accepted);
        assert_eq!(answer.status, 200, "{}", row.rule);
        assert_eq!(answer.field(row.field.0), row.field.1, "{}", row.rule);
    }
    for row in names() {
        let files = { row.files.iter() }.map(|(name, content)| (*name, content.as_slice()));
        let answer = ask(&site(files, None), "GET", row.path, &Fields::new());
        let status = if row.rule == "a hidden file" {
            404
        } else {
            200
        };
        assert_eq!(answer.status, status, "{}", row.rule);
        assert_eq!(answer.field(row.field.0), row.field.1, "{}", row.rule);
    }
}

#[test]
fn a_sign_in_a_page_of_utf_16_counts_as_in_any_other() {
    let threads = "<script>new SharedArrayBuffer(8); new WebAssembly.Memory({initial:1,maximum:99,shared:true});</script>";
    for (text, expected) in [(threads, "require-corp"), ("<p>SharedArrayBuffer", "")] {
        let mut page = vec![0xff, 0xfe];
        page.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let answer = ask(
            &site([("index.html", page.as_slice())], None),
            "GET",
            "/",
            &Fields::new(),
        );
        assert_eq!(
            answer.field("cross-origin-embedder-policy"),
            expected,
            "{text}"
        );
    }
}

#[test]
fn a_packed_file_that_is_no_page_makes_no_game() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), [("readme.txt.gz", gzip(PAGE).as_slice())]);
    assert!(Game::from_folder(folder.path()).is_err());
}

#[test]
fn head_states_the_files_own_size_and_get_that_of_the_coding() {
    let plain = b"sector of a disk ".repeat(1 << 10);
    let coded = brotli(&plain);
    let files = [
        ("index.html", PAGE),
        ("a.img", plain.as_slice()),
        ("a.img.br", coded.as_slice()),
    ];
    let site = site(files, None);
    let accepted: Fields = vec![("accept-encoding", "br".to_owned())];
    for (method, length) in [("HEAD", plain.len()), ("GET", coded.len())] {
        let answer = ask(&site, method, "/a.img", &accepted);
        assert_eq!(
            answer.field("content-length"),
            length.to_string(),
            "{method}"
        );
    }
}

//! The content sent for each path, to browsers that accept many codings, few and none.

use webserver::site::Site;

use super::fixtures::*;
use crate::content::noise;
use crate::properties::{Answer, Fields, ask, site};
use crate::support::{Client, PATIENCE, Place, head, in_time_of, resolve};

/// The content of a path.
enum Expected {
    /// This, in any coding that the client accepts; in these, when it accepts them.
    Inside(Vec<u8>, &'static [&'static str]),
    /// These bytes, in no coding.
    Raw(Vec<u8>),
    /// Nothing.
    Nothing,
}

use Expected::{Inside, Nothing, Raw};

fn get(site: &Site, path: &str, accepted: Option<&str>) -> Answer {
    let fields: Fields = accepted
        .map(|accepted| ("accept-encoding", accepted.to_owned()))
        .into_iter()
        .collect();
    ask(site, "GET", path, &fields)
}

/// Asks for each path with each client, before the site is compressed and after.
fn check(files: &[(&str, Vec<u8>)], expected: &[(&str, &str, Expected)]) {
    let files = files
        .iter()
        .map(|(name, content)| (*name, content.as_slice()));
    let plain = site(files, None);
    let compressed = plain.compressed(None, &|| true).unwrap();
    for (stage, site) in [("at once", &plain), ("compressed", &compressed)] {
        for (path, media_type, expected) in expected {
            for accepted in [Some(LAN), Some(SECURE), None] {
                let answer = get(site, path, accepted);
                let what = format!("{stage}: {path} to {accepted:?}: {:?}", answer.fields);
                let coding = answer.field("content-encoding");
                let accepts = |coding: &str| {
                    accepted.is_some_and(|accepted| accepted.split(", ").any(|one| one == coding))
                };
                match expected {
                    Nothing => assert_eq!(answer.status, 404, "{what}"),
                    Raw(bytes) => {
                        assert_eq!((answer.status, coding), (200, ""), "{what}");
                        assert!(answer.body == *bytes, "{what}");
                    }
                    Inside(bytes, codings) => {
                        assert_eq!(answer.status, 200, "{what}");
                        assert!(coding.is_empty() || accepts(coding), "{what}");
                        let is_coded = codings.iter().any(|coding| accepts(coding));
                        // Once it is compressed, it may go out as gzip where its own coding is not accepted.
                        let may_be_coded = is_coded || stage == "compressed";
                        assert!(!is_coded || !coding.is_empty(), "{what}");
                        assert!(may_be_coded || coding.is_empty(), "{what}");
                        assert!(decoded(coding, &answer.body) == *bytes, "{what}");
                        assert_eq!(answer.field("vary"), "Accept-Encoding", "{what}");
                    }
                }
                let essence = answer.field("content-type").split(';').next().unwrap();
                assert!(
                    matches!(expected, Nothing) || essence == *media_type,
                    "{what}"
                );
                assert_eq!(
                    answer.field("content-length"),
                    answer.body.len().to_string()
                );
            }
        }
    }
}

const WASM: &str = "application/wasm";
const JS: &str = "text/javascript";
const BINARY: &str = "application/octet-stream";

/// A page that says these words, and nothing besides.
fn page(words: &str) -> (&'static str, Vec<u8>) {
    ("index.html", format!("<!doctype html>{words}").into_bytes())
}

fn data() -> Vec<u8> {
    (0..9000_u32).flat_map(|n| (n / 3).to_le_bytes()).collect()
}

#[test]
fn files_marked_by_unity_are_sent_as_their_content() {
    let (js, data) = (b"var unityFramework;".to_vec(), data());
    check(
        &[
            page(
                "<script src='Build/g.loader.js'></script><script>createUnityInstance(c)</script>",
            ),
            ("Build/g.framework.js.gz", unity_gzip(&js)),
            ("Build/g.data.gz", unity_gzip(&data)),
            ("Build/g.wasm.gz", unity_gzip(&wasm(false))),
            ("Build/b.data.br", unity_brotli(&data)),
            ("Build/b.wasm.br", unity_brotli(&wasm(false))),
        ],
        &[
            ("/Build/g.framework.js.gz", JS, Inside(js, &["gzip"])),
            // Safari decodes it twice under another type.
            (
                "/Build/g.data.gz",
                "application/gzip",
                Inside(data.clone(), &["gzip"]),
            ),
            ("/Build/g.wasm.gz", WASM, Inside(wasm(false), &["gzip"])),
            ("/Build/b.wasm.br?v=1", WASM, Inside(wasm(false), &["br"])),
        ],
    );
}

#[test]
fn a_marked_file_goes_compressed_to_phones_once_that_is_prepared() {
    let plain = data();
    let (name, index) = ("Build/g.data.br", page("createUnityInstance"));
    let coded = unity_brotli(&plain);
    let files = [(index.0, index.1.as_slice()), (name, coded.as_slice())];
    let site = site(files, None).compressed(None, &|| true).unwrap();
    let phone = get(&site, "/Build/g.data.br", Some(LAN));
    assert_eq!(phone.field("content-encoding"), "gzip");
    assert!(phone.body.len() < plain.len());
    assert!(decoded("gzip", &phone.body) == plain);
    let on_a_desktop = get(&site, "/Build/g.data.br", Some("br"));
    assert!(on_a_desktop.field("content-encoding") == "br" && on_a_desktop.body == coded);
}

#[test]
fn unityweb_files_are_sent_as_their_content() {
    let (js, data) = (b"var x = 1;".to_vec(), data());
    check(
        &[
            page("<script>UnityLoader.instantiate('c', 'Build/g.json')</script>"),
            ("Build/g.wasm.framework.unityweb", unity_gzip(&js)),
            ("Build/g.wasm.code.unityweb", unity_brotli(&wasm(false))),
            ("Build/g.framework.js.unityweb", unity_brotli(&js)),
            ("Build/g.data.unityweb", data.clone()),
        ],
        &[
            (
                "/Build/g.wasm.framework.unityweb",
                JS,
                Inside(js.clone(), &["gzip"]),
            ),
            (
                "/Build/g.wasm.code.unityweb",
                WASM,
                Inside(wasm(false), &["br"]),
            ),
            ("/Build/g.framework.js.unityweb", JS, Inside(js, &["br"])),
        ],
    );
    // Not compressed at all, for all its name; it may be compressed on the way as any file.
    let index = page("UnityLoader.instantiate");
    let files = [
        (index.0, index.1.as_slice()),
        ("g.data.unityweb", data.as_slice()),
    ];
    let answer = get(&site(files, None), "/g.data.unityweb", Some(SECURE));
    assert_eq!(answer.field("content-encoding"), "");
    assert!(answer.body == data);
}

#[test]
fn a_file_that_the_page_inflates_is_sent_as_it_is() {
    let data = data();
    for script in [
        "const s = new DecompressionStream('gzip'); fetch('game.wasm.gz').then(r => r.body.pipeThrough(s))",
        "pako.inflate(new Uint8Array(b))",
        "let d = fflate.gunzipSync(b)",
        "throw new Error(\"incorrect header check\")",
    ] {
        let lib = ("lib/unpack.js", script.as_bytes().to_vec());
        check(
            &[
                page("<script src=lib/unpack.js></script>"),
                lib,
                ("game.wasm.gz", gzip(&wasm(false))),
                ("game.pck.gz", gzip(&data)),
                ("game.data.br", brotli(&data)),
            ],
            &[
                ("/game.wasm.gz", WASM, Raw(gzip(&wasm(false)))),
                ("/game.pck.gz", BINARY, Raw(gzip(&data))),
                // It can inflate gzip, and that alone.
                ("/game.data.br", BINARY, Inside(data.clone(), &["br"])),
                // Whoever asks for what is inside by its own name gets it all the same.
                ("/game.wasm", WASM, Inside(wasm(false), &["gzip"])),
            ],
        );
    }
}

#[test]
fn a_module_or_picture_that_no_script_inflates_is_sent_as_its_content() {
    let data = data();
    for script in [
        "WebAssembly.instantiateStreaming(fetch('game.wasm.gz'))",
        "new DecompressionStream('deflate-raw')",
        "inflateBalloon()",
    ] {
        check(
            &[
                page(&format!("<script>{script}</script>")),
                ("game.wasm.gz", gzip(&wasm(false))),
                ("game.data.zst", zstd(&data)),
                (
                    "picture.svgz",
                    gzip(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
                ),
            ],
            &[
                ("/game.wasm.gz", WASM, Inside(wasm(false), &["gzip"])),
                // As from any file server: nothing tells that browsers should decode it.
                ("/game.data.zst", BINARY, Raw(zstd(&data))),
                (
                    "/picture.svgz",
                    "image/svg+xml",
                    Inside(
                        b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
                        &["gzip"],
                    ),
                ),
            ],
        );
    }
}

#[test]
fn files_read_by_a_tag_are_sent_as_their_content() {
    let js = b"let a = 1;".to_vec();
    check(
        &[
            page(
                "<script src='pako.min.js'></script><script src='main.js.gz'></script>
                 <link rel=stylesheet href=style.css.gz><script>
                 fetch('code.js.gz').then(inflated); const w = new Worker('worker.data.gz');
                 WebAssembly.instantiateStreaming(fetch('a.wasm.gz'))</script>",
            ),
            ("pako.min.js", b"self.pako={inflate(b){}}".to_vec()),
            ("main.js.gz", gzip(&js)),
            ("code.js.gz", gzip(&js)),
            ("other.js.gz", gzip(&js)),
            ("style.css.gz", gzip(b"a{}")),
            ("worker.data.gz", gzip(&js)),
            ("a.wasm.gz", gzip(&wasm(false))),
            ("b.wasm.gz", gzip(&wasm(false))),
        ],
        &[
            ("/main.js.gz", JS, Inside(js.clone(), &["gzip"])),
            // No tag is seen to load it, and the page can inflate.
            ("/other.js.gz", JS, Raw(gzip(&js))),
            (
                "/style.css.gz",
                "text/css",
                Inside(b"a{}".to_vec(), &["gzip"]),
            ),
            ("/worker.data.gz", JS, Inside(js.clone(), &["gzip"])),
            ("/a.wasm.gz", WASM, Inside(wasm(false), &["gzip"])),
            ("/b.wasm.gz", WASM, Raw(gzip(&wasm(false)))),
            ("/code.js.gz", JS, Raw(gzip(&js))),
        ],
    );
}

#[test]
fn an_unmarked_file_beside_unitys_inflater_is_sent_as_its_content() {
    let loader = "if(e=='UnityWeb Compressed Content (gzip)')return pako.inflate(e)";
    check(
        &[
            page("<script src=Build/g.loader.js></script>createUnityInstance"),
            ("Build/g.loader.js", loader.as_bytes().to_vec()),
            ("Build/g.wasm.gz", gzip(&wasm(false))),
        ],
        &[("/Build/g.wasm.gz", WASM, Inside(wasm(false), &["gzip"]))],
    );
}

#[test]
fn a_page_with_a_brotli_decoder_gets_brotli_as_it_is() {
    let dll = data();
    check(
        &[
            page(
                "<script type=module>import { BrotliDecode } from './decode.min.js';
                 fetch(uri + '.br')</script>",
            ),
            ("_framework/a.dll", dll.clone()),
            ("_framework/a.dll.br", brotli(&dll)),
            ("_framework/b.dll.br", brotli(&dll)),
        ],
        &[
            ("/_framework/a.dll.br", BINARY, Raw(brotli(&dll))),
            ("/_framework/b.dll.br", BINARY, Raw(brotli(&dll))),
        ],
    );
}

#[test]
fn a_file_whose_content_contradicts_its_name_is_sent_as_it_is() {
    let cut = |coded: Vec<u8>| coded[..coded.len() - 3].to_vec();
    let wrong = b"this is no brotli".to_vec();
    check(
        &[
            page(""),
            ("cut.data.gz", cut(unity_gzip(&data()))),
            ("cut.data.br", cut(unity_brotli(&data()))),
            ("wrong.data.br", wrong.clone()),
            ("saved.wasm.gz", wasm(false)),
            ("engine.gz.wasm", gzip(&wasm(false))),
        ],
        &[
            ("/cut.data.gz", BINARY, Raw(cut(unity_gzip(&data())))),
            ("/cut.data.br", BINARY, Raw(cut(unity_brotli(&data())))),
            ("/wrong.data.br", BINARY, Raw(wrong)),
            ("/saved.wasm.gz", WASM, Raw(wasm(false))),
            ("/engine.gz.wasm", WASM, Raw(gzip(&wasm(false)))),
            ("/wrong.data", "", Nothing),
            ("/engine.wasm", "", Nothing),
        ],
    );
}

#[test]
fn a_missing_file_is_found_inside_its_siblings() {
    let (new, old) = (data(), b"older".repeat(9));
    check(
        &[
            page(""),
            ("a/x.data.br", brotli(&new)),
            ("a/x.data.gz", gzip(&new)),
            ("y.data.br", brotli(&new)),
            ("y.data.gz", gzip(&old)),
            ("only.bin.zst", zstd(&new)),
            ("Release/g.jsgz", gzip(b"var a;")),
            ("Release/g.datagz", gzip(&new)),
            ("Release/g.memgz", gzip(&new)),
        ],
        &[
            ("/a/x.data", BINARY, Inside(new.clone(), &["br", "gzip"])),
            ("/only.bin", BINARY, Inside(new.clone(), &["zstd"])),
            ("/Release/g.js", JS, Inside(b"var a;".to_vec(), &["gzip"])),
            ("/Release/g.data", BINARY, Inside(new.clone(), &["gzip"])),
            ("/Release/g.mem", BINARY, Inside(new.clone(), &["gzip"])),
            ("/Release/g.jsgz", JS, Inside(b"var a;".to_vec(), &["gzip"])),
            ("/a/z.data", "", Nothing),
        ],
    );
    let index = page("");
    let coded = [gzip(&old), brotli(&new)];
    let files = [
        (index.0, index.1.as_slice()),
        ("y.data.gz", &coded[0]),
        ("y.data.br", &coded[1]),
    ];
    let stale = site(files, None);
    for accepted in [Some(LAN), Some(SECURE), None] {
        let answer = get(&stale, "/y.data", accepted);
        assert!(decoded(answer.field("content-encoding"), &answer.body) == new);
    }
}

#[test]
fn a_unity_5_loader_that_inflates_gets_its_glued_files_as_they_are() {
    let loader = b"a+=\"gz\";var f=pako.inflate(c)".to_vec();
    check(
        &[
            page("<script src=Release/UnityLoader.js></script>"),
            ("Release/UnityLoader.js", loader),
            ("Release/g.datagz", gzip(&data())),
        ],
        &[
            ("/Release/g.data", BINARY, Inside(data(), &["gzip"])),
            ("/Release/g.datagz", BINARY, Raw(gzip(&data()))),
        ],
    );
}

#[test]
fn only_fresh_siblings_are_representations() {
    let plain = b"let a = 1; ".repeat(500);
    let old = b"let a = 0; ".repeat(500);
    // Shorter by their names alone than what is encoded here, so that they are known by their lengths.
    let (fresh, stale) = (gzip(&plain), gzip(&old));
    let index = page("");
    let files = [
        (index.0, index.1.as_slice()),
        ("fresh.js", plain.as_slice()),
        ("fresh.js.gz", fresh.as_slice()),
        ("stale.js", plain.as_slice()),
        ("stale.js.gz", stale.as_slice()),
    ];
    let site = site(files, None).compressed(None, &|| true).unwrap();
    for path in ["/fresh.js", "/stale.js", "/fresh.js.gz"] {
        for accepted in [Some(LAN), Some(SECURE), None] {
            let answer = get(&site, path, accepted);
            let coding = answer.field("content-encoding").to_owned();
            assert!(
                decoded(&coding, &answer.body) == plain,
                "{path} {accepted:?}"
            );
        }
    }
    assert!(get(&site, "/fresh.js", Some("gzip")).body == fresh);
    let old_one = get(&site, "/stale.js.gz", Some("gzip"));
    assert!(decoded(old_one.field("content-encoding"), &old_one.body) == old);
}

#[test]
fn a_base_prefix_is_removed() {
    let repo = b"<base href='/my%20repo/'><script src=main.js></script>".to_vec();
    let vite = b"<script type=module src=/repo/assets/x.js></script><link href=/logo.png>".to_vec();
    let br = b"<script src=/user/repo/assets/y.js></script>".to_vec();
    for (index, prefix, script) in [
        (&repo, "/my%20repo/", "main.js"),
        (&vite, "/repo/", "assets/x.js"),
        (&br, "/user/repo/", "assets/y.js"),
    ] {
        let files = [
            ("index.html", index.clone()),
            ("main.js", b"main".to_vec()),
            ("logo.png", b"png".to_vec()),
            ("assets/x.js", b"x".to_vec()),
            ("assets/y.js.br", brotli(b"y")),
            ("levels/index.html", b"levels".to_vec()),
        ];
        let files = files
            .iter()
            .map(|(name, content)| (*name, content.as_slice()));
        let site = site(files, None);
        let front = get(&site, "/?a=1", None);
        assert_eq!(front.status, 307);
        let location = resolve("/", front.field("location"));
        assert_eq!(location, format!("{prefix}?a=1"));
        let ask = |path: &str| get(&site, &format!("{prefix}{path}"), None);
        assert!(ask("").body == *index, "{prefix}");
        assert!(ask("index.html").body == *index, "{prefix}");
        assert_eq!(ask(script).status, 200, "{prefix}");
        assert_eq!(ask("ASSETS/X.js").body, b"x", "{prefix}");
        assert_eq!(ask("levels").field("location"), "levels/");
        assert_eq!(ask("levels/").body, b"levels");
        assert_eq!(ask("nothing.js").status, 404);
        let bare_path = prefix.trim_end_matches('/');
        let bare = get(&site, bare_path, None);
        assert_eq!(bare.status, 307);
        assert_eq!(resolve(bare_path, bare.field("location")), prefix);
        assert_eq!(get(&site, "/index.html", None).status, 200);
        assert_eq!(get(&site, &format!("/{script}"), None).status, 200);
    }
}

#[test]
fn a_base_without_effect_is_ignored() {
    for index in [
        "<base href='/'>",
        "<base href='./'><script src=main.js>",
        "<base href='https://example.com/repo/'>",
        "<base target=_blank>",
        "<base href='/levels/'>",
        "<script src=/main.js></script><script src=/levels/a.js></script>",
        "<script src=/nowhere/else.js></script>",
        "<link rel=icon href=/repo/main.js>",
        "<link rel=canonical href=/repo/index.html>",
        "<script src=main.js></script><script src=/repo/main.js></script>",
        "<script>'<base href=\"/repo/\">'</script>",
        "<!-- <base href='/repo/'> -->",
    ] {
        let files = [
            ("index.html", index.as_bytes()),
            ("main.js", b"main"),
            ("levels/a.js", b"a"),
        ];
        let site = site(files, None);
        assert_eq!(get(&site, "/", None).status, 200, "{index}");
        assert_eq!(get(&site, "/repo/main.js", None).status, 404, "{index}");
    }
}

#[test]
fn files_are_found_in_another_case_and_unicode_form() {
    let (nfc, nfd) = ("caf\u{e9}", "cafe\u{301}");
    let files = [
        ("index.html".to_owned(), "page"),
        ("img/Hero.PNG".to_owned(), "hero"),
        ("two/a.js".to_owned(), "small"),
        ("two/A.js".to_owned(), "large"),
        (format!("{nfd}.ogg"), "nfd"),
        ("Levels/index.html".to_owned(), "levels"),
        ("data/x.json.gz".to_owned(), ""),
    ];
    let content = files
        .iter()
        .map(|(name, content)| (name.as_str(), content.as_bytes()));
    let site = site(content, None);
    for (path, expected) in [
        ("/img/Hero.PNG".to_owned(), Some("hero")),
        ("/img/hero.png".to_owned(), Some("hero")),
        ("/IMG/HERO.png?v=2".to_owned(), Some("hero")),
        ("/two/a.js".to_owned(), Some("small")),
        ("/two/A.js".to_owned(), Some("large")),
        ("/TWO/a.js".to_owned(), Some("large")),
        (format!("/{nfc}.ogg"), Some("nfd")),
        (format!("/{nfd}.ogg"), Some("nfd")),
        ("/CAF%C3%89.ogg".to_owned(), Some("nfd")),
        ("/levels/".to_owned(), Some("levels")),
        ("/INDEX.HTML".to_owned(), Some("page")),
        ("/img/her.png".to_owned(), None),
        ("/hero.png".to_owned(), None),
        ("/index".to_owned(), None),
    ] {
        let url = percent_encoding::utf8_percent_encode(&path, percent_encoding::CONTROLS);
        let answer = get(&site, &url.to_string(), None);
        let status = if expected.is_some() { 200 } else { 404 };
        assert_eq!(answer.status, status, "{path}");
        if let Some(expected) = expected {
            assert_eq!(answer.body, expected.as_bytes(), "{path}");
        }
    }
    let folder = get(&site, "/levels", None);
    assert_eq!((folder.status, folder.field("location")), (308, "Levels/"));
}

#[test]
fn each_fallback_is_logged_once_with_the_advice() {
    let place = Place::new();
    place.write("game/index.html", "page");
    place.write("game/img/Hero.PNG", "hero");
    let (running, port) = place.serve(&["game", "--log", "off"]);
    let mut client = Client::connect(port);
    for _ in 0..3 {
        assert_eq!(client.get("/img/hero.png").text(), "hero");
        assert_eq!(client.get("/img/Hero.PNG").text(), "hero");
    }
    assert_eq!(client.get("/img/villain.png").status, 404);
    running.until_err("advice", |err| err.contains("img/hero.png"));
    running.signal(rustix::process::Signal::TERM);
    let err = running.exit().with_code(0).err;
    let advice: Vec<_> = err
        .lines()
        .filter(|line| line.contains("hero.png"))
        .collect();
    assert_eq!(advice.len(), 1, "{err}");
    assert!(
        advice[0].contains("img/Hero.PNG") && advice[0].contains("rename"),
        "{err}"
    );
    assert!(!err.contains("villain"), "{err}");
}

#[test]
fn ranges_are_the_files_unless_a_coded_transfer_is_resumed() {
    let plain = data();
    let index = page("createUnityInstance");
    let coded = unity_gzip(&plain);
    let files = [
        (index.0, index.1.as_slice()),
        ("g.data.gz", coded.as_slice()),
    ];
    let site = site(files, None);
    let tag = get(&site, "/g.data.gz", Some("gzip"))
        .field("etag")
        .to_owned();
    for (accepted, known, whole) in [
        (None, None, &plain),
        (Some("br"), None, &plain),
        (Some("gzip"), None, &plain),
        (Some("gzip"), Some(&tag), &coded),
        (Some("gzip, identity;q=0"), None, &coded),
    ] {
        let mut fields: Fields = vec![("range", "bytes=10-19".to_owned())];
        fields.extend(known.map(|tag| ("if-range", tag.clone())));
        fields.extend(accepted.map(|accepted| ("accept-encoding", accepted.to_owned())));
        let part = ask(&site, "GET", "/g.data.gz", &fields);
        assert_eq!(part.status, 206);
        assert_eq!(part.body, whole[10..20]);
        let range = format!("bytes 10-19/{}", whole.len());
        assert_eq!(part.field("content-range"), range);
    }
    let (as_is, coded) = (
        get(&site, "/g.data.gz", None),
        get(&site, "/g.data.gz", Some("gzip")),
    );
    assert_ne!(as_is.field("etag"), coded.field("etag"));
    assert_eq!(as_is.field("etag").len(), 34);
}

#[test]
fn files_too_large_for_memory_are_decoded() {
    let place = Place::new();
    place.write("config.toml", "[site]\nbig_file_mib = 0\n");
    let plain = data().repeat(40);
    place.write("game/index.html", "createUnityInstance");
    place.write("game/g.data.br", unity_brotli(&plain));
    place.write("game/x.wasm.gz", gzip(&plain));
    let (_running, port) = place.serve(&["./game"]);
    let mut client = Client::connect(port);
    for (path, accepted, coding) in [
        ("/g.data.br", LAN, None),
        ("/g.data.br", SECURE, Some("br")),
        ("/g.data", "identity", None),
        ("/x.wasm.gz", "br", None),
        ("/x.wasm", LAN, Some("gzip")),
    ] {
        let answer = client.request("GET", path, &[&format!("Accept-Encoding: {accepted}")]);
        assert_eq!(
            answer.field("content-encoding"),
            coding,
            "{path} {accepted}"
        );
        assert!(
            decoded(coding.unwrap_or(""), &answer.body) == plain,
            "{path} {accepted}"
        );
    }
    let part = client.request("GET", "/g.data.br", &["Range: bytes=-5"]);
    assert_eq!(
        (part.status, part.body.as_slice()),
        (206, &plain[plain.len() - 5..])
    );
}

#[test]
fn the_first_visitor_gets_a_valid_sibling() {
    let place = Place::new();
    let plain = data().repeat(8);
    place.write("game/index.html", "game");
    place.write("game/with.data", &plain);
    place.write("game/with.data.br", brotli(&plain));
    place.write(
        "game/without.data",
        plain.iter().map(|byte| byte ^ 1).collect::<Vec<_>>(),
    );
    let (_running, port) = place.serve(&["./game"]);
    let mut client = Client::connect(port);
    let accepts = ["Accept-Encoding: gzip, deflate, br, zstd"];
    let with = client.request("GET", "/with.data", &accepts);
    assert_eq!(with.field("content-encoding"), Some("br"));
    assert!(decoded("br", &with.body) == plain);
    // Before its codings are ready it is sent without; see the rows of `rules`.
    let without = client.request("GET", "/without.data", &accepts);
    let coding = without.field("content-encoding").unwrap_or_default();
    assert_eq!(decoded(coding, &without.body).len(), plain.len());
}

/// A module of 20 MB that compresses well, but not in a moment.
fn large_module() -> Vec<u8> {
    let mut module = wasm(false);
    module.extend(noise(1, 256).repeat(80 << 10));
    module
}

#[test]
fn the_first_visitor_gets_the_sibling_of_a_large_module() {
    let place = Place::new();
    let (plain, coded) = (large_module(), gzip(&large_module()));
    place.write("game/index.html", "game");
    place.write("game/a.wasm", &plain);
    place.write("game/a.wasm.gz", &coded);
    let (_running, port) = place.serve(&["./game"]);
    let accepts = ["Accept-Encoding: gzip, deflate"];
    let first = Client::connect(port).request("GET", "/a.wasm", &accepts);
    assert_eq!(first.field("content-encoding"), Some("gzip"));
    assert_eq!(first.field("content-type"), Some(WASM));
    assert_eq!(first.length(), coded.len());
    assert!(first.body == coded);
}

#[test]
fn the_first_visitor_does_not_wait_for_the_compression_of_a_large_module() {
    let place = Place::new();
    let plain = large_module();
    place.write("game/index.html", "game");
    place.write("game/a.wasm", &plain);
    // More work for the encoders, which finish with all files together.
    for name in ["b", "c"] {
        place.write(
            &format!("game/{name}.wasm"),
            [&plain, name.as_bytes()].concat(),
        );
    }
    let (_running, port) = place.serve(&["./game"]);
    let accepts = ["Accept-Encoding: gzip, deflate"];
    let first = Client::connect(port).request("GET", "/a.wasm", &accepts);
    // Not compressed yet: the answer came before that was done.
    assert_eq!(first.field("content-encoding"), None);
    assert!(first.body == plain);
    let is_coded = in_time_of(PATIENCE * 10, || {
        let mut client = Client::connect(port);
        client.send(head("GET", "/a.wasm", &accepts));
        let answer = client.answer_head().unwrap();
        answer.field("content-encoding").map(|_| ())
    });
    is_coded.expect("compressed after a while");
    let coded = Client::connect(port).request("GET", "/a.wasm", &accepts);
    assert_eq!(coded.field("content-encoding"), Some("gzip"));
    assert!(coded.length() < plain.len() && decoded("gzip", &coded.body) == plain);
}

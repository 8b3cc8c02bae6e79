//! The needs of an export that plays as from a plain file server: each rule and its opposite.

use webserver::detect::isolation_mode::Isolation;
use webserver::detect::kind::EngineKind;
use webserver::library::game::Game;
use webserver::library::profile::Profile;

use super::fixtures::*;
use crate::properties::{Fields, ask, site, write};

type Files<'a> = &'a [(&'a str, &'a [u8])];

fn profile(files: Files<'_>) -> Profile {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files.iter().copied());
    let game = Game::from_folder(folder.path()).unwrap();
    Profile::detect(&game, &game.source.files().unwrap())
}

#[test]
fn the_engine_is_the_one_that_the_page_starts() {
    for (kind, page) in [
        (EngineKind::EmulatorJs, "<script>EJS_player = '#game'"),
        (
            EngineKind::TurboWarp,
            "<!-- https://packager.turbowarp.org -->",
        ),
        (EngineKind::JsDos, "<script src=js-dos/js-dos.js></script>"),
        (EngineKind::Clickteam, "<canvas id=MMFCanvas>"),
        (EngineKind::OpenFl, "<script>lime.embed('game', 'content')"),
        (EngineKind::Pyodide, "<script>loadPyodide()"),
        (EngineKind::Unreal, "<script src=UE4Game.js>UE4Game"),
        (EngineKind::Unity, "<script>createUnityInstance(canvas)"),
        // Files of another engine beside a page that starts none.
        (EngineKind::Phaser, "<p>a page"),
    ] {
        let files: Files<'_> = &[
            ("index.html", page.as_bytes()),
            ("other/phaser.min.js", b""),
        ];
        assert_eq!(profile(files).engine.kind, kind, "{page}");
    }
}

#[test]
fn godots_version_is_that_of_the_package_that_the_page_starts() {
    let page = b"<script>const GODOT_CONFIG = {\"executable\":\"game\"};";
    let (new, old) = (pck(4, 0), pck(3, 2));
    let engine = profile(&[("index.html", page), ("demo.pck", &old), ("game.pck", &new)]).engine;
    assert_eq!(engine.version.as_deref(), Some("4.0"));
}

#[test]
fn unitys_version_is_that_of_the_build_that_the_page_starts() {
    let page = b"<script>createUnityInstance(canvas, {dataUrl: 'Build/new.data'})";
    let data = |version: &str| format!("UnityFS\0\0\x085.x.x\0{version}\0").into_bytes();
    let (old, new) = (data("2019.4.1f1"), data("2022.3.10f1"));
    let engine = profile(&[
        ("index.html", page),
        ("Build/a.data", &old),
        ("Build/new.data", &new),
    ])
    .engine;
    assert_eq!(engine.version.as_deref(), Some("2022.3.10f1"));
}

#[test]
fn only_threads_that_are_used_isolate_a_game() {
    let (shared, alone) = (wasm(true), wasm(false));
    let page = b"<script src=main.js></script>";
    for (name, script, modules, expected) in [
        (
            "a flavour that is chosen",
            "load(isolated ? 'jolt.multithread.wasm' : 'jolt.wasm')",
            &["jolt.multithread.wasm"][..],
            Isolation::Off,
        ),
        (
            "the only flavour named",
            "load('jolt.multithread.wasm')",
            &["jolt.multithread.wasm"],
            Isolation::RequireCorp,
        ),
        (
            "a flavour told by two letters",
            "load(isolated ? 'jolt-mt.wasm' : 'jolt.wasm')",
            &["jolt-mt.wasm"],
            Isolation::Off,
        ),
        (
            "a module that nothing loads",
            "load('jolt.wasm')",
            &["unused.wasm"],
            Isolation::Off,
        ),
        (
            "EmulatorJS with threads",
            "EJS_threads = true",
            &[],
            Isolation::RequireCorp,
        ),
        (
            "EmulatorJS without",
            "EJS_threads = false",
            &[],
            Isolation::Off,
        ),
        (
            "a page to sleep on",
            "new WebAssembly.Memory({initial:1,maximum:1,shared:true})",
            &[],
            Isolation::Off,
        ),
        (
            "memory for threads",
            "new WebAssembly.Memory({initial:1,maximum:1024,shared:true})",
            &[],
            Isolation::RequireCorp,
        ),
        (
            ".NET's script without threads",
            "var r_PThread=false?{}:undefined;if(false){PThread.loadWasmModuleToWorker=r_PThread.load}",
            &[],
            Isolation::Off,
        ),
        (
            ".NET's script with threads",
            "var r_PThread=true?{}:undefined;if(true){PThread.loadWasmModuleToWorker=r_PThread.load}",
            &[],
            Isolation::RequireCorp,
        ),
        (
            "a buffer that the script chooses",
            "buffer = threads ? new SharedArrayBuffer(8) : new ArrayBuffer(8)",
            &[],
            Isolation::Off,
        ),
        (
            "memory that the script tests for",
            "if (crossOriginIsolated) memory = new WebAssembly.Memory({initial:1,maximum:1024,shared:true})",
            &[],
            Isolation::Off,
        ),
        (
            "a buffer without which the script stops",
            "if (typeof SharedArrayBuffer === 'undefined') throw Error(); buffer = new SharedArrayBuffer(8)",
            &[],
            Isolation::RequireCorp,
        ),
        (
            "an SDK of another host",
            "EJS_threads = true; s.src = 'https://sdk.example/x.js'",
            &[],
            Isolation::Credentialless,
        ),
    ] {
        let mut files: Vec<(&str, &[u8])> = vec![
            ("index.html", &page[..]),
            ("main.js", script.as_bytes()),
            ("jolt.wasm", &alone),
        ];
        files.extend(modules.iter().map(|module| (*module, shared.as_slice())));
        assert_eq!(profile(&files).isolation.is, expected, "{name}");
    }
    let shared = b"new WebAssembly.Memory({initial:1,maximum:9,shared:true})";
    for (page, expected) in [
        ("<script src=core/core.js></script>", Isolation::Off),
        (
            "<script src=core-mt/core.js></script>",
            Isolation::RequireCorp,
        ),
        // The script chooses, or says nothing.
        (
            "<script>core = threads ? 'core-mt/core.js' : 'core/core.js'</script>",
            Isolation::RequireCorp,
        ),
        ("<script src=jolt.js></script>", Isolation::Off),
        ("<script src=other.js></script>", Isolation::RequireCorp),
    ] {
        let files: Files<'_> = match page.contains("jolt") {
            true => &[("jolt.js", b"load()"), ("jolt.multithread.js", shared)],
            false => &[("core/core.js", b"load()"), ("core-mt/core.js", shared)],
        };
        let files = [&[("index.html", page.as_bytes())], files].concat();
        assert_eq!(profile(&files).isolation.is, expected, "{page}");
    }
    let shared = wasm(true);
    for (config, expected) in [
        (
            "if(t.compileTarget===\"dart2wasm\")w(); _flutter.buildConfig = {\"builds\":[{\"compileTarget\":\"dart2js\",\"renderer\":\"canvaskit\"}]}",
            Isolation::Off,
        ),
        (
            "{\"compileTarget\":\"dart2wasm\",\"renderer\":\"skwasm\"}",
            Isolation::RequireCorp,
        ),
    ] {
        let files: Files<'_> = &[
            (
                "index.html",
                &b"<script src=flutter_bootstrap.js></script>"[..],
            ),
            ("flutter_bootstrap.js", config.as_bytes()),
            ("canvaskit/skwasm.wasm", &shared),
        ];
        assert_eq!(profile(files).isolation.is, expected, "{config}");
    }
}

#[test]
fn the_authors_files_for_other_hosts_are_read() {
    let headers = b"/*\n  Cross-Origin-Embedder-Policy: credentialless\n  Permissions-Policy: gamepad=*\n  Set-Cookie: a=b\n";
    let files: Files<'_> = &[
        ("index.html", &b"game"[..]),
        ("_headers", headers),
        ("_redirects", b"/* /index.html 200\n"),
    ];
    let found = profile(files);
    assert_eq!(found.isolation.is, Isolation::Credentialless);
    assert_eq!(found.fields.len(), 1, "{:?}", found.fields);
    let whole = site(files.iter().copied(), None);
    let status = |path: &str, accept: &str| {
        ask(&whole, "GET", path, &vec![("accept", accept.to_owned())]).status
    };
    assert_eq!(status("/level/3", "text/html,*/*"), 200);
    assert_eq!(status("/level/3.png", "image/png"), 404);
    assert_eq!(status("/missing.js", "*/*"), 404);
    // Each of the files may ask for isolation.
    let (name, value) = ("Cross-Origin-Embedder-Policy", "require-corp");
    let netlify =
        format!("[[headers]]\nfor = \"/index.html\"\n[headers.values]\n{name} = \"{value}\"");
    let vercel = format!(
        r#"{{"headers":[{{"source":"/(.*)","headers":[{{"key":"{name}","value":"{value}"}}]}}]}}"#
    );
    let elsewhere = format!("/other/*\n  {name}: {value}");
    for (file, text, expected) in [
        ("netlify.toml", netlify, Isolation::RequireCorp),
        ("vercel.json", vercel, Isolation::RequireCorp),
        ("_headers", elsewhere, Isolation::Off),
    ] {
        let files: Files<'_> = &[("index.html", b"game"), (file, text.as_bytes())];
        assert_eq!(profile(files).isolation.is, expected, "{file}");
    }
    // The root stands for its page.
    let vercel = br#"{"rewrites":[{"source":"/:path(.*)","destination":"/"}]}"#;
    for rule in [("_redirects", &b"/* / 200"[..]), ("vercel.json", vercel)] {
        let site = site([("index.html", &b"game"[..]), rule], None);
        let accept = vec![("accept", "text/html,*/*".to_owned())];
        assert_eq!(
            ask(&site, "GET", "/level/3", &accept).status,
            200,
            "{rule:?}"
        );
    }
}

#[test]
fn the_authors_rules_hold_for_the_paths_that_they_name() {
    let data = b"data of the game ".repeat(400);
    let (coded, packed) = (brotli(&data), gzip(&data));
    let headers = b"/Build/*.br\n  Content-Encoding: br\n/Build/*.zzz\n  Content-Type: model/vox\n\
        /*.wasm\n  Content-Type: text/plain\n/wrong.bin\n  Content-Encoding: br\n/plain.bin\n  Content-Encoding: gzip\n\
        /*\n  Content-Type: text/html\n  Cache-Control: max-age=9\n\
        /Build/*\n  Cross-Origin-Resource-Policy: same-site\n";
    let page = b"<script>pako.inflate(saved); fetch('Build/a.data.br')</script>";
    let files: Vec<(&str, &[u8])> = vec![
        ("index.html", page),
        ("_headers", headers),
        ("Build/a.data.br", &coded),
        ("Build/b.zzz", b"vox"),
        ("a.wasm", b"\0asm"),
        ("other.data.br", &coded),
        ("wrong.bin", b"not brotli"),
        ("plain.bin", &packed),
        ("c.zzz", b"vox"),
    ];
    let site = site(files.iter().copied(), None);
    let accepted: Fields = vec![("accept-encoding", "br, gzip".to_owned())];
    let (coding, media_type) = ("content-encoding", "content-type");
    for (path, field, expected) in [
        ("/Build/a.data.br", coding, "br"),
        ("/Build/b.zzz", media_type, "model/vox"),
        ("/Build/b.zzz", "cross-origin-resource-policy", "same-site"),
        ("/c.zzz", "cross-origin-resource-policy", ""),
        ("/c.zzz", media_type, "application/octet-stream"),
        ("/plain.bin", coding, "gzip"),
        // Not true of the bytes.
        ("/wrong.bin", coding, ""),
        // Browsers need another type, and one type fits no two files.
        ("/a.wasm", media_type, "application/wasm"),
        // Each game is revalidated.
        ("/c.zzz", "cache-control", "no-cache"),
    ] {
        let answer = ask(&site, "GET", path, &accepted);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.field(field), expected, "{path}");
    }
    let ignored = &profile(&files).ignored["_headers"];
    let ignored: Vec<_> = ignored.iter().map(String::as_str).collect();
    assert_eq!(ignored, ["cache-control", "content-type"]);
}

#[test]
fn a_rewrite_answers_the_paths_that_it_names() {
    for (name, rules) in [
        (
            "_redirects",
            &b"/play/* /play/index.html 200\n/old /new 301\n"[..],
        ),
        (
            "netlify.toml",
            b"[[redirects]]\nfrom = \"/play/*\"\nto = \"/play/\"\nstatus = 200",
        ),
        (
            "vercel.json",
            br#"{"rewrites":[{"source":"/play/:path*","destination":"/play/index"}]}"#,
        ),
        (
            "serve.json",
            br#"{"rewrites":[{"source":"/play/**","destination":"/play/index.html"}]}"#,
        ),
        (
            "firebase.json",
            br#"{"hosting":{"rewrites":[{"source":"/play/**","destination":"/play/index.html"}]}}"#,
        ),
    ] {
        let files = [
            ("index.html", &b"<script src=play/a.js></script>"[..]),
            ("play/index.html", b"level"),
            ("play/a.js", b"a"),
            (name, rules),
        ];
        let site = site(files, None);
        let page: Fields = vec![("accept", "text/html,*/*".to_owned())];
        for (path, status) in [
            ("/play/level/3", 200),
            ("/other/3", 404),
            ("/play/a.js", 200),
        ] {
            assert_eq!(
                ask(&site, "GET", path, &page).status,
                status,
                "{name} {path}"
            );
        }
        let script = ask(&site, "GET", "/play/missing.js", &Fields::new());
        assert_eq!(script.status, 404, "{name}");
    }
}

#[test]
fn surges_page_answers_navigations_without_a_file() {
    let files = [
        ("index.html", &b"home"[..]),
        ("200.html", b"any"),
        ("404.html", b"none"),
    ];
    let site = site(files, None);
    let page: Fields = vec![("accept", "text/html".to_owned())];
    for (path, accept, status) in [
        ("/level/3", &page, 200),
        ("/level/3.png", &Fields::new(), 404),
    ] {
        assert_eq!(ask(&site, "GET", path, accept).status, status, "{path}");
    }
}

#[test]
fn files_whose_size_a_script_reads_go_out_in_no_coding() {
    let bar = "x = new XMLHttpRequest(); x.open('GET', 'a.bin'); x.onprogress = e => show(e.loaded / e.total)";
    let buffer = "r.headers.get('Content-Length'); b = new Uint8Array(size); fetch('a.bin')";
    let far = "n = +r.headers.get('Content-length'); b = alloc(n); fetch('a.bin')";
    let parts =
        "x = new XMLHttpRequest(); x.onprogress = ({loaded, total}) => show(loaded / total)";
    let bundle = "Phaser.Game; x = new XMLHttpRequest(); x.onprogress = e => e.lengthComputable";
    for (script, expected) in [
        (bar, &["a.bin", "level1.dat"][..]),
        (buffer, &["a.bin", "level1.dat"]),
        (far, &["a.bin", "level1.dat"]),
        (parts, &["a.bin", "level1.dat"]),
        (bundle, &[]),
        ("fetch('a.bin')", &[]),
    ] {
        let files: Files<'_> = &[
            ("index.html", &b"<script src=main.js></script>"[..]),
            ("main.js", script.as_bytes()),
            ("a.bin", b"bytes"),
            ("level1.dat", b"bytes"),
        ];
        let measured: Vec<_> = profile(files).measured.into_iter().collect();
        assert_eq!(measured, expected, "{script}");
    }
}

#[test]
fn the_code_of_other_pages_counts_and_their_prose_does_not() {
    for (page, expected) in [
        (
            "<script>new SharedArrayBuffer(8)</script>",
            Isolation::RequireCorp,
        ),
        ("<p>new SharedArrayBuffer(8)</p>", Isolation::Off),
        ("<!-- new SharedArrayBuffer(8) -->", Isolation::Off),
    ] {
        let files: Files<'_> = &[
            ("index.html", b"<iframe src=play.html>"),
            ("play.html", page.as_bytes()),
        ];
        assert_eq!(profile(files).isolation.is, expected, "{page}");
    }
}

#[test]
fn browsers_that_do_not_know_credentialless_get_require_corp() {
    const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
    const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let threads = "<script>new SharedArrayBuffer(8); new WebAssembly.Memory({initial:1,maximum:99,shared:true});</script>";
    let sdk = format!("{threads}<script src=https://sdk.example/x.js></script>");
    for (page, agent, expected, varies) in [
        (sdk.as_str(), SAFARI, "require-corp", true),
        (&sdk, CHROME, "credentialless", true),
        (&sdk, FIREFOX, "credentialless", true),
        // No file of another host: the same for everybody.
        (threads, CHROME, "require-corp", false),
        (threads, SAFARI, "require-corp", false),
    ] {
        let site = site([("index.html", page.as_bytes())], None);
        let answer = ask(&site, "GET", "/", &vec![("user-agent", agent.to_owned())]);
        let fields = |name: &str| {
            let fields = answer.fields.get_all(name).iter();
            fields
                .map(|value| value.to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            fields("cross-origin-embedder-policy"),
            [expected],
            "{agent}"
        );
        let is_varied = fields("vary")
            .iter()
            .any(|field| field.contains("user-agent"));
        assert_eq!(is_varied, varies, "{agent}");
    }
}

#[test]
fn a_tag_gets_the_plain_file_where_the_compressed_one_is_missing() {
    let page = b"<script src=x.js.gz></script><link rel=stylesheet href=a.css.br><script>fetch('y.wasm.gz')";
    let files: Files<'_> = &[
        ("index.html", page),
        ("x.js", b"let x"),
        ("a.css", b"a {}"),
        ("y.wasm", b"\0asm"),
    ];
    let site = site(files.iter().copied(), None);
    for (path, status, media_type) in [
        ("/x.js.gz", 200, "text/javascript; charset=utf-8"),
        ("/a.css.br", 200, "text/css; charset=utf-8"),
        // A script falls back to the plain name, or inflates.
        ("/y.wasm.gz", 404, "text/html; charset=utf-8"),
    ] {
        let answer = ask(&site, "GET", path, &Fields::new());
        assert_eq!(answer.status, status, "{path}");
        if status == 200 {
            assert_eq!(answer.field("content-type"), media_type, "{path}");
        }
    }
}

#[test]
fn the_reason_for_an_entry_page_is_told() {
    use webserver::detect::evidence::Evidence;
    let game: &[u8] = b"<script src=../x.js></script>";
    for (files, expected) in [
        (&[("index.html", game)][..], Evidence::Index),
        (&[("play.html", game)], Evidence::OnlyPage),
        (
            &[
                ("package.json", &b"{\"main\":\"www/index.html\"}"[..]),
                ("www/index.html", game),
            ],
            Evidence::Main,
        ),
        (
            &[("readme.html", b"<p>read me"), ("web/index.html", game)],
            Evidence::Below {
                page: "readme.html".to_owned(),
            },
        ),
    ] {
        assert_eq!(profile(files).entry.evidence, [expected]);
    }
}

#[test]
fn a_game_comes_before_a_page_beside_it() {
    let game = b"<script src=game.js></script>";
    for (files, expected) in [
        (&["credits.html", "www/index.html"][..], "index.html"),
        (&["readme.html", "web/index.html"], "index.html"),
        (
            &["LICENSES.chromium.html", "resources/app/index.html"],
            "index.html",
        ),
        // A page that runs scripts is a game; pages of other names below are not.
        (&["play.html", "docs/index.html"], "play.html"),
        (&["credits.html", "www/about.html"], "credits.html"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let is_game = |name: &str| name.ends_with("index.html") || name == "play.html";
        let content = |name: &str| if is_game(name) { &game[..] } else { b"words" };
        write(
            folder.path(),
            files.iter().map(|name| (*name, content(name))),
        );
        assert_eq!(
            Game::from_folder(folder.path()).unwrap().entry,
            expected,
            "{files:?}"
        );
    }
}

#[test]
fn names_that_hosts_of_sites_understand_are_found() {
    let files: Files<'_> = &[
        ("index.html", &b"home"[..]),
        ("play.html", b"play"),
        ("404.html", b"own page"),
        ("a/b.png", b"png"),
        ("levels", b"a file"),
        ("levels.html", b"page"),
        ("about.htm", b"short"),
        ("both.htm", b"short"),
        ("both.html", b"long"),
    ];
    let site = site(files.iter().copied(), None);
    let page = vec![("accept", "text/html".to_owned())];
    for (path, status, body) in [
        ("/play", 200, "play"),
        ("/levels", 200, "a file"),
        ("/about", 200, "short"),
        ("/both", 200, "long"),
        ("/a%5Cb.png", 200, "png"),
        ("/index", 404, "own page"),
        ("/play/", 308, "308 Permanent Redirect\n"),
        ("/nothing", 404, "own page"),
    ] {
        let answer = ask(&site, "GET", path, &page);
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(String::from_utf8_lossy(&answer.body), body, "{path}");
    }
    let script = ask(&site, "GET", "/nothing.js", &Fields::new());
    assert!(script.status == 404 && script.body != b"own page");
}

#[test]
fn a_game_needs_https_if_it_uses_a_feature_of_secure_contexts_without_a_test_for_it() {
    const GODOT: &[u8] = b"<script>const GODOT_THREADS_ENABLED = false; GODOT_CONFIG = {};";
    const GODOT_SCRIPT: &str = "if (!Features.isSecureContext()) { missing.push('Secure Context - \
        Check web server configuration (use HTTPS)'); }";
    const P5: &str =
        "log('p5.js says: '); navigator.mediaDevices.getUserMedia(a); on(DeviceMotionEvent)";
    const P5_SOUND: &str = "/** [p5.sound] */ navigator.mediaDevices.getUserMedia(a)";
    let page: &[u8] = b"<script src=main.js></script>";
    for (page, script, expected) in [
        (page, "draw()", &[][..]),
        (page, "const pads = navigator.getGamepads();", &["gamepads"]),
        (
            page,
            "navigator.getGamepads ? navigator.getGamepads() : []",
            &[],
        ),
        (
            page,
            "if (!navigator.getGamepads) return; navigator.getGamepads()",
            &[],
        ),
        (
            page,
            "await context.audioWorklet.addModule('a.js')",
            &["AudioWorklet"],
        ),
        (
            page,
            "if (c.audioWorklet) c.audioWorklet.addModule('a.js')",
            &[],
        ),
        (
            page,
            "const Dac = window.AudioWorklet ? Worklet : Node; c.audioWorklet.addModule('a.js')",
            &[],
        ),
        (
            page,
            "// Sound (AudioWorklet)\nc.audioWorklet.addModule('a.js')",
            &["AudioWorklet"],
        ),
        (
            page,
            "navigator.serviceWorker.register('sw.js')",
            &["service workers"],
        ),
        (
            page,
            "if ('serviceWorker' in navigator) navigator.serviceWorker.register('s')",
            &[],
        ),
        (
            page,
            "\"serviceWorker\"in navigator&&navigator.serviceWorker.register('s')",
            &[],
        ),
        (
            page,
            "on('gamepadconnected', () => navigator.getGamepads())",
            &[],
        ),
        (page, "try { navigator.clipboard.writeText(x) }", &[]),
        (page, "navigator.gpu?.requestAdapter()", &[]),
        (page, "isSecureContext && navigator.storage.persist()", &[]),
        (
            page,
            "const a = await navigator.gpu.requestAdapter()",
            &["WebGPU"],
        ),
        // A game that is played with these has nothing to offer without them.
        (
            page,
            "if (window.DeviceMotionEvent) add(DeviceMotionEvent)",
            &["motion sensors"],
        ),
        // A library has the words for those who ask for the feature.
        (page, P5, &[]),
        (
            b"<script src=main.js></script><script>createCapture(VIDEO)",
            P5,
            &["microphone and camera"],
        ),
        (
            b"<script src=main.js></script><script>if (accelerationX > 9) jump()",
            P5,
            &["motion sensors"],
        ),
        (
            page,
            "log('p5.js says: '); e.createCapture = (t) => t; n.createCapture(n.VIDEO)",
            &["microphone and camera"],
        ),
        (page, P5_SOUND, &[]),
        (
            b"<script src=main.js></script><script>mic = new p5.AudioIn()",
            P5_SOUND,
            &["microphone and camera"],
        ),
        (
            b"<script src=https://cdn.example/p5.js/1.11/p5.min.js></script><script src=main.js></script>",
            "createCapture(VIDEO)",
            &["microphone and camera"],
        ),
        (page, "createCapture(screen)", &[]),
        // pygbag's runtime opens the camera for programs that import it.
        (
            page,
            "print(' - Pygbag runtime -'); navigator.mediaDevices.getUserMedia(params)",
            &[],
        ),
        // An obfuscator's list, whose tests cannot be told.
        (page, "const _0x1 = ['a','getGamepads','b']; f(_0x1)", &[]),
        (page, "navigator['getGamepads']()", &["gamepads"]),
        // Dart's table of classes.
        (page, "f({CustomEvent:A.a,DeviceMotionEvent:A.a})", &[]),
        (page, "f({DeviceMotionEvent:true})", &[]),
        (page, "on(a?DeviceMotionEvent:b)", &["motion sensors"]),
        // Emscripten's names for its functions.
        (page, "var fillDeviceMotionEventData = (e) => e", &[]),
        (page, "new SharedArrayBuffer(8)", &["threads"]),
        (page, "typeof SharedArrayBuffer", &[]),
        (GODOT, GODOT_SCRIPT, &["AudioWorklet"]),
    ] {
        let secure = profile(&[("index.html", page), ("main.js", script.as_bytes())]).secure;
        assert_eq!(secure.is.features, expected, "{script}");
        assert_eq!(secure.is.is_needed, !expected.is_empty(), "{script}");
        assert_eq!(secure.evidence.is_empty(), expected.is_empty(), "{script}");
    }
    // An engine's runtime has the words in every export.
    for (name, script) in [
        (
            "phaser.min.js",
            "if (window.DeviceMotionEvent) add(DeviceMotionEvent)",
        ),
        (
            "pixi.min.js",
            "const format = navigator.gpu.getPreferredCanvasFormat()",
        ),
        (
            "three.core.min.js",
            "const adapter = await navigator.gpu.requestAdapter()",
        ),
        (
            "babylon.js",
            "typeof DeviceMotionEvent !== 'undefined' && add(DeviceMotionEvent)",
        ),
        (
            "ruffle.js",
            "window.RufflePlayer = {}; wrap(n => n.getGamepads())",
        ),
        (
            "tyrano/tyrano.js",
            "const media = navigator.mediaDevices.getUserMedia(options)",
        ),
        (
            "js-dos.js",
            "try { await c.audioWorklet.addModule(u) } catch { processor() }",
        ),
    ] {
        let page = format!("<script src={name}></script>");
        let files: Files<'_> = &[("index.html", page.as_bytes()), (name, script.as_bytes())];
        let secure = profile(files).secure;
        assert!(!secure.is.is_needed, "{name}: {:?}", secure.evidence);
    }
    for game in std::fs::read_dir("games").unwrap() {
        let Ok(game) = Game::from_folder(&game.unwrap().path()) else {
            continue;
        };
        let profile = Profile::detect(&game, &game.source.files().unwrap());
        assert!(
            !profile.secure.is.is_needed,
            "{}: {:?}",
            game.slug, profile.secure
        );
    }
}

//! Games in the console: covers, checks, names, descriptions, removal.

use std::fs;

use serde_json::{Value, json};

use super::Console;
use crate::object_storage::Stored;
use crate::support::{Client, Place, Running, in_time};

#[test]
fn covers_come_from_the_game_and_act_on_nothing() {
    let place = Place::with_three_games_and("");
    place.write(
        "alpha/cover.svg",
        "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    );
    place.write("secret.png", "secret");
    place.write(
        "config.toml",
        "[[games]]\nslug = \"alpha\"\npath = \"alpha\"\ncover = \"cover.svg\"\n[[games]]\nslug = \"beta\"\npath = \"beta\"\ncover = \"../secret.png\"\n[[games]]\nslug = \"gamma\"\npath = \"gamma\"\n",
    );
    let console = Console::open(&place, &["alpha"]);
    let cookie = console.with_cookie();
    let cover = console.send("GET", "/covers/alpha", &[&cookie], "");
    assert_eq!(
        (cover.status, cover.field("content-type")),
        (200, Some("image/svg+xml"))
    );
    let policy = cover.field("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.ends_with("sandbox"),
        "{policy}"
    );
    // Games without a picture have a drawing, as in the lobby.
    for path in ["/covers/beta", "/covers/gamma", "/covers/alpha?picture="] {
        let drawn = console.send("GET", path, &[&cookie], "");
        assert_eq!(drawn.status, 200, "{path}");
        assert!(drawn.text().contains("</linearGradient>"), "{path}");
    }
    let choices = console.send("GET", "/pictures/alpha", &[&cookie], "");
    assert_eq!(choices.text(), "[\"cover.svg\"]");
    for path in [
        "/covers/delta",
        "/covers/../alpha",
        "/covers/beta?picture=../secret.png",
        "/covers/beta?picture=index.html",
        "/pictures/delta",
    ] {
        assert_eq!(
            console.send("GET", path, &[&cookie], "").status,
            404,
            "{path}"
        );
    }
}

#[test]
fn a_check_tells_its_findings() {
    let place = Place::with_three_games();
    place.write(
        "beta/index.html",
        "<title>x</title><script src=\"Missing.js\"></script>",
    );
    let console = Console::open(&place, &["alpha"]);
    let answer = console.act("check", &json!({"game": "beta"}));
    assert_eq!(answer.status, 200);
    let report: Value = serde_json::from_slice(&answer.body).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["file"], "index.html");
    assert!(
        finding["problem"].as_str().unwrap().contains("Missing.js"),
        "{report}"
    );
    assert_eq!(
        console.act("check", &json!({"game": "nonsense"})).status,
        404
    );
}

#[test]
fn a_game_in_object_storage_is_fetched_and_checked() {
    let stored = Stored::in_folder();
    stored.place.game("alpha");
    for game in ["beta", "gamma"] {
        let page = format!("<title>{game}</title><script src=\"Missing.js\"></script>");
        stored.place.write(&format!("{game}/index.html"), page);
    }
    stored.run(&["add", "alpha", "beta", "gamma"]);
    let page = b"<title>gamma</title><script src=\"Missing.js\"></script>";
    fs::write(stored.content(page), "damaged").unwrap();
    let arguments = ["0", "alpha", "--log", "off", "--console", "0"];
    let running = Running::start(stored.command(&arguments));
    let players = running.port();
    let console = Console::of(running, players);
    let check = |game: &str| -> Value {
        let answer = console.act("check", &json!({ "game": game }));
        assert_eq!(answer.status, 200, "{game}");
        serde_json::from_slice(&answer.body).unwrap()
    };
    let report = check("beta");
    let problem = report["findings"][0]["problem"].as_str();
    assert!(problem.unwrap().contains("Missing.js"), "{report}");
    let report = check("gamma");
    let error = report["error"].as_str().unwrap();
    assert!(error.contains("not the file that the manifest"), "{report}");
}

#[test]
fn a_game_that_came_to_the_librarys_folder_is_there_when_a_console_is_opened() {
    let place = Place::new();
    place.write("config.toml", "library = \"more\"\n");
    place.write("more/alpha/index.html", "alpha");
    let console = Console::open(&place, &["alpha"]);
    for (number, slug) in ["alpha", "beta", "gamma"].into_iter().enumerate() {
        place.write(&format!("more/{slug}/index.html"), slug);
        let is_there = |library: &Value| library["games"][number]["slug"] == slug;
        console.events().until("library", is_there).unwrap();
    }
    assert_eq!(
        console.act("publish", &json!({"game": "gamma"})).status,
        200
    );
    assert_eq!(Client::connect(console.players).get("/").text(), "gamma");
}

#[test]
fn a_game_that_cannot_be_removed_is_refused_at_once() {
    for (folder, is_removable) in [("more", false), ("games", true)] {
        let place = Place::new();
        let entry = "[[games]]\nslug = \"own\"\npath = \"own\"\n";
        place.game("own");
        place.write("config.toml", format!("library = \"{folder}\"\n{entry}"));
        for game in ["alpha", "beta"] {
            place.write(&format!("{folder}/{game}/index.html"), game);
        }
        let console = Console::open(&place, &["alpha"]);
        let library = console.events().until("library", |_| true).unwrap();
        let removable: Vec<_> = (0..3)
            .map(|number| library["games"][number]["removable"].clone())
            .collect();
        assert_eq!(removable, [true, is_removable, is_removable], "{folder}");
        let answer = console.act("remove", &json!({"game": "beta"}));
        let expected = if is_removable { 200 } else { 409 };
        assert_eq!(answer.status, expected, "{folder}");
        assert_eq!(answer.text().contains("not listed in"), !is_removable);
        assert_eq!(console.act("remove", &json!({"game": "own"})).status, 200);
    }
}

#[test]
fn a_library_from_the_command_line_is_not_changed_in_place_of_the_configurations() {
    let place = Place::new();
    // Both libraries have a game of this slug.
    let config = "[[games]]\nslug = \"alpha\"\npath = \"own/alpha\"\n";
    place.write("config.toml", config);
    place.write("own/alpha/index.html", "own");
    place.write("more/alpha/index.html", "more");
    let console = Console::open(&place, &["alpha", "--library", "more"]);
    console
        .events()
        .until("library", |library| {
            library["games"][0]["editable"] == false
        })
        .unwrap();
    let url = "http://127.0.0.1:1/a.zip";
    for (action, content) in [
        ("edit", json!({"game": "alpha", "title": "New"})),
        ("remove", json!({"game": "alpha"})),
        ("add", json!({"url": url})),
    ] {
        let refused = console.act(action, &content);
        assert_eq!(refused.status, 409, "{action}");
        assert!(refused.text().contains("command line"), "{action}");
    }
    assert_eq!(
        fs::read_to_string(place.path("config.toml")).unwrap(),
        config
    );
}

#[test]
fn a_game_is_renamed_and_removed_unless_it_is_kept() {
    let place = Place::with_three_games();
    let console = Console::open(&place, &["alpha"]);
    let rename = |content: Value| console.act("edit", &content).status;
    assert_eq!(
        rename(json!({"game": "beta", "slug": "delta", "title": "Delta \"1\""})),
        200
    );
    // The library is read again after its file has changed.
    let is_renamed = |library: &Value| library["games"][1]["title"]["en"] == "Delta \"1\"";
    console.events().until("library", is_renamed).unwrap();
    for wrong in ["", "Delta", "a/b", "../x", "-", "a--b", "a-", "gamma"] {
        assert_eq!(
            rename(json!({"game": "delta", "slug": wrong})),
            409,
            "{wrong}"
        );
    }
    assert_eq!(rename(json!({"game": "beta", "slug": "epsilon"})), 404);
    assert_eq!(
        console.act("remove", &json!({"game": "alpha"})).status,
        409,
        "it is on the air"
    );
    assert_eq!(rename(json!({"game": "alpha", "slug": "omega"})), 200);
    let is_renamed = |library: &Value| library["games"][0]["slug"] == "omega";
    console.events().until("library", is_renamed).unwrap();
    assert_eq!(
        console.act("remove", &json!({"game": "omega"})).status,
        409,
        "it is still on the air"
    );
    assert_eq!(console.act("remove", &json!({"game": "delta"})).status, 200);
    let mut events = console.events();
    events
        .until("work", |work| work["removals"][0]["slug"] == "delta")
        .unwrap();
    assert_eq!(console.act("keep", &json!({"game": "delta"})).status, 200);
    events
        .until("work", |work| work["removals"] == json!([]))
        .unwrap();
    assert_eq!(console.act("keep", &json!({"game": "delta"})).status, 404);
    assert!(
        fs::read_to_string(place.path("config.toml"))
            .unwrap()
            .contains("delta")
    );
}

#[test]
fn what_is_said_of_a_game_is_set_and_taken_back_and_comments_stay() {
    let place = Place::with_three_games_and("");
    place.write("alpha/icon.png", "\u{89}PNG");
    fs::write(place.path("beta/shot.png"), b"\x89PNG\r\n\x1a\n and so on").unwrap();
    place.write(
        "beta/index.html",
        "<meta name=description content='By its page'>beta",
    );
    place.write(
        "config.toml",
        "[[games]] # first\nslug = \"alpha\"\npath = \"alpha\"\n[[games]]\nslug = \"beta\" # of beta\npath = \"beta\"\n\
         title = { en = \"Beta\", zh = \"\u{4e59}\" } # in both\n",
    );
    let console = Console::open(&place, &["alpha", "--arcade"]);
    let mut events = console.events();
    let beta = |library: &Value, key: &str| library["games"][1][key].clone();
    events
        .until("library", |library| {
            beta(library, "description")["en"] == "By its page"
        })
        .unwrap();
    let edit = |content: Value| {
        let answer = console.act("edit", &content);
        (answer.status, answer.text())
    };
    let all = json!({"game": "beta", "description": " Two\n words ", "cover": "shot.png"});
    assert_eq!(edit(all).0, 200);
    let is_set = |library: &Value| {
        beta(library, "description")["zh"] == "Two words" && beta(library, "cover") == "shot.png"
    };
    events.until("library", is_set).unwrap();
    let cookie = console.with_cookie();
    let cover = console.send("GET", "/covers/beta", &[&cookie], "");
    assert_eq!(cover.field("content-type"), Some("image/png"));
    // The lobby shows it, too.
    let lobby = in_time(|| {
        let mut client = Client::connect(console.players);
        let page = client.get("/").text();
        (page.contains("Two words") && page.contains("covers/beta.png")).then_some(())
    });
    assert!(lobby.is_some());
    let config = fs::read_to_string(place.path("config.toml")).unwrap();
    for kept in ["# first", "# of beta", "# in both", "\u{4e59}"] {
        assert!(config.contains(kept), "{kept}: {config}");
    }
    for cover in [
        "missing.png",
        "../alpha/icon.png",
        "index.html",
        "/etc/passwd",
    ] {
        let (status, reason) = edit(json!({"game": "beta", "cover": cover}));
        assert_eq!(status, 409, "{cover}");
        assert!(reason.contains(cover), "{reason}");
    }
    assert_eq!(
        fs::read_to_string(place.path("config.toml")).unwrap(),
        config
    );
    assert_eq!(
        edit(json!({"game": "beta", "description": "", "cover": ""})).0,
        200
    );
    let is_taken_back = |library: &Value| {
        beta(library, "description")["en"] == "By its page" && beta(library, "cover").is_null()
    };
    events.until("library", is_taken_back).unwrap();
    assert_eq!(edit(json!({"game": "beta", "colour": "red"})).0, 400);
}

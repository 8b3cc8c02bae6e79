//! Libraries in object storage: a folder by the same layout in every run, and a service that is not ours (moto), whole,
//! slow, failing, away.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use rustix::process::Signal;

use crate::content::noise;
use crate::object_storage::service::{Fault, Service};
use crate::support::{Client, Place, Running, in_time, not_tested};

mod replicas;
mod service;

/// A place, and a library that its commands use.
pub(crate) struct Stored {
    pub(crate) place: Place,
    address: String,
    pub(crate) service: Option<Service>,
}

impl Stored {
    pub(crate) fn in_folder() -> Self {
        let place = Place::new();
        let address = format!("file://{}", place.path("library").display());
        Self {
            place,
            address,
            service: None,
        }
    }

    /// With a service; `None`, noted, where moto is not installed.
    pub(crate) fn in_service() -> Option<Self> {
        let Some(service) = Service::start() else {
            not_tested("object storage: moto is not installed (pip install 'moto[server]')");
            return None;
        };
        Some(Self {
            place: Place::new(),
            address: "s3://bucket/games".into(),
            service: Some(service),
        })
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.webserver(arguments);
        command.args(["--library", &self.address]);
        command.env("WEBSERVER_LANG", "en");
        if let Some(service) = &self.service {
            command.envs(service.variables());
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let finished = Running::start(self.command(arguments)).exit().with_code(0);
        finished.out + &finished.err
    }

    pub(crate) fn fail(&self, arguments: &[&str]) -> String {
        let finished = Running::start(self.command(arguments)).exit().with_code(1);
        finished.out + &finished.err
    }

    fn serve(&self, game: &str) -> (Running, u16) {
        let running = Running::start(self.command(&["0", game, "--log", "off"]));
        let port = running.port();
        (running, port)
    }

    /// The path of an object in the folder.
    fn object(&self, name: &str) -> PathBuf {
        self.place.path("library").join(name)
    }

    /// The object with a content in the folder.
    pub(crate) fn content(&self, content: &[u8]) -> PathBuf {
        let hash = blake3::hash(content).to_hex();
        self.object("files").join(&*hash)
    }
}

/// Names of the objects in a folder, with the times of their last write.
fn written(folder: &Path) -> Vec<(String, std::time::SystemTime)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().to_str().unwrap().to_owned();
            (name, entry.metadata().unwrap().modified().unwrap())
        })
        .collect();
    all.sort();
    all
}

/// Writes a game of many files, one of which is sent in parts; returns them.
fn write_game(place: &Place, folder: &str, seed: u32) -> Vec<(String, Vec<u8>)> {
    let page = format!("<title>{folder}</title>").into_bytes();
    let mut files = vec![("index.html".to_owned(), page)];
    for (number, length) in [0, 1, 100, 5_000, 70_000, 17 << 20].into_iter().enumerate() {
        let content = noise(seed + number as u32, length);
        files.push((format!("data {number}/{number}.bin"), content));
    }
    for (name, content) in &files {
        place.write(&format!("{folder}/{name}"), content);
    }
    files
}

/// Fails unless a server answers with exactly these files.
fn assert_serves(port: u16, files: &[(String, Vec<u8>)]) {
    let mut client = Client::connect(port);
    for (name, content) in files {
        let answer = client.get(&format!("/{}", name.replace(' ', "%20")));
        assert_eq!(answer.status, 200, "{name}");
        assert!(answer.body == *content, "{name}");
    }
}

#[test]
fn games_are_added_listed_checked_served_renamed_and_removed() {
    let folder = Some(Stored::in_folder());
    for stored in [folder, Stored::in_service()].into_iter().flatten() {
        let files = write_game(&stored.place, "quest", 1);
        stored.place.game("other");
        stored.place.write(".hidden/x", "not part of a game");
        let added = stored.run(&["add", "quest", "other", "--as", "quest", "--as", "second"]);
        assert!(added.contains("/games/quest.json"), "{added}");
        let taken = stored.fail(&["add", "quest"]);
        assert!(taken.contains("already taken"), "{taken}");
        let list = stored.run(&["list"]);
        assert!(list.contains("quest") && list.contains("second"), "{list}");
        let checked = stored.run(&["check", "quest"]);
        assert!(checked.contains("7 files"), "{checked}");
        let (running, port) = stored.serve("quest");
        assert_serves(port, &files);
        drop(running);
        stored.run(&["rename", "quest", "saga", "--title", "The Saga"]);
        let refused = stored.fail(&["rename", "saga", "second"]);
        assert!(refused.contains("already taken"), "{refused}");
        stored.run(&["remove", "second", "--yes"]);
        let list = stored.run(&["list"]);
        assert_eq!(list.trim(), "1  The Saga  saga");
        let unknown = stored.fail(&["remove", "second", "--yes"]);
        assert!(unknown.contains("no game \"second\""), "{unknown}");
    }
}

#[test]
fn a_game_whose_page_is_no_index_is_built_again() {
    let stored = Stored::in_folder();
    let page = b"<title>Story</title>".to_vec();
    stored.place.write("story/story.html", &page);
    stored.run(&["add", "story"]);
    let (running, port) = stored.serve("story");
    running.signal(Signal::HUP);
    running.until_err("the same page", |err| err.contains("No changes: Story"));
    assert_serves(port, &[("story.html".to_owned(), page)]);
}

#[test]
fn an_archive_is_unpacked_and_added() {
    let stored = Stored::in_folder();
    crate::importing::zip(&stored.place, "My Game.zip", &[("index.html", "zipped")]);
    stored.run(&["add", "My Game.zip"]);
    let list = stored.run(&["list"]);
    assert_eq!(list.trim(), "1  My Game  my-game");
    let (_running, port) = stored.serve("my-game");
    assert_eq!(Client::connect(port).get("/").text(), "zipped");
}

#[test]
fn unchanged_files_are_not_sent_again() {
    let stored = Stored::in_folder();
    write_game(&stored.place, "quest", 1);
    stored.run(&["add", "quest"]);
    let before = written(&stored.object("files"));
    assert_eq!(before.len(), 7);
    stored.place.write("quest/new.js", "new");
    // The same content under another name, in another game.
    stored.place.write("other/index.html", "other");
    stored.place.write("other/copy.bin", noise(4, 5_000));
    stored.run(&["add", "quest", "--force"]);
    stored.run(&["add", "other"]);
    let after = written(&stored.object("files"));
    assert!(before.iter().all(|file| after.contains(file)), "rewritten");
    assert_eq!(after.len(), 9);
}

#[test]
fn a_game_that_is_not_what_its_manifest_says_stays_off_the_air() {
    let stored = Stored::in_folder();
    for game in ["alpha", "beta", "gamma", "delta"] {
        stored.place.game(game);
        stored
            .place
            .write(&format!("{game}/{game}.js"), game.repeat(3));
        stored.run(&["add", game]);
    }
    fs::write(stored.content(b"betabetabeta"), "BETABETABETA").unwrap();
    fs::write(
        stored.content(b"gammagammagamma"),
        "gammagammagamma and more",
    )
    .unwrap();
    fs::remove_file(stored.content(b"deltadeltadelta")).unwrap();
    let manifest = stored.object("games/epsilon.json");
    let text = fs::read_to_string(stored.object("games/alpha.json")).unwrap();
    fs::write(&manifest, text.replace("alpha.js", "../../alpha.js")).unwrap();
    let (_running, port) = stored.serve("alpha");
    for (game, problem) in [
        ("beta", "not the file that the manifest names"),
        ("gamma", "not the file that the manifest names"),
        ("delta", "delta.js is missing"),
        ("epsilon", "no game is called"),
    ] {
        let mut publish = stored.place.webserver(&["publish", game, "--lang", "en"]);
        publish.args(["--port", &port.to_string()]);
        let refused = Running::start(publish).exit();
        assert_ne!(refused.code, Some(0), "{game}");
        assert!(refused.err.contains(problem), "{game}: {}", refused.err);
        assert_eq!(Client::connect(port).get("/").text(), "alpha");
    }
    let list = stored.run(&["list"]);
    assert!(list.contains("invalid or repeated path"), "{list}");
    assert!(!stored.place.path("library/alpha.js").exists());
}

#[test]
fn the_cache_stays_below_its_limit_and_damage_in_it_is_mended() {
    let stored = Stored::in_folder();
    for game in ["alpha", "beta"] {
        stored.place.game(game);
        stored
            .place
            .write(&format!("{game}/{game}.bin"), game.repeat(1_000));
        stored.run(&["add", game]);
    }
    let library = format!(
        "library = \"{}\"\nlibrary_cache_bytes = 6000\n",
        stored.address
    );
    stored.place.write("config.toml", library);
    let run = |game: &str| {
        let finished = stored.place.run(&["check", game, "--lang", "en"]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
    };
    let cache = stored.place.home(".cache/webserver/library/files");
    let cached = |game: &str| {
        let hash = blake3::hash(game.repeat(1_000).as_bytes()).to_hex();
        cache.join(&hash[..2]).join(&*hash)
    };
    run("alpha");
    assert!(cached("alpha").exists());
    fs::write(cached("alpha"), "ALPHA".repeat(1_000)).unwrap();
    run("alpha");
    assert_eq!(
        fs::read(cached("alpha")).unwrap(),
        "alpha".repeat(1_000).as_bytes()
    );
    run("beta");
    assert!(cached("beta").exists() && !cached("alpha").exists());
    stored.place.write("beta/more.bin", noise(1, 6_000));
    stored.run(&["add", "beta", "--force"]);
    let refused = stored.place.run(&["check", "beta", "--lang", "en"]);
    assert!(refused.err.contains("library_cache_bytes"), "{refused:?}");
    assert!(cached("beta").exists(), "nothing is deleted in vain");
}

#[test]
fn a_library_that_cannot_be_used_is_a_clear_error() {
    let place = Place::new();
    for (address, expected) in [
        ("http://bucket/games", "not an object storage address"),
        (
            "s3://user:secret@bucket/games",
            "not an object storage address",
        ),
        ("s3:///games", "not an object storage address"),
    ] {
        let refused = place.run(&["list", "--library", address, "--lang", "en"]);
        assert_eq!(refused.code, Some(1));
        assert!(refused.err.contains(expected), "{refused:?}");
    }
    place.game("alpha");
    let refused = place.run(&["add", "alpha", "--library", "games", "--lang", "en"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("--library is a folder"), "{refused:?}");
}

#[test]
fn a_service_that_fails_once_in_five_loses_nothing() {
    let Some(stored) = Stored::in_service() else {
        return;
    };
    let service = stored.service.as_ref().unwrap();
    let files = write_game(&stored.place, "quest", 1);
    service.fault(Fault::OneInFive);
    stored.run(&["add", "quest"]);
    let (_running, port) = stored.serve("quest");
    assert_serves(port, &files);
    assert!(service.faults() > 0);
}

#[test]
fn an_upload_that_is_torn_leaves_no_game() {
    let Some(stored) = Stored::in_service() else {
        return;
    };
    let service = stored.service.as_ref().unwrap();
    write_game(&stored.place, "quest", 1);
    service.fault(Fault::Manifests);
    let running = Running::start(stored.command(&["add", "quest"]));
    in_time(|| (service.faults() > 0).then_some(())).expect("the manifest comes last");
    drop(running); // killed
    service.fault(Fault::None);
    assert!(stored.run(&["list"]).contains("library is empty"));
    let sent = service.puts();
    stored.run(&["add", "quest"]);
    assert_eq!(service.puts() - sent, 1, "only the manifest is missing");
    assert!(stored.run(&["list"]).contains("quest"));
}

#[test]
fn a_write_whose_answer_is_lost_counts_and_is_not_taken_for_somebody_elses() {
    let Some(stored) = Stored::in_service() else {
        return;
    };
    let service = stored.service.as_ref().unwrap();
    stored.place.game("quest");
    service.fault(Fault::Lost);
    stored.run(&["add", "quest"]);
    stored.run(&["add", "quest", "--force"]);
    stored.run(&["publish", "quest"]);
    assert!(service.faults() >= 3, "{}", service.faults());
    assert!(stored.run(&["list"]).contains("quest"));
}

#[test]
fn the_command_that_removes_without_a_question_names_the_library() {
    let stored = Stored::in_folder();
    stored.place.game("quest");
    stored.run(&["add", "quest"]);
    let asked = Running::start(stored.command(&["remove", "quest"])).exit();
    let command = format!("webserver remove quest --library {} --yes", stored.address);
    assert_eq!(asked.code, Some(2), "{asked:?}");
    assert!(asked.err.contains(&command), "{asked:?}");
}

#[test]
fn of_two_who_add_the_same_game_at_once_one_is_told() {
    let Some(stored) = Stored::in_service() else {
        return;
    };
    for folder in ["one", "two"] {
        stored
            .place
            .write(&format!("{folder}/game/index.html"), folder);
    }
    let codes = thread::scope(|scope| {
        let adding = ["one/game", "two/game"].map(|folder| {
            let stored = &stored;
            scope.spawn(move || Running::start(stored.command(&["add", folder])).exit())
        });
        adding.map(|adding| adding.join().unwrap())
    });
    let won: Vec<_> = codes.iter().filter(|ended| ended.code == Some(0)).collect();
    assert_eq!(won.len(), 1, "{codes:?}");
    let lost = codes.iter().find(|ended| ended.code != Some(0)).unwrap();
    let is_told = ["already taken", "at the same time"].map(|words| lost.out.contains(words));
    assert!(is_told.contains(&true), "{lost:?}");
}

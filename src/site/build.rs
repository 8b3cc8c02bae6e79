//! The build: from a game on disk, changing and untrusted, to a complete site in memory.

use std::env;
use std::panic::resume_unwind;
use std::thread;

use crate::detect::evidence::Evidence;
use crate::detect::isolation_mode::Isolation;
use crate::detect::loaded::plain_name;
use crate::fs::budget::GameBudget;
use crate::fs::machine;
use crate::library::game::Game;
use crate::library::profile::Profile;
use crate::site::asset::Asset;
use crate::site::asset_rules::{apply_uses, apply_wishes, page_encoding};
use crate::site::compiled::{Site, SiteParts};
use crate::site::error::BuildError;
use crate::site::id::SiteId;
use crate::site::live_reload;
use crate::site::memory_budget::MemoryBudget;
use crate::site::options::BuildOptions;
use crate::site::path::to_url;
use crate::site::precompressed::{DecodingRoom, open_precompressed};
use crate::site::progress::BuildProgress;
use crate::site::read::GameReader;
use crate::site::response_fields::response_fields;
use crate::site::routes::Routes;
use crate::site::siblings::add_siblings;

/// The maximum number of files of one site that are kept open, on a machine without a tight limit.
const MAX_OPEN_FILES: u64 = 1024;

/// The part of the process's file descriptors that one site may use: several sites and all connections share them.
const DESCRIPTOR_SHARE: u64 = 16;

impl Site {
    /// Compiles a game: reads every file and prepares every representation. Unchanged files are taken from an earlier
    /// site of the game, with their codings. Blocks for as long as reading takes; see [`BuildProgress`] to watch and
    /// cancel it.
    ///
    /// # Errors
    /// When a file cannot be read, the entry page is gone, the temporary folder cannot be written, or the build is
    /// cancelled.
    ///
    /// # Examples
    /// ```
    /// use std::path::Path;
    /// use webserver::library::game::Game;
    /// use webserver::site::Site;
    /// use webserver::site::options::BuildOptions;
    /// use webserver::site::path::AssetPath;
    /// use webserver::site::progress::BuildProgress;
    ///
    /// let game = Game::from_folder(Path::new("games/2048")).unwrap();
    /// let site = Site::build(&game, BuildOptions::default(), None, &BuildProgress::default())?;
    /// let page = AssetPath::parse("/index.html").unwrap();
    /// assert!(site.resource(&page).is_some());
    /// # Ok::<(), webserver::site::error::BuildError>(())
    /// ```
    pub fn build(
        game: &Game,
        options: BuildOptions,
        earlier: Option<&Self>,
        progress: &BuildProgress,
    ) -> Result<Self, BuildError> {
        let files = game.source.files()?;
        let bytes = files.iter().map(|file| file.length).sum();
        progress.expect(files.len() as u64, bytes);

        let memory = MemoryBudget::new(options.max_file(), options.memory());
        let budget = GameBudget::on_disk_of(&env::temp_dir(), options.spare_memory());
        let mut reader = GameReader::new(&game.source, earlier, progress, memory, &budget);
        // In parallel: either may take most of the time, and a player may be waiting.
        let detect = || Profile::detect(game, &files);
        let read = || reader.read_all(&files, max_open_files());
        let (profile, assets) = run_both(thread::Builder::new(), detect, read);
        let mut assets = assets?;
        let mut memory = reader.memory;
        let room = DecodingRoom {
            memory: &mut memory,
            budget: &budget,
        };
        let mut inner = open_precompressed(&mut assets, &profile, room, progress)?;
        let encoding = page_encoding(&assets, &game.entry);
        apply_uses(&mut assets, &profile, encoding, &mut memory);
        apply_wishes(&mut assets, &profile);
        inner.extend(plain_for_compressed(&assets, &profile));
        add_siblings(&mut assets, &mut memory, progress)?;

        let routes = Routes::new(&assets, &inner, &game.entry, &profile.prefix.is)?;
        let is_split_by_browser = is_split_by_browser(&profile);
        let fields = response_fields(profile.isolation.is, &profile.fields, &game.overrides);
        let id = SiteId::new(game, &fields, &assets, options.live);
        if options.live {
            let pages = (&mut assets[..], game.entry.as_str());
            live_reload::insert(pages, &profile.engine, &fields, &id);
        }
        Ok(Self::new(SiteParts {
            id,
            slug: game.slug.clone(),
            title: game.title.clone(),
            cover: cover(game, &assets),
            engine: profile.engine,
            fields,
            secure: profile.secure.is,
            has_own_cache: profile.has_own_cache,
            is_split_by_browser,
            files: files.len(),
            bytes,
            is_live: options.live,
            budget: memory,
            assets,
            routes,
            deep_links: profile.deep_links,
        }))
    }
}

/// Runs one task on a new thread and the other on this one. If the system refuses a thread, runs both on this one.
fn run_both<A: Send, B>(
    thread: thread::Builder,
    one: impl Fn() -> A + Sync,
    other: impl FnOnce() -> B,
) -> (A, B) {
    thread::scope(|threads| {
        let running = thread.spawn_scoped(threads, &one);
        let other = other();
        let one = match running {
            Ok(running) => running.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => one(),
        };
        (one, other)
    })
}

/// Scripts and styles that a page names as `x.js.gz` and that are there as `x.js`: a tag cannot decompress, so the plain
/// file is what it needs.
fn plain_for_compressed(assets: &[Asset], profile: &Profile) -> Vec<(String, usize)> {
    let names = profile.loaded.keys();
    let inner = names.filter_map(|name| {
        let plain = plain_name(name)?;
        let index = assets.iter().position(|asset| &*asset.name == plain)?;
        Some((name.clone(), index))
    });
    inner.collect()
}

/// The path of the game's picture, if it exists.
fn cover(game: &Game, assets: &[Asset]) -> Option<String> {
    let cover = game.cover.as_deref()?;
    let is_there = assets.iter().any(|asset| &*asset.name == cover);
    is_there.then(|| to_url(cover))
}

/// True if other hosts' files and threads were both detected: `credentialless` allows both, where it is known.
fn is_split_by_browser(profile: &Profile) -> bool {
    let is_detected = |one: &Evidence| matches!(one, Evidence::OtherHost { .. });
    profile.isolation.is == Isolation::Credentialless
        && profile.isolation.evidence.iter().any(is_detected)
}

/// The number of files that the site may keep open.
fn max_open_files() -> usize {
    share_of_open_files(machine::max_open_files())
}

fn share_of_open_files(descriptors: u64) -> usize {
    (descriptors / DESCRIPTOR_SHARE).min(MAX_OPEN_FILES) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::test_folder::test_folder;
    use std::fs;
    use std::path::{Path, PathBuf};

    use bytes::Bytes;

    use crate::site::asset::Asset;
    use crate::site::content::Content;

    fn build(folder: &Path, options: BuildOptions, earlier: Option<&Site>) -> Site {
        let game = Game::from_folder(folder).unwrap();
        Site::build(&game, options, earlier, &BuildProgress::default()).unwrap()
    }

    fn content(site: &Site, name: &str) -> Bytes {
        match &site.asset(name).unwrap().representations[0].content {
            Content::Memory(bytes) => bytes.clone(),
            Content::File(file) => panic!("{file:?}"),
        }
    }

    /// A game whose files have not changed within the last seconds.
    fn settled_game() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("games/2048")
    }

    /// The bundled game, built from other bytes than those on disk.
    fn site_with_marked_content(mark: &Bytes) -> Site {
        let site = build(&settled_game(), BuildOptions::default(), None);
        let mut assets = site.assets().to_vec();
        for asset in &mut assets {
            asset.representations[0].content = Content::Memory(mark.clone());
        }
        site.with_assets(assets, site.budget())
    }

    #[test]
    fn a_file_that_has_not_changed_for_seconds_is_not_read_again() {
        let mark = Bytes::from_static(b"not the bytes on disk");
        let earlier = site_with_marked_content(&mark);
        let again = build(&settled_game(), BuildOptions::default(), Some(&earlier));
        assert!(again.assets().len() > 5);
        for asset in again.assets() {
            assert_eq!(content(&again, &asset.name), mark, "{}", asset.name);
        }
        assert_eq!(again.id, earlier.id);
    }

    #[test]
    fn an_unchanged_file_that_no_longer_fits_in_memory_is_served_from_disk() {
        let earlier = site_with_marked_content(&Bytes::from_static(b"in memory"));
        let no_memory = toml::from_str("memory_mib = 0").unwrap();
        let again = build(&settled_game(), no_memory, Some(&earlier));
        let is_on_disk =
            |asset: &Asset| matches!(asset.representations[0].content, Content::File(_));
        assert!(again.assets().iter().all(is_on_disk));
        assert_eq!(again.held(), 0);
    }

    #[test]
    fn a_page_with_an_inserted_script_is_made_from_the_file_again() {
        let live: BuildOptions = toml::from_str("live = true").unwrap();
        let earlier = build(&settled_game(), live, None);
        let again = build(&settled_game(), live, Some(&earlier));
        let page = content(&again, "index.html");
        let page = String::from_utf8_lossy(&page);
        assert_eq!(page.matches(".webserver/live.js").count(), 1, "{page}");
    }

    #[test]
    fn a_rewritten_file_is_read_again_and_keeps_its_codings_if_its_bytes_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let write = |name: &str, content: String| fs::write(file(name), content).unwrap();
        write("index.html", "page".repeat(1000));
        write("a.js", "aaaa".repeat(1000));
        write("b.js", "bbbb".repeat(1000));
        let plain = build(folder.path(), BuildOptions::default(), None);
        let earlier = plain.compressed(None, &|| true).unwrap();
        let codings = |site: &Site, name| site.asset(name).unwrap().representations.len();
        assert_eq!(codings(&earlier, "a.js"), 4);

        let modified = fs::metadata(file("a.js")).unwrap().modified().unwrap();
        write("a.js", "cccc".repeat(1000));
        let writer = fs::File::options().append(true).open(file("a.js")).unwrap();
        writer.set_modified(modified).unwrap();
        write("b.js", "bbbb".repeat(1000));
        let again = build(folder.path(), BuildOptions::default(), Some(&earlier));
        assert_eq!(content(&again, "a.js"), "cccc".repeat(1000));
        assert_eq!(codings(&again, "a.js"), 1);
        assert_eq!(codings(&again, "b.js"), 4);
        let shared = |site: &Site| content(site, "b.js").as_ptr();
        assert_eq!(shared(&again), shared(&earlier), "held once");
        let codings_of_a = earlier.asset("a.js").unwrap().bytes_in_memory() - 4000;
        assert_eq!(again.held(), earlier.held() - codings_of_a);
        assert_ne!(again.id, earlier.id);
    }

    #[test]
    fn without_a_thread_to_spare_both_tasks_run_on_the_calling_thread() {
        // No address space has room for such a stack.
        let unavailable = thread::Builder::new().stack_size(usize::MAX / 4);
        let current = || thread::current().id();
        let here = current();
        assert_eq!(run_both(unavailable, current, current), (here, here));
        let (one, other) = run_both(thread::Builder::new(), current, current);
        assert_ne!(one, here);
        assert_eq!(other, here);
    }

    #[test]
    fn a_site_keeps_a_sixteenth_of_the_descriptors_at_most() {
        for (descriptors, expected) in [(1024, 64), (15, 0), (16_384, 1024), (u64::MAX, 1024)] {
            assert_eq!(share_of_open_files(descriptors), expected, "{descriptors}");
        }
    }

    #[test]
    fn a_deleted_file_is_gone_from_the_next_site() {
        let folder = test_folder(&["index.html", "a.js", "b.js"].map(|name| (name, name)));
        let earlier = build(folder.path(), BuildOptions::default(), None);
        fs::remove_file(folder.path().join("a.js")).unwrap();
        let fewer = build(folder.path(), BuildOptions::default(), Some(&earlier));
        assert_eq!(fewer.files, 2);
        assert!(fewer.asset("a.js").is_none());
    }

    #[test]
    fn a_cancelled_build_ends_with_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("index.html"), vec![0; 1 << 20]).unwrap();
        let game = Game::from_folder(folder.path()).unwrap();
        for options in ["", "memory_mib = 0"] {
            let progress = BuildProgress::default();
            progress.cancel();
            let built = Site::build(&game, toml::from_str(options).unwrap(), None, &progress);
            assert!(matches!(built, Err(BuildError::Cancelled)), "{built:?}");
        }
    }

    #[test]
    fn files_beyond_the_limit_of_open_files_are_copied_and_keep_their_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<_> = (0..20).map(|number| format!("{number}.dat")).collect();
        fs::write(folder.path().join("index.html"), "page").unwrap();
        for (length, name) in (100..).zip(&names) {
            fs::write(folder.path().join(name), vec![7; length]).unwrap();
        }
        let game = Game::from_folder(folder.path()).unwrap();
        let files = game.source.files().unwrap();
        let progress = BuildProgress::default();
        let (memory, budget) = (MemoryBudget::new(0, 0), GameBudget::default());
        let mut reader = GameReader::new(&game.source, None, &progress, memory, &budget);
        let assets = reader.read_all(&files, 5).unwrap();
        for name in &names {
            fs::write(folder.path().join(name), "rewritten").unwrap();
        }
        let is_readable = |asset: &Asset| match &asset.representations[0].content {
            Content::Memory(_) => panic!("nothing fits in memory"),
            Content::File(file) => file.clone().read_piece().is_ok(),
        };
        let (copied, kept_open) = assets.split_at(assets.len() - 5);
        assert_eq!((copied.len(), kept_open.len()), (16, 5));
        assert!(copied.iter().all(is_readable));
        assert!(
            !kept_open.iter().any(is_readable),
            "rewritten after the build"
        );
    }

    #[test]
    fn progress_counts_files_and_bytes_up_to_all_of_them() {
        let folder = test_folder(&[("index.html", "page"), ("a.js", "12"), ("b.png", "123")]);
        let game = Game::from_folder(folder.path()).unwrap();
        let progress = BuildProgress::default();
        assert_eq!((progress.files(), progress.bytes()), ((0, 0), (0, 0)));
        Site::build(&game, BuildOptions::default(), None, &progress).unwrap();
        assert_eq!((progress.files(), progress.bytes()), ((3, 3), (9, 9)));
    }
}

//! From a game on disk, which changes and is not trusted, to a site, which does neither.

use std::io::{self, Read};
use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use serde::Deserialize;
use thiserror::Error;

use crate::compression::coding::Coding;
use crate::detect::isolation_mode::Isolation;
use crate::library::entry::Overrides;
use crate::library::game::Game;
use crate::library::profile::Profile;
use crate::site::asset::Asset;
use crate::site::compress::is_worth_it;
use crate::site::content::{Content, OpenFile};
use crate::site::etag::EntityTag;
use crate::site::last_modified::LastModified;
use crate::site::not_found_page::NotFoundPages;
use crate::site::precompressed::{Room, open_up};
use crate::site::progress::BuildProgress;
use crate::site::representation::Representation;
use crate::site::routes::Routes;
use crate::site::temp_store::TempStore;
use crate::site::{Site, id, live_reload};
use crate::source::Source;
use crate::source::file::{ArchiveMember, File, FileContent};
use crate::source::unreadable::Unreadable;

/// What is kept in memory and what on disk, and whether pages follow it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BuildOptions {
    /// Files larger than this stay on disk, in MiB.
    big_file_mib: u64,
    /// How much may be held in memory, in MiB; what would exceed it stays on disk or is not compressed.
    memory_mib: u64,
    /// Whether pages reload by themselves when the game was built again or another one is on the air.
    pub live: bool,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            big_file_mib: 64,
            memory_mib: 1024,
            live: false,
        }
    }
}

impl BuildOptions {
    fn memory(self) -> u64 {
        self.memory_mib.saturating_mul(1 << 20)
    }
}

/// Why a game could not be made into a site. What was on the air stays there.
#[derive(Debug, Error)]
pub enum BuildError {
    /// A file or folder could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The page to start with went away after the library was read.
    #[error("the entry page {entry} is gone")]
    EntryGone {
        /// The page.
        entry: String,
    },
    /// Nobody wants it any more.
    #[error("cancelled")]
    Cancelled,
}

impl Site {
    /// Reads every file of the game and prepares every answer. Blocks; takes as long as reading the files does.
    ///
    /// # Errors
    /// When a file cannot be read or the entry page is gone.
    pub fn build(
        game: &Game,
        options: BuildOptions,
        published_at: Option<LastModified>,
    ) -> Result<Self, BuildError> {
        let mut site = Self::build_watched(game, options, &BuildProgress::default())?;
        site.publish_at(published_at);
        Ok(site)
    }

    /// The same for somebody who watches how far it is and may cancel it.
    ///
    /// # Errors
    /// When it is cancelled, besides.
    pub(crate) fn build_watched(
        game: &Game,
        options: BuildOptions,
        progress: &BuildProgress,
    ) -> Result<Self, BuildError> {
        Self::build_after(None, game, options, progress)
    }

    /// The same after another build, from which files that have not changed are taken over: without being read where
    /// the system vouches for that, and with their codings in any case.
    ///
    /// # Errors
    /// As [`Self::build_watched`].
    pub fn build_after(
        earlier: Option<&Self>,
        game: &Game,
        options: BuildOptions,
        progress: &BuildProgress,
    ) -> Result<Self, BuildError> {
        let mut files = game.source.files()?;
        // When memory is short, it is the many small files that should be in it.
        files.sort_by_key(|file| file.length);
        progress.expect(
            files.len() as u64,
            files.iter().map(|file| file.length).sum(),
        );
        let profile = Profile::detect(game, &files);
        let mut reading = FileReading::new(&game.source, options, progress);
        reading.earlier = earlier;
        let mut assets = Vec::with_capacity(files.len());
        for file in &files {
            let asset = reading.asset(file);
            if progress.is_cancelled() {
                return Err(BuildError::Cancelled);
            }
            assets.push(asset?);
            progress.read(file.length);
        }
        let mut room = Room {
            biggest: reading.biggest,
            memory: reading.memory,
        };
        let inner = open_up(&mut assets, &profile, &mut room, progress)?;
        for (index, asset) in assets.iter_mut().enumerate() {
            asset.index = index;
        }
        let routes = Routes::new(&assets, &inner, &game.entry, &profile.prefix.is)?;
        let fields = fields(profile.isolation.is, &game.overrides);
        let id = id::of(game, &fields, &assets, options.live);
        if options.live {
            live_reload::insert(&mut assets, &profile.engine, &fields, &id);
        }
        let mut site = Self {
            id,
            slug: game.slug.clone(),
            title: game.title.clone(),
            engine: profile.engine,
            fields,
            files: files.len(),
            bytes: reading.bytes,
            published_at: None,
            is_live: options.live,
            not_found: NotFoundPages::new(&game.title),
            memory_limit: options.memory(),
            memory: room.memory,
            assets,
            routes: Arc::new(routes),
        };
        site.seal();
        Ok(site)
    }
}

/// A game being read, and how much memory is left for it.
struct FileReading<'a> {
    source: &'a Source,
    biggest: u64,
    memory: u64,
    bytes: u64,
    spool: TempStore,
    progress: &'a BuildProgress,
    /// The site that may have some of its files already.
    earlier: Option<&'a Site>,
}

impl<'a> FileReading<'a> {
    fn new(source: &'a Source, options: BuildOptions, progress: &'a BuildProgress) -> Self {
        Self {
            source,
            biggest: options.big_file_mib.saturating_mul(1 << 20),
            memory: options.memory(),
            bytes: 0,
            spool: TempStore::default(),
            progress,
            earlier: None,
        }
    }

    fn asset(&mut self, file: &File) -> Result<Asset, Unreadable> {
        if let Some(asset) = self.unchanged(file) {
            return Ok(asset);
        }
        let progress = self.progress;
        let go_on = || !progress.is_cancelled();
        let unreadable = |error| self.source.unreadable(file, error);
        let content = match self.source.open(file, self.most())? {
            FileContent::Bytes(bytes) => {
                self.memory -= (bytes.len() as u64).min(self.memory);
                Content::Memory(bytes)
            }
            FileContent::Big(open, range) => Content::File(OpenFile::new(open, &file.path, range)),
            FileContent::ArchiveMember(content) => {
                let spooled = self.spool.keep(content, &file.path, &go_on);
                Content::File(spooled.map_err(unreadable)?)
            }
        };
        let identity = Representation::identity(&file.path, content, &go_on).map_err(unreadable)?;
        self.bytes += identity.content.len();
        let gzip = self.gzip(file, &identity).map_err(unreadable)?;
        let mut asset = Asset {
            name: file.path.as_str().into(),
            representations: [identity].into_iter().chain(gzip).collect(),
            index: 0,
            is_compressed: false,
            stamp: file.fingerprint,
        };
        self.take_codings(&mut asset);
        Ok(asset)
    }

    /// What an earlier build made of a file that has not been touched since.
    fn unchanged(&mut self, file: &File) -> Option<Asset> {
        let asset = self.earlier_asset(&file.path)?;
        if file.fingerprint.is_none()
            || asset.stamp != file.fingerprint
            || asset.held() > self.memory
        {
            return None;
        }
        self.memory -= asset.held();
        self.bytes += file.length;
        Some(asset.clone())
    }

    /// Takes over what an earlier build made of the same bytes.
    fn take_codings(&mut self, asset: &mut Asset) {
        let Some(earlier) = self.earlier_asset(&asset.name) else {
            return;
        };
        let is_same = match (
            asset.representations.first(),
            earlier.representations.first(),
        ) {
            (Some(own), Some(same)) => {
                (own.coding, &own.etag, &own.media_type)
                    == (same.coding, &same.etag, &same.media_type)
            }
            _ => false,
        };
        // The same bytes twice are held once.
        if is_same && let Some(left) = (self.memory + asset.held()).checked_sub(earlier.held()) {
            self.memory = left;
            asset.representations.clone_from(&earlier.representations);
            asset.is_compressed = earlier.is_compressed;
        }
    }

    fn earlier_asset(&self, name: &str) -> Option<&'a Asset> {
        let asset = self.earlier?.asset(name)?;
        (*asset.name == *name).then_some(asset)
    }

    /// What an archive has packed already need not be packed again.
    fn gzip(
        &mut self,
        file: &File,
        identity: &Representation,
    ) -> io::Result<Option<Representation>> {
        let progress = self.progress;
        let go_on = || !progress.is_cancelled();
        let packed = file.packed.as_ref().and_then(ArchiveMember::gzip);
        let Some((length, mut gzip)) = packed else {
            return Ok(None);
        };
        if !is_worth_it(length, identity.content.len()) {
            return Ok(None);
        }
        let media_type = identity.media_type.clone();
        let (etag, content) = if length <= self.most() {
            self.memory -= length;
            let mut bytes = Vec::with_capacity(length as usize);
            gzip.read_to_end(&mut bytes)?;
            (
                EntityTag::from_content(&bytes),
                Content::Memory(bytes.into()),
            )
        } else {
            let spooled = self.spool.keep(gzip, &file.path, &go_on)?;
            (spooled.etag(&go_on)?, Content::File(spooled))
        };
        Ok(Some(Representation::new(
            Coding::Gzip,
            media_type,
            etag,
            content,
        )))
    }

    /// How many bytes the next file may have in memory.
    fn most(&self) -> u64 {
        self.biggest.min(self.memory)
    }
}

/// What every answer says besides its own: the page's isolation, which workers and modules must agree with, and what
/// the configuration adds.
fn fields(isolation: Isolation, overrides: &Overrides) -> Vec<(HeaderName, HeaderValue)> {
    let embedder = match isolation {
        Isolation::Off => None,
        Isolation::RequireCorp | Isolation::Credentialless => Some(isolation.token()),
    };
    let isolation = embedder.into_iter().flat_map(|embedder| {
        [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", embedder),
            ("cross-origin-resource-policy", "cross-origin"),
        ]
    });
    let isolation = isolation
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .filter(|(name, _)| overrides.headers.iter().all(|(other, _)| other != name));
    isolation.chain(overrides.headers.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use std::fs;
    use std::path::Path;

    fn after(earlier: Option<&Site>, folder: &Path, options: BuildOptions) -> Site {
        let game = Game::from_folder(folder).unwrap();
        Site::build_after(earlier, &game, options, &BuildProgress::default()).unwrap()
    }

    fn content(site: &Site, name: &str) -> Bytes {
        match &site.asset(name).unwrap().representations[0].content {
            Content::Memory(bytes) => bytes.clone(),
            Content::File(file) => panic!("{file:?}"),
        }
    }

    #[test]
    fn a_file_that_has_not_been_touched_for_long_is_not_read_again() {
        // Nobody has changed it within the last seconds.
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("games/2048");
        let mut earlier = after(None, &folder, BuildOptions::default());
        let mark = Bytes::from_static(b"not what is on disk");
        for asset in &mut earlier.assets {
            asset.representations[0].content = Content::Memory(mark.clone());
        }
        let again = after(Some(&earlier), &folder, BuildOptions::default());
        assert!(again.assets.len() > 5);
        for asset in &again.assets {
            assert_eq!(content(&again, &asset.name), mark, "{}", asset.name);
        }
        assert_eq!(again.id, earlier.id);
        let short = toml::from_str("memory_mib = 0").unwrap();
        let short = after(Some(&earlier), &folder, short);
        let is_on_disk =
            |asset: &Asset| matches!(asset.representations[0].content, Content::File(_));
        assert!(short.assets.iter().all(is_on_disk));
        // Pages that were changed on the way are made from what is on disk.
        let live = toml::from_str("live = true").unwrap();
        let live = after(Some(&after(None, &folder, live)), &folder, live);
        let page = content(&live, "index.html");
        let tags = String::from_utf8_lossy(&page)
            .matches("/.webserver/live.js")
            .count();
        assert_eq!(tags, 1);
    }

    #[test]
    fn a_file_that_was_written_to_is_read_again_and_keeps_its_codings_when_it_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, content: String| fs::write(folder.path().join(name), content).unwrap();
        write("index.html", "page".repeat(1000));
        write("a.js", "aaaa".repeat(1000));
        write("b.js", "bbbb".repeat(1000));
        let plain = after(None, folder.path(), BuildOptions::default());
        let earlier = plain.compressed(None, &|| true).unwrap();
        let codings = |site: &Site, name| site.asset(name).unwrap().representations.len();
        assert_eq!(codings(&earlier, "a.js"), 4);

        let modified = fs::metadata(folder.path().join("a.js"))
            .unwrap()
            .modified()
            .unwrap();
        write("a.js", "cccc".repeat(1000));
        let file = fs::File::options()
            .append(true)
            .open(folder.path().join("a.js"))
            .unwrap();
        file.set_modified(modified).unwrap();
        write("b.js", "bbbb".repeat(1000));
        let again = after(Some(&earlier), folder.path(), BuildOptions::default());
        assert_eq!(content(&again, "a.js"), "cccc".repeat(1000));
        assert_eq!(codings(&again, "a.js"), 1);
        assert_eq!(codings(&again, "b.js"), 4);
        let shared = |site: &Site| content(site, "b.js").as_ptr();
        assert_eq!(shared(&again), shared(&earlier), "held once");
        assert_eq!(
            again.held(),
            earlier.held() - compressed_bytes(&earlier, "a.js")
        );
        assert_ne!(again.id, earlier.id);
        fs::remove_file(folder.path().join("a.js")).unwrap();
        let fewer = after(Some(&again), folder.path(), BuildOptions::default());
        assert_eq!(fewer.files, 2);
        assert!(fewer.asset("a.js").is_none());
    }

    fn compressed_bytes(site: &Site, name: &str) -> u64 {
        let asset = site.asset(name).unwrap();
        asset.held() - content(site, name).len() as u64
    }

    #[test]
    fn a_build_that_nobody_wants_ends() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("index.html"), vec![0; 1 << 20]).unwrap();
        let game = Game::from_folder(folder.path()).unwrap();
        for options in ["", "memory_mib = 0"] {
            let progress = BuildProgress::default();
            progress.cancel();
            let built = Site::build_watched(&game, toml::from_str(options).unwrap(), &progress);
            assert!(matches!(built, Err(BuildError::Cancelled)), "{built:?}");
        }
    }
}

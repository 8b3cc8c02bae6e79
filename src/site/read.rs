//! Reading the files of a game into assets.

use std::io::{self, Read};

use crate::compression::coding::Coding;
use crate::fs::budget::GameBudget;
use crate::site::asset::Asset;
use crate::site::compiled::Site;
use crate::site::content::{Content, OpenFile};
use crate::site::content_reader::ContentReader;
use crate::site::error::BuildError;
use crate::site::etag::EntityTag;
use crate::site::memory_budget::MemoryBudget;
use crate::site::progress::BuildProgress;
use crate::site::representation::Representation;
use crate::site::savings::saves_bytes;
use crate::site::temp_store::TempStore;
use crate::source::Source;
use crate::source::file::{ArchiveMember, File, FileContent};

/// Reads a game's files, as far as an earlier site does not have them already.
pub(crate) struct GameReader<'a> {
    source: &'a Source,
    earlier: Option<&'a Site>,
    progress: &'a BuildProgress,
    pub(crate) memory: MemoryBudget,
    temporary: TempStore<'a>,
}

impl<'a> GameReader<'a> {
    pub(crate) fn new(
        source: &'a Source,
        earlier: Option<&'a Site>,
        progress: &'a BuildProgress,
        memory: MemoryBudget,
        budget: &'a GameBudget,
    ) -> Self {
        Self {
            source,
            earlier,
            progress,
            memory,
            temporary: TempStore::new(budget),
        }
    }

    /// Reads all files. At most `max_open` of those that do not fit in memory stay open, the largest ones; the others are
    /// copied to the temporary file.
    ///
    /// # Errors
    /// When a file cannot be read, the temporary folder cannot be written, or the build is cancelled.
    pub(crate) fn read_all(
        &mut self,
        files: &[File],
        max_open: usize,
    ) -> Result<Vec<Asset>, BuildError> {
        // Small files first: they are many, and memory serves them best.
        let mut files: Vec<_> = files.iter().collect();
        files.sort_by_key(|file| file.length);
        let mut assets = Vec::with_capacity(files.len());
        for (index, file) in files.iter().enumerate() {
            let asset = match self.unchanged(file) {
                Some(asset) => Ok(asset),
                // The largest files come last.
                None => self.read(file, files.len() - index <= max_open),
            };
            if self.progress.is_cancelled() {
                return Err(BuildError::Cancelled);
            }
            assets.push(asset?);
            self.progress.add_file(file.length);
        }
        Ok(assets)
    }

    fn read(&mut self, file: &File, may_stay_open: bool) -> Result<Asset, BuildError> {
        let progress = self.progress;
        let keep_going = || !progress.is_cancelled();
        let unreadable = |error: io::Error| BuildError::from(self.source.unreadable(file, error));
        let content = match self.source.open(file, self.memory.max_next())? {
            FileContent::Bytes(bytes) => {
                self.memory.take(bytes.len() as u64);
                Content::Memory(bytes)
            }
            // Its descriptor is shared by the whole archive.
            FileContent::Big(open, range) if may_stay_open || file.packed.is_some() => {
                Content::File(OpenFile::new(open, &file.path, range))
            }
            FileContent::Big(open, range) => {
                let open = Content::File(OpenFile::new(open, &file.path, range));
                let stored =
                    self.temporary
                        .store(ContentReader::new(&open), &file.path, &keep_going);
                Content::File(stored.map_err(|error| error.into_build_error(unreadable))?)
            }
            FileContent::ArchiveMember(content) => {
                let stored = self.temporary.store(content, &file.path, &keep_going);
                Content::File(stored.map_err(|error| error.into_build_error(unreadable))?)
            }
        };
        let identity =
            Representation::identity(&file.path, content, &keep_going).map_err(unreadable)?;
        let gzip = self.packed_gzip(file, &identity)?;
        let representations = [identity].into_iter().chain(gzip).collect();
        let mut asset = Asset {
            fingerprint: file.fingerprint,
            ..Asset::new(&file.path, representations)
        };
        self.reuse_codings(&mut asset);
        Ok(asset)
    }

    /// The earlier asset of a file that has not changed since.
    fn unchanged(&mut self, file: &File) -> Option<Asset> {
        let asset = self.earlier_asset(&file.path)?;
        let is_unchanged = file.fingerprint.is_some() && asset.fingerprint == file.fingerprint;
        (is_unchanged && self.memory.try_take(asset.bytes_in_memory())).then(|| asset.clone())
    }

    /// Takes the representations of an earlier asset with the same bytes, so that both sites share the memory.
    fn reuse_codings(&mut self, asset: &mut Asset) {
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
        if is_same
            && self
                .memory
                .try_replace(asset.bytes_in_memory(), earlier.bytes_in_memory())
        {
            asset.representations.clone_from(&earlier.representations);
            asset.differences.clone_from(&earlier.differences);
            asset.is_compressed = earlier.is_compressed;
        }
    }

    fn earlier_asset(&self, name: &str) -> Option<&'a Asset> {
        let asset = self.earlier?.asset(name)?;
        (*asset.name == *name).then_some(asset)
    }

    /// The gzip representation of a file that its archive has deflated already.
    fn packed_gzip(
        &mut self,
        file: &File,
        identity: &Representation,
    ) -> Result<Option<Representation>, BuildError> {
        let unreadable = |error: io::Error| BuildError::from(self.source.unreadable(file, error));
        let progress = self.progress;
        let keep_going = || !progress.is_cancelled();
        let packed = file.packed.as_ref().and_then(ArchiveMember::gzip);
        let Some((length, mut gzip)) = packed else {
            return Ok(None);
        };
        if !saves_bytes(length, identity.content.len()) {
            return Ok(None);
        }
        let (etag, content) = if length <= self.memory.max_next() {
            self.memory.take(length);
            let mut bytes = Vec::with_capacity(length as usize);
            gzip.read_to_end(&mut bytes).map_err(unreadable)?;
            (
                EntityTag::from_content(&bytes),
                Content::Memory(bytes.into()),
            )
        } else {
            let stored = self.temporary.store(gzip, &file.path, &keep_going);
            let stored = stored.map_err(|error| error.into_build_error(unreadable))?;
            let etag = stored.etag(&keep_going).map_err(unreadable)?;
            (etag, Content::File(stored))
        };
        let media_type = identity.media_type.clone();
        Ok(Some(Representation::new(
            Coding::Gzip,
            media_type,
            etag,
            content,
        )))
    }
}

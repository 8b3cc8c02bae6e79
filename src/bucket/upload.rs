//! Adds a game: first the files that the library lacks, then its manifest.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{Error, MultipartUpload, ObjectMeta, ObjectStoreExt, PutPayload};
use tokio_util::sync::CancellationToken;

use crate::bucket::client::{Bucket, Condition, StoredObject, block_on};
use crate::bucket::error::BucketError;
use crate::bucket::fetch::{Transferred, object_name};
use crate::bucket::games::manifest_name;
use crate::bucket::sweep::UNUSED_AGE;
use crate::fs::budget::GameBudget;
use crate::fs::pinned::{FileChanged, Pinned};
use crate::language::LocalizedText;
use crate::library::game::Game;
use crate::source::bucket::BucketPlace;
use crate::source::file::{File, FileContent};
use crate::source::manifest::{GameManifest, HashedFile, MAX_MANIFEST, ManifestError};

/// The files that are sent at a time.
const AT_ONCE: usize = 24;

/// A file above this length is sent in parts.
const WHOLE: u64 = 16 << 20;

/// The length of a part; larger for a file that would have more than 5,000 parts.
const PART: u64 = 16 << 20;

/// The most parts of a file; services allow 10,000.
const MOST_PARTS: u64 = 5_000;

/// The files that a page of a listing has.
const PAGE: usize = 1_000;

/// A file that lies in the library at least this long before the age at which it may be swept counts as there.
const MARGIN: Duration = Duration::from_secs(24 * 3600);

/// A game to add.
#[derive(Clone, Debug)]
pub struct NewUpload<'a> {
    /// The game, in a folder.
    pub game: &'a Game,
    /// The slug that it gets.
    pub slug: &'a str,
    /// The title, if it differs from the game's own.
    pub title: Option<&'a str>,
    /// True if an earlier game with the slug is replaced.
    pub replaces: bool,
}

/// The result of an upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uploaded {
    /// The files of the game.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The files that were sent.
    pub sent_files: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// True if an earlier game was replaced.
    pub is_replaced: bool,
}

/// The upload of one game.
struct Sending<'a> {
    bucket: &'a Bucket,
    game: &'a Game,
    /// The hashes of files that need not be sent.
    known: Mutex<HashSet<blake3::Hash>>,
    /// True if `known` has all files of the library.
    is_all_known: bool,
    done: AtomicU64,
    all: u64,
    sent_files: AtomicU64,
    sent_bytes: AtomicU64,
    transferred: Transferred<'a>,
}

/// Adds a game. Blocks.
///
/// # Errors
/// If the slug is taken, a file cannot be read, the service fails, or somebody else adds a game with the slug at the
/// same time. The library does not change then; files that were sent are not sent again by the next attempt.
pub fn upload(
    place: &BucketPlace,
    new: &NewUpload<'_>,
    cancellation: &CancellationToken,
    transferred: Transferred<'_>,
) -> Result<Uploaded, BucketError> {
    let bucket = Bucket::new(place)?;
    let files = new.game.source.files()?;
    let all = files.iter().map(|file| file.length).sum();
    let name = manifest_name(new.slug);
    let refused = |refused| BucketError::Manifest {
        object: bucket.display(&name),
        refused,
    };
    check_size(&files).map_err(refused)?;
    block_on(async || {
        let before = bucket.read(&name, MAX_MANIFEST).await?;
        if before.is_some() && !new.replaces {
            return Err(taken(new.slug));
        }
        let (known, is_all_known) = known_files(&bucket, before.as_ref(), files.len()).await?;
        let sending = Sending {
            bucket: &bucket,
            game: new.game,
            known: Mutex::new(known),
            is_all_known,
            done: AtomicU64::new(0),
            all,
            sent_files: AtomicU64::new(0),
            sent_bytes: AtomicU64::new(0),
            transferred,
        };
        let sent = sending.send_all(&files);
        let sent = tokio::select! {
            sent = sent => sent?,
            () = cancellation.cancelled() => return Err(BucketError::Cancelled),
        };
        let text = manifest(new, sent).to_json();
        GameManifest::parse(&text).map_err(refused)?;
        let is_replaced = before.is_some();
        let condition = match before {
            Some(before) => Condition::Unchanged(before.version),
            None => Condition::Absent,
        };
        bucket
            .write_settled(&name, (text, MAX_MANIFEST), condition)
            .await?;
        Ok(Uploaded {
            files: files.len() as u64,
            bytes: all,
            sent_files: sending.sent_files.into_inner(),
            sent_bytes: sending.sent_bytes.into_inner(),
            is_replaced,
        })
    })
}

/// Refuses more or larger files than a game may have.
fn check_size(files: &[File]) -> Result<(), ManifestError> {
    let budget = GameBudget::default();
    let admitted = files.iter().try_for_each(|file| budget.admit(file.length));
    admitted.map_err(|_| ManifestError::TooLarge)
}

fn taken(slug: &str) -> BucketError {
    BucketError::Taken {
        slug: slug.to_owned(),
    }
}

fn manifest(new: &NewUpload<'_>, files: BTreeMap<String, HashedFile>) -> GameManifest {
    let game = new.game;
    GameManifest {
        title: new
            .title
            .map_or_else(|| game.title.clone(), LocalizedText::plain),
        description: game.description.clone(),
        cover: game.cover.clone(),
        entry: game.entry.clone(),
        files,
    }
}

/// The files that the library has: those of the earlier game with the slug, and those from a listing if that takes
/// fewer requests than asking for each. Also returns whether the set is complete.
async fn known_files(
    bucket: &Bucket,
    before: Option<&StoredObject>,
    files: usize,
) -> Result<(HashSet<blake3::Hash>, bool), BucketError> {
    let before = before.and_then(|object| GameManifest::parse(&object.content).ok());
    let before = before.iter().flat_map(|manifest| manifest.files.values());
    let mut known: HashSet<_> = before.map(|file| file.hash).collect();
    let pages = 2 + files / 10;
    let (listed, is_all) = bucket.list("files", pages.saturating_mul(PAGE)).await?;
    let listed = listed.into_iter().filter(|(_, object)| is_young(object));
    known.extend(listed.filter_map(|(name, _)| blake3::Hash::from_hex(name).ok()));
    Ok((known, is_all))
}

/// True if a file is not swept before this upload is over, even if no game has it now.
fn is_young(object: &ObjectMeta) -> bool {
    let age = SystemTime::now().duration_since(object.last_modified.into());
    age.unwrap_or_default() + MARGIN < UNUSED_AGE
}

impl Sending<'_> {
    /// Sends the files that the library lacks; returns all of them by path.
    async fn send_all(&self, files: &[File]) -> Result<BTreeMap<String, HashedFile>, BucketError> {
        let sent = files.iter().map(async |file| {
            let hashed = self.send(file).await?;
            let done = self.done.fetch_add(file.length, Ordering::Relaxed) + file.length;
            (self.transferred)(done, self.all);
            Ok((file.path.clone(), hashed))
        });
        stream::iter(sent)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn send(&self, file: &File) -> Result<HashedFile, BucketError> {
        let unreadable = |error| BucketError::from(self.game.source.unreadable(file, error));
        match self.game.source.open(file, WHOLE)? {
            FileContent::Bytes(content) => {
                let hash = blake3::hash(&content);
                let length = content.len() as u64;
                if self.is_lacking(&hash).await? {
                    self.put(&hash, content).await?;
                    self.count(length);
                }
                Ok(HashedFile { length, hash })
            }
            FileContent::Big(open, range) => {
                let length = range.end - range.start;
                let hash = hash_of(&open, length).map_err(unreadable)?;
                if self.is_lacking(&hash).await? {
                    self.put_parts(&hash, &open, length)
                        .await?
                        .map_err(unreadable)?;
                    self.count(length);
                }
                Ok(HashedFile { length, hash })
            }
            FileContent::ArchiveMember(_) => Err(unreadable(io::ErrorKind::Unsupported.into())),
        }
    }

    fn count(&self, bytes: u64) {
        self.sent_files.fetch_add(1, Ordering::Relaxed);
        self.sent_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// True if a file must be sent. It counts as known from now on, so that its copies in the game are not sent.
    async fn is_lacking(&self, hash: &blake3::Hash) -> Result<bool, BucketError> {
        let is_new = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(*hash)
        };
        if !is_new || self.is_all_known {
            return Ok(is_new);
        }
        let name = object_name(hash);
        match self.bucket.store.head(&self.bucket.path(&name)).await {
            Ok(object) => Ok(!is_young(&object)),
            Err(Error::NotFound { .. }) => Ok(true),
            Err(error) => Err(BucketError::of(error, &self.bucket.display(&name))),
        }
    }

    async fn put(&self, hash: &blake3::Hash, content: Bytes) -> Result<(), BucketError> {
        let name = object_name(hash);
        let written = self.bucket.write(&name, content, Condition::Whatever);
        written.await.map(drop)
    }

    /// Sends a file in parts. The inner error is a failure to read the file.
    async fn put_parts(
        &self,
        hash: &blake3::Hash,
        open: &Pinned,
        length: u64,
    ) -> Result<io::Result<()>, BucketError> {
        let name = object_name(hash);
        let failed = |error| BucketError::of(error, &self.bucket.display(&name));
        let path = self.bucket.path(&name);
        let begun = self.bucket.store.put_multipart(&path).await;
        let mut upload = begun.map_err(failed)?;
        let sent = put_parts(&mut *upload, hash, open, length).await;
        match sent {
            Ok(Ok(())) => upload.complete().await.map(|_| Ok(())).map_err(failed),
            not_sent => {
                // What remains is deleted by the bucket's rule for unfinished uploads.
                let _ = upload.abort().await;
                not_sent.map_err(failed)
            }
        }
    }
}

async fn put_parts(
    upload: &mut dyn MultipartUpload,
    hash: &blake3::Hash,
    open: &Pinned,
    length: u64,
) -> Result<io::Result<()>, Error> {
    let part = PART.max(length.div_ceil(MOST_PARTS));
    let mut hasher = blake3::Hasher::new();
    let mut offset = 0;
    while offset < length {
        let bytes = match read_part(open, offset, part.min(length - offset)) {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(error)),
        };
        hasher.update(&bytes);
        offset += bytes.len() as u64;
        upload.put_part(PutPayload::from(bytes)).await?;
    }
    Ok(match hasher.finalize() == *hash {
        true => Ok(()),
        false => Err(io::Error::other(FileChanged)),
    })
}

fn read_part(open: &Pinned, mut offset: u64, length: u64) -> io::Result<Bytes> {
    let mut bytes = Vec::with_capacity(length as usize);
    while (bytes.len() as u64) < length {
        match open.append_at(&mut bytes, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => offset += read as u64,
        }
    }
    Ok(bytes.into())
}

fn hash_of(open: &Pinned, length: u64) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut offset = 0;
    while offset < length {
        let bytes = read_part(open, offset, (1 << 20).min(length - offset))?;
        hasher.update(&bytes);
        offset += bytes.len() as u64;
    }
    Ok(hasher.finalize())
}

//! The games of a library in object storage: listed, removed, renamed.

use std::fs;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::bucket::client::{Bucket, Condition, StoredObject, block_on};
use crate::bucket::error::BucketError;
use crate::bucket::object_version::ObjectVersion;
use crate::detect::glance::glance;
use crate::fs::replace::{Durability, replace};
use crate::language::LocalizedText;
use crate::library::entry::Overrides;
use crate::library::game::Game;
use crate::library::listing::{Library, Rejected, RejectedName};
use crate::library::reason::Reason;
use crate::names::natural::NaturalKey;
use crate::names::slug::slug_of;
use crate::source::Source;
use crate::source::bucket::{BucketFiles, BucketPlace};
use crate::source::manifest::{GameManifest, MAX_MANIFEST, ManifestError};

/// The manifests that are read at a time.
const AT_ONCE: usize = 16;

/// The most games that are listed.
const MOST_GAMES: usize = 100_000;

/// Reads the library. Manifests are cached by their versions. Blocks.
///
/// # Errors
/// If the service fails.
pub fn open(place: &Arc<BucketPlace>) -> Result<Library, BucketError> {
    let bucket = Bucket::new(place)?;
    let mut read = block_on(async || {
        let (objects, _) = bucket.list("games", MOST_GAMES).await?;
        let slugs = objects.iter().filter_map(|(name, object)| {
            let slug = name.strip_suffix(".json")?;
            Some((slug, ObjectVersion::of(object)))
        });
        let manifests = slugs.map(async |(slug, version)| {
            let text = manifest_text(&bucket, place, slug, &version).await?;
            Ok((slug.to_owned(), text))
        });
        let manifests = stream::iter(manifests).buffer_unordered(AT_ONCE);
        manifests.try_collect::<Vec<_>>().await
    })?;
    read.sort_by_cached_key(|(slug, _)| NaturalKey::new(slug));
    let mut library = Library::default();
    for (slug, text) in read {
        let Some(text) = text else {
            continue;
        };
        let rejected = |reason| Rejected {
            name: RejectedName::Name(slug.clone()),
            location: None,
            reason,
        };
        if slug_of(&slug) != slug {
            library
                .rejected
                .push(rejected(Reason::Slug { slug: slug.clone() }));
            continue;
        }
        match game(place, &slug, &text) {
            Ok(game) => library.games.push(game),
            Err(refused) => library.rejected.push(rejected(Reason::Manifest {
                object: bucket.display(&manifest_name(&slug)),
                refused,
            })),
        }
    }
    Ok(library)
}

/// The version of all games together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GamesVersion(blake3::Hash);

/// Tells whether games have come, gone or changed since another look, without reading them. Blocks.
///
/// # Errors
/// If the service fails.
pub fn version_of_games(place: &BucketPlace) -> Result<GamesVersion, BucketError> {
    let bucket = Bucket::new(place)?;
    let (objects, _) = block_on(async || bucket.list("games", MOST_GAMES).await)?;
    let mut versions: Vec<_> = objects
        .iter()
        .map(|(name, object)| format!("{name} {}\n", ObjectVersion::of(object).text()))
        .collect();
    versions.sort();
    Ok(GamesVersion(blake3::hash(versions.concat().as_bytes())))
}

/// The game that a manifest describes.
///
/// # Errors
/// When the manifest is refused.
pub fn game(place: &Arc<BucketPlace>, slug: &str, text: &[u8]) -> Result<Game, ManifestError> {
    let manifest = Arc::new(GameManifest::parse(text)?);
    let source = Source::Bucket(BucketFiles {
        place: Arc::clone(place),
        slug: slug.to_owned(),
        digest: blake3::hash(text),
        manifest: Arc::clone(&manifest),
    });
    Ok(Game {
        slug: slug.to_owned(),
        title: manifest.title.clone(),
        description: manifest.description.clone(),
        cover: manifest.cover.clone(),
        cover_file: None,
        engine: glance(&source, &manifest.entry),
        overrides: Overrides::default(),
        entry: manifest.entry.clone(),
        source,
    })
}

/// Removes a game by deleting its manifest. Its files stay until nobody can be using them. Blocks.
///
/// # Errors
/// When there is no such game, or the service fails.
pub fn remove(place: &BucketPlace, slug: &str) -> Result<(), BucketError> {
    let bucket = Bucket::new(place)?;
    block_on(async || {
        existing(&bucket, slug).await?;
        bucket.delete(&manifest_name(slug)).await
    })
}

/// True if the library has a game. Blocks.
///
/// # Errors
/// If the service fails.
pub fn has(place: &BucketPlace, slug: &str) -> Result<bool, BucketError> {
    let bucket = Bucket::new(place)?;
    let read = block_on(async || existing(&bucket, slug).await);
    match read {
        Ok(_) => Ok(true),
        Err(BucketError::Unknown { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Changes the slug, the title or both of a game. Blocks.
///
/// # Errors
/// When there is no such game, the slug is taken, the manifest is refused, or the service fails.
pub fn rename(
    place: &BucketPlace,
    slug: &str,
    to: &str,
    title: Option<&str>,
) -> Result<(), BucketError> {
    let bucket = Bucket::new(place)?;
    block_on(async || {
        let StoredObject { content, version } = existing(&bucket, slug).await?;
        let mut manifest =
            GameManifest::parse(&content).map_err(|refused| BucketError::Manifest {
                object: bucket.display(&manifest_name(slug)),
                refused,
            })?;
        if let Some(title) = title {
            manifest.title = LocalizedText::plain(title);
        }
        let condition = match slug == to {
            true => Condition::Unchanged(version),
            false => Condition::Absent,
        };
        let name = manifest_name(to);
        let written = bucket.write(&name, manifest.to_json(), condition).await;
        written.map(drop).map_err(|error| match error {
            BucketError::Changed { .. } if slug != to => BucketError::Taken {
                slug: to.to_owned(),
            },
            error => error,
        })?;
        if slug != to {
            bucket.delete(&manifest_name(slug)).await?;
        }
        Ok(())
    })
}

pub(super) async fn existing(bucket: &Bucket, slug: &str) -> Result<StoredObject, BucketError> {
    let unknown = || BucketError::Unknown {
        slug: slug.to_owned(),
    };
    if slug_of(slug) != slug {
        return Err(unknown());
    }
    let read = bucket.read(&manifest_name(slug), MAX_MANIFEST).await?;
    read.ok_or_else(unknown)
}

/// The text of a manifest, from the cache if that has this version; `None` if it has been removed meanwhile.
async fn manifest_text(
    bucket: &Bucket,
    place: &BucketPlace,
    slug: &str,
    version: &ObjectVersion,
) -> Result<Option<Vec<u8>>, BucketError> {
    let name = manifest_name(slug);
    let key = blake3::hash(format!("{} {}", bucket.display(&name), version.text()).as_bytes());
    let folder = place.cache.join("manifests");
    let cached = folder.join(&*key.to_hex());
    // A local folder may be changed twice within one tick of its clock.
    let is_cached = !place.address.starts_with("file:");
    if is_cached && let Ok(text) = fs::read(&cached) {
        return Ok(Some(text));
    }
    let Some(object) = bucket.read(&name, MAX_MANIFEST).await? else {
        return Ok(None);
    };
    if is_cached && object.version.is_listed_as(version) && fs::create_dir_all(&folder).is_ok() {
        // A failure only costs another request.
        let _ = replace(&cached, &object.content, Durability::Unsynced);
    }
    Ok(Some(object.content.to_vec()))
}

/// The name of a game's manifest.
pub(super) fn manifest_name(slug: &str) -> String {
    format!("games/{slug}.json")
}

//! Files of a game that are compressed already: sent as what is inside, in their coding or decoded.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use rust_i18n::t;

use crate::compression::coding::Coding;
use crate::detect::precompressed::{Inflater, PrecompressedFile};
use crate::library::profile::Profile;
use crate::site::asset::Asset;
use crate::site::build::BuildError;
use crate::site::content::Content;
use crate::site::inflate::{InflateError, inflate};
use crate::site::media_type;
use crate::site::progress::BuildProgress;
use crate::site::representation::Representation;

/// How much of what is inside may be held in memory, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Of one file.
    pub(crate) biggest: u64,
    /// Of all together.
    pub memory: u64,
}

/// Gives the compressed files among `assets` their representations, and finds what else they answer for: `x.wasm`,
/// which the game lacks, for `x.wasm.br`. Blocks; takes as long as decompressing takes.
///
/// # Errors
/// When it is cancelled.
pub(crate) fn open_up(
    assets: &mut Vec<Asset>,
    profile: &Profile,
    room: &mut Room,
    progress: &BuildProgress,
) -> Result<Vec<(String, usize)>, BuildError> {
    let by_name: HashMap<Box<str>, usize> = assets
        .iter()
        .enumerate()
        .map(|(index, asset)| (asset.name.clone(), index))
        .collect();
    let mut missing: BTreeMap<&str, Vec<Decoded>> = BTreeMap::new();
    for index in 0..assets.len() {
        let Some(encoded) = profile.encoded.get(&*assets[index].name) else {
            continue;
        };
        assets[index].is_compressed = true;
        assets[index].stamp = None;
        let plain = by_name.get(encoded.inner.as_str()).copied();
        let is_for_browser = encoded.inflated_by == Inflater::Browser;
        if plain.is_some() && !is_for_browser {
            continue;
        }
        let plain = plain.and_then(|plain| assets[plain].representations.first().cloned());
        let opened = open(&assets[index], encoded, *room, progress);
        if progress.is_cancelled() {
            return Err(BuildError::Cancelled);
        }
        let Some(mut representations) = opened else {
            continue;
        };
        match (plain.as_ref(), representations.first_mut()) {
            // The same bytes twice are held once.
            (Some(plain), Some(inside)) if plain.etag == inside.etag => {
                inside.content = plain.content.clone()
            }
            (_, Some(inside)) => room.take(inside),
            _ => {}
        }
        if plain.is_none() {
            missing.entry(&encoded.inner).or_default().push(Decoded {
                index,
                is_alike: is_for_browser,
                representations: representations.clone(),
            });
        }
        if is_for_browser {
            assets[index].representations = representations;
        }
    }
    Ok(missing
        .into_iter()
        .map(|(inner, opened)| (inner.to_owned(), answer_for(inner, opened, assets)))
        .collect())
}

impl Room {
    fn take(&mut self, representation: &Representation) {
        if let Content::Memory(bytes) = &representation.content {
            self.memory -= (bytes.len() as u64).min(self.memory);
        }
    }
}

/// A compressed file, decompressed.
struct Decoded {
    index: usize,
    /// Whether the file answers for itself as it answers for its inner name.
    is_alike: bool,
    representations: Vec<Representation>,
}

/// The asset that answers for a name that the game lacks, from the files that have it inside.
fn answer_for(inner: &str, mut opened: Vec<Decoded>, assets: &mut Vec<Asset>) -> usize {
    if let [only] = opened.as_slice()
        && only.is_alike
    {
        return only.index;
    }
    let coding = |opened: &Decoded| opened.representations.last().map(|coded| coded.coding);
    let preference = |opened: &Decoded| {
        let coding = coding(opened);
        Coding::PREPARED
            .iter()
            .position(|known| Some(*known) == coding)
    };
    opened.sort_by_key(|opened| (preference(opened), opened.index));
    let mut opened = opened.into_iter();
    let mut representations = opened
        .next()
        .map_or_else(Vec::new, |first| first.representations);
    for other in opened {
        // Of two that differ, one is from an older export.
        let is_same = match (representations.first(), other.representations.as_slice()) {
            (Some(plain), [inside, _]) => plain.etag == inside.etag,
            _ => false,
        };
        let coded = other.representations.into_iter().last();
        representations.extend(coded.filter(|coded| {
            is_same
                && representations
                    .iter()
                    .all(|known| known.coding != coded.coding)
        }));
    }
    assets.push(Asset {
        name: inner.into(),
        representations,
        index: 0,
        is_compressed: true,
        stamp: None,
    });
    assets.len() - 1
}

/// What is inside, then the file as what is inside in a coding; `None` when it is not what it claims to be.
fn open(
    asset: &Asset,
    encoded: &PrecompressedFile,
    room: Room,
    progress: &BuildProgress,
) -> Option<Vec<Representation>> {
    let coded = asset.representations.first()?;
    let coding = encoded.coding;
    let most = room.biggest.min(room.memory);
    let go_on = || !progress.is_cancelled();
    let inside = inflate(coding, &coded.content, most, &go_on).and_then(|content| {
        Representation::identity(&encoded.inner, content, &go_on).map_err(InflateError::NoRoom)
    });
    let of_type = |media_type| {
        let (etag, content) = (coded.etag.clone(), coded.content.clone());
        Representation::new(coding, media_type, etag, content)
    };
    match inside {
        Ok(inside) => {
            let coded = of_type(inside.media_type.clone());
            Some(vec![inside, coded])
        }
        Err(error) => {
            if go_on() && encoded.inflated_by == Inflater::Browser {
                tracing::warn!(
                    "{}",
                    t!("build.not_inflated", file = asset.name, error = error)
                );
            }
            match error {
                InflateError::Broken(_) => None,
                // Browsers that accept its coding can have it all the same.
                InflateError::NoRoom(_) => {
                    let media_type = media_type::content_type(&encoded.inner, b"\xff");
                    Some(vec![of_type(media_type)])
                }
            }
        }
    }
}

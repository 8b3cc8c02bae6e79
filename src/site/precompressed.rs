//! Files that arrive compressed: served as their contents, in their coding or decoded.

use std::collections::BTreeMap;
use std::io;

use hashbrown::HashMap;
use http::HeaderValue;

use crate::compression::coding::Coding;
use crate::compression::format::is_decoded_by_browsers;
use crate::detect::precompressed::{Inflater, PrecompressedFile};
use crate::fs::budget::GameBudget;
use crate::library::profile::Profile;
use crate::site::asset::Asset;
use crate::site::content::Content;
use crate::site::error::BuildError;
use crate::site::inflate::{InflateError, inflate};
use crate::site::media_type;
use crate::site::memory_budget::MemoryBudget;
use crate::site::progress::BuildProgress;
use crate::site::representation::Representation;

/// The memory of a site, and the budget of its game, that decoded files take from.
pub(crate) struct DecodingRoom<'a> {
    pub memory: &'a mut MemoryBudget,
    pub budget: &'a GameBudget,
}

impl DecodingRoom<'_> {
    /// Takes the memory of decoded content, unless the file beside it has the same bytes, which are held once.
    fn hold(&mut self, inside: &mut Representation, plain: Option<&Representation>) {
        if let Some(plain) = plain.filter(|plain| plain.etag == inside.etag) {
            inside.content = plain.content.clone();
        } else if let Content::Memory(bytes) = &inside.content {
            self.memory.take(bytes.len() as u64);
        }
    }
}

/// Replaces the representations of compressed files that browsers inflate, and returns the names that the game lacks
/// with the assets to serve for them: `x.wasm` for `x.wasm.br`. Blocks while it decodes.
///
/// # Errors
/// When the build is cancelled.
pub(crate) fn open_precompressed(
    assets: &mut Vec<Asset>,
    profile: &Profile,
    mut room: DecodingRoom<'_>,
    progress: &BuildProgress,
) -> Result<Vec<(String, usize)>, BuildError> {
    let by_name: HashMap<Box<str>, usize> = assets
        .iter()
        .enumerate()
        .map(|(index, asset)| (asset.name.clone(), index))
        .collect();
    let mut missing: BTreeMap<&str, Vec<OpenedFile>> = BTreeMap::new();
    for index in 0..assets.len() {
        let Some(file) = profile.encoded.get(&*assets[index].name) else {
            continue;
        };
        assets[index].is_compressed = true;
        assets[index].fingerprint = None;
        // A compressed file whose name does not say so is the file inside.
        let is_itself = *file.inner == *assets[index].name;
        let plain = by_name.get(file.inner.as_str()).copied();
        let plain = plain.filter(|_| !is_itself);
        let is_for_browser = file.inflated_by == Inflater::Browser;
        if plain.is_some() && !is_for_browser {
            continue;
        }
        let plain = plain.and_then(|plain| assets[plain].representations.first().cloned());
        let opened = open(&assets[index], file, &room, progress);
        if progress.is_cancelled() {
            return Err(BuildError::Cancelled);
        }
        let Some(mut representations) = opened else {
            continue;
        };
        if let Some(inside) = representations.first_mut() {
            room.hold(inside, plain.as_ref());
        }
        if plain.is_none() && !is_itself {
            missing.entry(&file.inner).or_default().push(OpenedFile {
                index,
                is_for_browser,
                representations: representations.clone(),
            });
        }
        if is_for_browser {
            // Without its own coding, it is like any other file.
            assets[index].is_compressed =
                { representations.iter() }.any(|one| one.coding != Coding::Identity);
            assets[index].representations = representations;
        }
    }
    Ok(missing
        .into_iter()
        .map(|(inner, opened)| (inner.to_owned(), asset_for(inner, opened, assets)))
        .collect())
}

/// A compressed file with its contents as representations.
struct OpenedFile {
    index: usize,
    /// True if the file itself is served as its contents.
    is_for_browser: bool,
    representations: Vec<Representation>,
}

/// The asset to serve for a name that the game lacks, made from the compressed files that contain it.
fn asset_for(inner: &str, mut opened: Vec<OpenedFile>, assets: &mut Vec<Asset>) -> usize {
    if let [only] = opened.as_slice()
        && only.is_for_browser
    {
        return only.index;
    }
    let coding = |opened: &OpenedFile| opened.representations.last().map(|coded| coded.coding);
    let preference = |opened: &OpenedFile| {
        let coding = coding(opened);
        Coding::PREPARED
            .iter()
            .position(|known| Some(*known) == coding)
            .unwrap_or(usize::MAX)
    };
    opened.sort_by_key(|opened| (preference(opened), opened.index));
    let mut opened = opened.into_iter();
    let mut representations = opened
        .next()
        .map_or_else(Vec::new, |first| first.representations);
    for other in opened {
        // Files with different contents come from different exports; the preferred one wins.
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
    if let Some(own) = representations.first().map(|own| own.media_type.clone()) {
        for coded in &mut representations {
            coded.media_type = own.clone();
        }
    }
    assets.push(Asset {
        is_compressed: representations.len() > 1,
        ..Asset::new(inner, representations)
    });
    assets.len() - 1
}

/// The decoded contents and the contents in the file's coding; `None` if the file is not in that coding.
fn open(
    asset: &Asset,
    file: &PrecompressedFile,
    room: &DecodingRoom<'_>,
    progress: &BuildProgress,
) -> Option<Vec<Representation>> {
    let coded = asset.representations.first()?;
    let keep_going = || !progress.is_cancelled();
    let inflated = inflate(
        file.coding,
        &coded.content,
        room.memory.max_next(),
        room.budget,
        &keep_going,
    );
    let inside = inflated.and_then(|content| {
        let identity = Representation::identity(&file.inner, content, &keep_going);
        identity.map_err(InflateError::NoRoom)
    });
    let with_type = |media_type| {
        let (etag, content) = (coded.etag.clone(), coded.content.clone());
        Representation::new(file.coding, media_type, etag, content)
    };
    match inside {
        Ok(mut inside) => {
            if is_decoded_twice(&asset.name, file, &inside) {
                inside.media_type = HeaderValue::from_static("application/gzip");
            }
            let coded = with_type(inside.media_type.clone());
            match is_decoded_by_browsers(file.coding, &coded.content.start()) {
                true => Some(vec![inside, coded]),
                false => Some(vec![inside]),
            }
        }
        Err(error) => {
            if keep_going() && file.inflated_by == Inflater::Browser {
                log_undecodable(asset, &error);
            }
            match error {
                InflateError::Broken(_) => None,
                // Clients that accept the coding can still have it.
                InflateError::NoRoom(_) => {
                    let media_type = media_type::content_type(&file.inner, b"\xff");
                    Some(vec![with_type(media_type)])
                }
            }
        }
    }
}

/// True if Safari needs the type of a compressed file to decode it only once (WebKit bug 247421): gzip of an unknown
/// type by its name and coding.
fn is_decoded_twice(name: &str, file: &PrecompressedFile, inside: &Representation) -> bool {
    let is_octets = inside.media_type.as_bytes() == b"application/octet-stream";
    let ends_in_gz = name.to_ascii_lowercase().ends_with(".gz");
    file.coding == Coding::Gzip && is_octets && ends_in_gz
}

fn log_undecodable(asset: &Asset, error: &InflateError) {
    let file = &*asset.name;
    match error {
        InflateError::NoRoom(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            tracing::warn!(event = "file_is_bomb", file);
        }
        InflateError::NoRoom(error) => {
            tracing::warn!(event = "no_room_to_decode", file, %error);
        }
        InflateError::Broken(error) => {
            tracing::warn!(event = "file_not_decodable", file, %error);
        }
    }
}

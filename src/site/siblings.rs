//! Compressed files beside a file (`x.js.br` beside `x.js`): its codings from the first request on, if they decode to the
//! same bytes and browsers can decode them. Siblings are often stale.

use std::io::Read;

use hashbrown::HashMap;

use crate::compression::coding::Coding;
use crate::compression::decode::Decoder;
use crate::compression::format::is_decoded_by_browsers;
use crate::site::asset::Asset;
use crate::site::content_reader::ContentReader;
use crate::site::error::BuildError;
use crate::site::etag::EntityTag;
use crate::site::memory_budget::MemoryBudget;
use crate::site::progress::BuildProgress;
use crate::site::representation::Representation;
use crate::site::savings::saves_bytes;

/// Adds the siblings to the assets that they are representations of.
///
/// # Errors
/// When the build is cancelled.
pub(crate) fn add_siblings(
    assets: &mut [Asset],
    budget: &mut MemoryBudget,
    progress: &BuildProgress,
) -> Result<(), BuildError> {
    let names: HashMap<Box<str>, usize> = { assets.iter().enumerate() }
        .map(|(index, asset)| (asset.name.clone(), index))
        .collect();
    for index in 0..assets.len() {
        if assets[index].is_compressed {
            continue;
        }
        for coding in Coding::PREPARED {
            let name = format!("{}.{}", assets[index].name, coding.extension());
            let Some(sibling) = names.get(name.as_str()) else {
                continue;
            };
            let coded = coded_for(&assets[index], &assets[*sibling], coding, progress);
            if progress.is_cancelled() {
                return Err(BuildError::Cancelled);
            }
            if let Some(coded) = coded
                && budget.try_take(coded.bytes_in_memory())
            {
                assets[index].representations.push(coded);
            }
        }
    }
    Ok(())
}

/// The sibling as a representation of an asset.
fn coded_for(
    asset: &Asset,
    sibling: &Asset,
    coding: Coding,
    progress: &BuildProgress,
) -> Option<Representation> {
    let plain = asset.representations.first()?;
    if plain.coding != Coding::Identity || asset.has_coding(coding) {
        return None;
    }
    let in_coding = { sibling.representations.iter() }.find(|one| one.coding == coding);
    let coded = in_coding.or(sibling.representations.first())?;
    let length = plain.content.len();
    let is_usable = saves_bytes(coded.content.len(), length)
        && is_decoded_by_browsers(coding, &coded.content.start())
        && tag_inside(coded, coding, length, progress).is_some_and(|tag| tag == plain.etag);
    is_usable.then(|| {
        let (etag, content) = (coded.etag.clone(), coded.content.clone());
        Representation::new(coding, plain.media_type.clone(), etag, content)
    })
}

/// The tag of the decoded content; `None` if it is broken or longer than `length`.
fn tag_inside(
    coded: &Representation,
    coding: Coding,
    length: u64,
    progress: &BuildProgress,
) -> Option<EntityTag> {
    let mut decoder = Decoder::new(coding, ContentReader::new(&coded.content), length).ok()?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match decoder.read(&mut buffer).ok()? {
            0 => return Some(EntityTag::from_hash(&hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        };
        if progress.is_cancelled() {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    use crate::site::content::Content;

    fn asset(name: &str, content: Vec<u8>) -> Asset {
        let content = Content::Memory(Bytes::from(content));
        let identity = Representation::identity(name, content, &|| true).unwrap();
        Asset::new(name, vec![identity])
    }

    #[test]
    fn only_a_sibling_with_the_same_bytes_is_added() {
        let plain = b"0123456789".repeat(1000);
        let encode = |bytes: &[u8], coding: Coding| coding.encode(bytes, &|| true).unwrap();
        let (gzip, stale) = (encode(&plain, Coding::Gzip), encode(b"old", Coding::Brotli));
        let mut assets = [
            asset("a.js", plain.clone()),
            asset("a.js.gz", gzip),
            asset("a.js.br", stale),
            asset("a.js.zst", b"not zstd at all".to_vec()),
        ];
        let mut budget = MemoryBudget::new(1 << 20, 1 << 20);
        add_siblings(&mut assets, &mut budget, &BuildProgress::default()).unwrap();
        let codings: Vec<_> = { assets[0].representations.iter() }
            .map(|one| one.coding)
            .collect();
        assert_eq!(codings, [Coding::Identity, Coding::Gzip]);
        assert!(
            assets[1..]
                .iter()
                .all(|asset| asset.representations.len() == 1)
        );
    }
}

//! The difference of a file from an earlier version, as a representation (RFC 9842).

use http::header::{CONTENT_ENCODING, VARY};
use http::{HeaderName, HeaderValue};

use crate::compression::coding::Coding;
use crate::compression::difference::DictionaryHash;
use crate::site::content::Content;
use crate::site::etag::EntityTag;
use crate::site::representation::Representation;

/// The fields that select a difference.
const VARY_BY_DICTIONARY: HeaderValue =
    HeaderValue::from_static("Accept-Encoding, Available-Dictionary");

/// The coding of differences, `dcz` (RFC 9842, 5).
const DIFFERENCE_CODING: HeaderValue = HeaderValue::from_static("dcz");

/// The coding of a file as its difference from an earlier version.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    /// The hash of the earlier version.
    pub(crate) dictionary: DictionaryHash,
    /// The tag of the earlier version.
    pub(crate) version: EntityTag,
    pub(crate) representation: Representation,
}

impl Difference {
    /// A difference without response fields yet, from a version to a file.
    pub(crate) fn new(
        (version, dictionary): (&EntityTag, DictionaryHash),
        file: &Representation,
        coded: Vec<u8>,
    ) -> Self {
        let etag = EntityTag::of_difference(&file.etag, &coded);
        let content = Content::Memory(coded.into());
        let media_type = file.media_type.clone();
        Self {
            dictionary,
            version: version.clone(),
            representation: Representation::new(Coding::Zstd, media_type, etag, content),
        }
    }

    /// Prepares the response fields.
    pub(crate) fn seal(&mut self, further: &[(HeaderName, HeaderValue)]) {
        let representation = &mut self.representation;
        representation.seal(false, true, further);
        representation
            .fields
            .insert(CONTENT_ENCODING, DIFFERENCE_CODING);
        vary_by_dictionary(representation);
    }
}

/// States that the representation is selected by the dictionary, too.
pub(crate) fn vary_by_dictionary(representation: &mut Representation) {
    for fields in [&mut representation.fields, &mut representation.unmodified] {
        fields.insert(VARY, VARY_BY_DICTIONARY);
    }
}

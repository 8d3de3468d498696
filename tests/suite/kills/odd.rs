//! The cases that notice faults which odd responses alone bring out, or nearly so.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (Fault::StatusUpTo511, &["odd/status/unregistered"]),
    (Fault::StatusWraps, &["odd/status/out-of-range"]),
    (Fault::ReasonHasLimit, &["odd/reason"]),
    (Fault::VersionInAnyCase, &["odd/status-line/no-http"]),
    (Fault::UnderscoreIsHyphen, &["odd/fields/unknown"]),
    (Fault::LinesOfText, &["odd/fields/octets"]),
    (Fault::CrEndsLine, &["odd/fields/controls"]),
    (Fault::FoldWithColonIsField, &["odd/fields/folded"]),
    (Fault::SpaceFirstIsField, &["odd/fields/space-first"]),
    (Fault::LengthOf19Digits, &["odd/length/valid"]),
    (Fault::LastOfList, &["odd/length/list"]),
    (Fault::LengthOfText, &["odd/length/no-number"]),
    (Fault::LengthIn32Bits, &["odd/length/large"]),
    (Fault::CodingInLowerCase, &["odd/coding/chunked"]),
    (Fault::ChunkedBySubstring, &["odd/coding/not-chunked"]),
    (Fault::ParametersIgnored, &["odd/coding/parameters"]),
    (Fault::ReuseCodedHttp10, &["framing/te/of-http10"]),
    (Fault::ChunkEndSearched, &["odd/chunked/data"]),
    (Fault::ExtensionsShort, &["odd/chunked/extensions"]),
    (Fault::TrailersOfContentMerged, &["odd/chunked/trailers"]),
    (Fault::EndBehindDataIsEnd, &["odd/chunked/cut"]),
    (Fault::PagesAreRaw, &["odd/chunked/no-chunks"]),
    (Fault::ChunkSizeIn32Bits, &["odd/chunked/large"]),
    (Fault::InterimHasBody, &["odd/interim"]),
    (Fault::HeadOfFailureHasBody, &["odd/no-body/head"]),
    (Fault::NoContentHasLength, &["odd/no-body/status"]),
    (Fault::KeptWithoutLengthNoBody, &["odd/until-close"]),
];

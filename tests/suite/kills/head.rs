//! The cases that notice faults of the response's head.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (
        Fault::StatusAsError,
        &[
            "upload/expect-100/417",
            "upload/early-response/413-then-close",
            "upload/early-response/keep-open",
            "head/status/every-class",
            "framing/no-body/304-with-length",
            "conn/reuse/after-4xx-5xx",
            "policy/auth/401-not-retried",
            "retry/core/retry-after-honoured",
            "retry/core/stops-at-deadline",
            "api/error/envelope",
            "api/error/html-502",
        ],
    ),
    (
        Fault::StrictReason,
        &[
            "head/reason/empty",
            "head/reason/missing-space",
            "head/reason/obs-text",
        ],
    ),
    (
        Fault::AnyVersion,
        &["head/version/http2-preface", "head/version/garbage"],
    ),
    (
        Fault::KnownStatusOnly,
        &[
            "head/status/unrecognized",
            "head/status/every-class",
            "head/status/600-and-more",
        ],
    ),
    (
        Fault::AnyStatus,
        &["head/status/999-and-099", "head/status/two-digits"],
    ),
    (Fault::Http11Only, &["head/version/http10"]),
    (Fault::Http09, &["head/empty-reply", "interim/1xx-then-eof"]),
    (Fault::ValueRequired, &["head/headers/empty-value"]),
    (Fault::FoldsDropped, &["head/headers/obs-fold"]),
    (
        Fault::EndIsEndOfHead,
        &["head/cut-mid-head", "head/reset-mid-head"],
    ),
    (Fault::InterimsUncounted, &["interim/flood"]),
    (Fault::HintsMerged, &["interim/102-103-many"]),
    (Fault::JoinDuplicates, &["head/headers/duplicates-in-order"]),
    (
        Fault::DropNonUtf8,
        &["request/headers/obs-text", "head/headers/obs-text"],
    ),
    (Fault::ExactCase, &["head/headers/case-insensitive"]),
    (
        Fault::FieldsUntrimmed,
        &[
            "upload/source/panics",
            "head/headers/ows-trimmed",
            "framing/cl/exact",
            "framing/cl/zero",
            "framing/chunked/basic",
            "framing/chunked/one-byte-chunks",
            "framing/no-body/205",
        ],
    ),
    (
        Fault::LenientFields,
        &[
            "head/headers/nul",
            "head/headers/space-before-colon",
            "head/headers/bare-cr",
        ],
    ),
    (
        Fault::KeepOnlyContentType,
        &[
            "head/headers/duplicates-in-order",
            "head/headers/obs-text",
            "head/headers/ows-trimmed",
            "head/headers/case-insensitive",
            "head/headers/empty-value-kept",
            "framing/no-body/fields-kept",
            "interim/102-103-many",
            "coding/unknown-coding-left-alone",
            "policy/cookies/not-stored",
            "retry/core/retry-after-honoured",
            "retry/core/stops-at-deadline",
        ],
    ),
    (Fault::SmallHead, &["head/size/16k-ok"]),
    (
        Fault::UnboundedHead,
        &["head/size/over-limit", "head/size/ten-thousand-fields"],
    ),
    (
        Fault::SegmentIsHead,
        &[
            "head/size/16k-ok",
            "head/size/over-limit",
            "head/drip/one-byte-per-segment",
            "head/cut-mid-head",
            "head/reset-mid-head",
            "time/deadline/slow-head",
            "time/deadline/covers-whole",
            "property/segmentation",
        ],
    ),
    (Fault::ReuseHttp10, &["head/version/http10-not-reused"]),
    (
        Fault::ClosedIsNotSent,
        &[
            "head/version/http2-preface",
            "head/empty-reply",
            "head/cut-mid-head",
            "interim/1xx-then-eof",
            "error/delivery/never-lies",
        ],
    ),
    (
        Fault::RetryOnClose,
        &[
            "head/empty-reply",
            "head/reset-mid-head",
            "conn/stale-race-post",
            "retry/adapter-never",
            "retry/core/get-retries-after-reset",
        ],
    ),
    (
        Fault::RetryOnReused,
        &["conn/stale-race-post", "retry/adapter-never-on-reused"],
    ),
    (Fault::RetryOn502, &["api/error/html-502"]),
    (
        Fault::StopAt1xx,
        &[
            "interim/100-unsolicited",
            "interim/102-103-many",
            "interim/1xx-then-eof",
            "upload/expect-100/continued",
        ],
    ),
    (Fault::SwitchIsInterim, &["interim/101-unasked"]),
    (Fault::FiveClasses, &["head/status/600-and-more"]),
];

//! The cases that notice faults of the request.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (
        Fault::AbsoluteForm,
        &["request/line/origin-form", "upload/source/long"],
    ),
    (Fault::NormalizePath, &["request/line/path-verbatim"]),
    (
        Fault::DecodePath,
        &["request/line/path-verbatim", "request/line/query-verbatim"],
    ),
    (Fault::ReencodeQuery, &["request/line/query-verbatim"]),
    (
        Fault::CacheBuster,
        &[
            "request/line/origin-form",
            "api/encoding/*",
            "api/operation/*",
        ],
    ),
    (Fault::EmptyPathLost, &["request/line/empty-path"]),
    (Fault::DecodeTarget, &["request/headers/no-injection"]),
    (
        Fault::PanicOnMethod,
        &[
            "request/line/method-any",
            "upload/delete-with-body",
            "framing/no-body/head-with-length",
            "conn/reuse/after-204-304-head",
        ],
    ),
    (
        Fault::HostWithoutPort,
        &["request/host/with-port", "request/host/ipv6-literal"],
    ),
    (Fault::HostWithoutBrackets, &["request/host/ipv6-literal"]),
    (Fault::UserInHost, &["request/host/no-user"]),
    (Fault::HostTwice, &["request/host/exactly-one"]),
    (Fault::HostFromUri, &["request/host/of-the-caller"]),
    (
        Fault::UserAgentTwice,
        &["request/headers/user-agent-not-doubled"],
    ),
    (
        Fault::OwnUserAgent,
        &["request/headers/user-agent-of-the-caller"],
    ),
    (Fault::TabsCollapsed, &["request/headers/tab-kept"]),
    (
        Fault::FirstValueOnly,
        &["request/headers/duplicates-in-order"],
    ),
    (
        Fault::SkipEmptyFields,
        &[
            "request/headers/empty-value",
            "head/headers/empty-value-kept",
        ],
    ),
    (Fault::CutValues, &["request/headers/8k-value"]),
    (Fault::FewFields, &["request/headers/hundred"]),
    (Fault::AcceptEncoding, &["request/headers/nothing-added"]),
    (Fault::GetSaysZero, &["upload/none/get-has-no-framing"]),
    (
        Fault::ContentLengthZeroLost,
        &["upload/empty/post-says-zero"],
    ),
    (
        Fault::DoubleFraming,
        &[
            "upload/framing/never-both",
            "upload/framing/no-coding-unasked",
        ],
    ),
    (
        Fault::ExpectContinue,
        &[
            "request/headers/nothing-added",
            "upload/expect-100/not-sent",
        ],
    ),
    (
        Fault::TextUploads,
        &[
            "upload/bytes/all-256",
            "upload/bytes/sizes",
            "upload/parts/joined-exactly",
            "upload/replay/twice-identical",
            "upload/source/long",
            "property/request-round-trip",
        ],
    ),
    (
        Fault::BodyOnPostOnly,
        &["upload/get-with-body", "upload/delete-with-body"],
    ),
    (Fault::PartsReversed, &["upload/parts/joined-exactly"]),
    (Fault::WriteOnce, &["upload/bytes/sizes"]),
    (
        Fault::BodyOnce,
        &[
            "upload/framing/never-both",
            "upload/replay/twice-identical",
            "retry/core/body-identical-on-retry",
        ],
    ),
    (
        Fault::EndIsFailedUpload,
        &["upload/early-response/413-then-close"],
    ),
    (
        Fault::WriteFailureFirst,
        &["upload/early-response/413-then-reset"],
    ),
    (
        Fault::PadShortSource,
        &["upload/source/short", "upload/source/error"],
    ),
    (
        Fault::SourceToItsEnd,
        &[
            "upload/bytes/all-256",
            "upload/get-with-body",
            "upload/delete-with-body",
            "upload/expect-100/not-sent",
            "upload/source/long",
            "upload/early-response/413-then-close",
            "api/error/html-502",
        ],
    ),
    (
        Fault::SwallowSourceError,
        &["upload/source/short", "upload/source/error"],
    ),
    (
        Fault::ChunksUploads,
        &[
            "upload/framing/length-when-known",
            "upload/framing/no-coding-unasked",
        ],
    ),
    (Fault::PanicPoisons, &["upload/source/panics"]),
    (
        Fault::WritesAllFirst,
        &[
            "upload/early-response/keep-open",
            "upload/early-response/both-at-once",
        ],
    ),
    (
        Fault::WholeResponseEndsSending,
        &["upload/early-response/whole-success-gets-the-rest"],
    ),
    (
        Fault::LingersHalfSent,
        &["upload/early-response/unread-body-closes"],
    ),
    (Fault::PanicIsNotSent, &["error/delivery/source-panics"]),
    (
        Fault::EarlyResponseIsError,
        &[
            "upload/early-response/success-gets-the-rest",
            "upload/early-response/whole-success-gets-the-rest",
        ],
    ),
    (
        Fault::BufferWholeUpload,
        &["upload/backpressure/bounded-read-ahead"],
    ),
    (Fault::EndsItsDirection, &["request/no-early-fin"]),
    (
        Fault::AwaitsContinue,
        &["upload/expect-100/no-endless-wait"],
    ),
    (Fault::LengthAskedAgain, &["upload/source/grows"]),
    (
        Fault::FramingOfTheCaller,
        &["upload/framing/of-the-transport"],
    ),
];

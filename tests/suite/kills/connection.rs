//! The cases that notice faults of connections.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (
        Fault::PoolNever,
        &[
            "conn/reuse/sequential",
            "conn/reuse/after-4xx-5xx",
            "conn/reuse/after-204-304-head",
        ],
    ),
    (Fault::FailureCloses, &["conn/reuse/after-4xx-5xx"]),
    (Fault::NoLengthCloses, &["conn/reuse/after-204-304-head"]),
    (
        Fault::PoolDirty,
        &[
            "framing/cl/extra-bytes",
            "conn/leftover-not-a-response",
            "conn/idle-fin",
            "conn/idle-rst",
            "conn/idle-garbage-not-a-response",
            "conn/idle-garbage-closes",
            "retry/core/idle-fin-invisible",
        ],
    ),
    (Fault::DropsLeftover, &["conn/leftover-closes"]),
    (
        Fault::LingersAfterClose,
        &["conn/close-header", "conn/close-asked"],
    ),
    (Fault::ReuseAfterBoth, &["conn/retired-after-cl-and-te"]),
    (Fault::ConnectsAhead, &["conc/cold-start-burst"]),
    (
        Fault::CloseIgnored,
        &["conn/close-header", "conn/close-asked"],
    ),
    (
        Fault::OriginsShared,
        &[
            "request/headers/authorization-only-to-origin",
            "conn/origins-not-shared",
        ],
    ),
    (
        Fault::SchemesShared,
        &[
            "conn/schemes-not-shared",
            "conn/schemes-not-shared/plain-not-over-tls",
        ],
    ),
    (Fault::PoolOfFour, &["conn/reuse/burst"]),
    (Fault::KeepAliveIgnored, &["conn/keep-alive/timeout"]),
    (
        Fault::LimitsOfTheFirst,
        &[
            "conn/reuse/own-limits",
            "conn/reuse/own-limits/head",
            "conn/reuse/own-limits/body",
            "conn/reuse/own-limits/read-timeout",
        ],
    ),
    (
        Fault::PipelineOnBusy,
        &[
            "head/version/http10-not-reused",
            "conn/retired-after-cl-and-te",
            "conn/close-header",
            "conn/close-asked",
            "conn/no-pipelining",
        ],
    ),
    (
        Fault::ReuseAfterError,
        &[
            "conn/retired-after-timeout",
            "conn/retired-after-protocol-error",
        ],
    ),
    (
        Fault::ReuseHalfSent,
        &["upload/early-response/half-sent-not-reused"],
    ),
    (
        Fault::LeakOnError,
        &[
            "interim/flood",
            "framing/limit/known-length",
            "framing/limit/chunked",
            "conn/retired-after-protocol-error",
            "conn/retired-after-timeout",
        ],
    ),
    (Fault::PoolOutlivesClient, &["conn/drop-client-closes"]),
    (
        Fault::FirstAddressOnly,
        &["conn/addresses/refused", "conn/addresses/silent"],
    ),
    (Fault::AddressesInTurn, &["conn/addresses/silent"]),
];

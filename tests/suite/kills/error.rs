//! The cases that notice faults of errors.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (Fault::PanicOnBreach, &["property/mutated-response"]),
    (
        Fault::RefusedIsClosed,
        &[
            "time/connect",
            "time/deadline/connect",
            "error/refused",
            "conn/addresses/none-takes-it",
        ],
    ),
    (Fault::ResolveIsConnect, &["error/unresolvable"]),
    (
        Fault::ResetIsProtocol,
        &[
            "head/reset-mid-head",
            "framing/cl/short-reset",
            "framing/close-delimited/reset",
            "conn/stale-race-post",
            "error/reset-after-request",
            "retry/core/post-once-after-maybe-sent",
            "retry/core/get-retries-after-reset",
            "retry/core/body-identical-on-retry",
        ],
    ),
    (
        Fault::ClosedIsOther,
        &[
            "head/empty-reply",
            "conn/stale-race-post",
            "error/reset-on-accept",
            "error/reset-after-request",
            "retry/core/post-once-after-maybe-sent",
        ],
    ),
    (
        Fault::SourceLost,
        &["time/deadline/stalled-upload", "error/chain"],
    ),
    (
        Fault::SeveralLines,
        &["error/chain", "error/display/one-line"],
    ),
];

//! The cases that notice faults of time.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (
        Fault::ConnectUnlimited,
        &[
            "time/connect",
            "time/deadline/connect",
            "time/deadline/past",
        ],
    ),
    (
        Fault::ResponseTimeoutIgnored,
        &["time/response-timeout", "time/read-timeout-in-head"],
    ),
    (
        Fault::ReadTimeoutIgnored,
        &[
            "time/response-timeout",
            "time/read-timeout-in-head",
            "time/read-timeout-in-body",
            "time/read-timeout-in-upload",
        ],
    ),
    (
        Fault::MinRateIgnored,
        &["time/min-rate/body", "time/min-rate/upload"],
    ),
    (Fault::MinRatePerByte, &["time/min-rate/body"]),
    (Fault::MinRateOnce, &["time/min-rate/window-after-window"]),
    (
        Fault::MinRateSinceBegin,
        &["time/min-rate/not-while-waiting"],
    ),
    (
        Fault::DeadlineIgnored,
        &[
            "time/source/deadline",
            "time/deadline/slow-head",
            "time/deadline/slow-body",
            "time/deadline/stalled-upload",
            "time/deadline/covers-whole",
            "time/deadline/accuracy",
        ],
    ),
    (
        Fault::DeadlineInSilenceOnly,
        &["time/deadline/slow-reader", "time/deadline/late-bytes"],
    ),
    (Fault::DeadlineInStallOnly, &["time/deadline/slow-upload"]),
    (
        Fault::ReadTimeoutWhileWaiting,
        &["time/read-timeout-not-while-waiting"],
    ),
    (
        Fault::ReaderIsSilence,
        &["time/read-timeout-not-while-reader-pauses"],
    ),
    (
        Fault::ReadTimeoutSinceBegin,
        &["time/read-timeout-not-while-body-goes"],
    ),
    (
        Fault::ResponseTimeoutSinceBegin,
        &["time/read-timeout-not-while-body-goes"],
    ),
    (
        Fault::SentIsTaken,
        &["time/response-timeout-not-while-body-goes"],
    ),
    (Fault::SourceIsSilence, &["time/source/no-silence"]),
    (
        Fault::TimesQuartered,
        &[
            "time/read-timeout-in-body",
            "time/read-timeout-not-while-bytes-come",
            "time/deadline/slow-body",
            "time/deadline/not-early",
            "time/deadline/accuracy",
        ],
    ),
    (
        Fault::LimitsDoubled,
        &[
            "time/connect",
            "time/response-timeout",
            "time/read-timeout-in-head",
            "time/read-timeout-in-body",
            "time/read-timeout-in-upload",
            "time/deadline/connect",
            "time/deadline/slow-head",
            "time/deadline/slow-body",
            "time/deadline/stalled-upload",
            "time/deadline/accuracy",
            "tls/handshake-silence",
        ],
    ),
    (
        Fault::LimitsInSeconds,
        &[
            "time/connect",
            "time/response-timeout",
            "time/read-timeout-in-body",
            "time/read-timeout-in-upload",
            "time/read-timeout-not-while-bytes-come",
            "time/deadline/slow-head",
            "time/deadline/stalled-upload",
            "time/deadline/not-early",
            "tls/handshake-silence",
        ],
    ),
    (
        Fault::UploadRunsOn,
        &[
            "time/read-timeout-in-upload",
            "time/deadline/stalled-upload",
            "cancel/during-upload",
        ],
    ),
    (Fault::ZeroMeansOneSecond, &["time/deadline/past"]),
    (Fault::TimesAreAdded, &["time/limits/huge"]),
    (Fault::TimeoutIsClosed, &["time/response-timeout"]),
];

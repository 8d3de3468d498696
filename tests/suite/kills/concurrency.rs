//! The cases that notice faults of cancellation and concurrency.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (
        Fault::CancelIgnored,
        &[
            "cancel/before",
            "cancel/while-connecting",
            "cancel/waiting-for-head",
            "cancel/during-upload",
            "cancel/during-body",
            "cancel/neighbour-unharmed",
        ],
    ),
    (
        Fault::TokenKept,
        &[
            "conn/idle-fin",
            "conn/idle-rst",
            "conn/idle-garbage-not-a-response",
            "cancel/twice-and-late",
            "retry/core/idle-fin-invisible",
        ],
    ),
    (Fault::ResponsesMixedUp, &["conc/no-cross-talk"]),
    (
        Fault::OneAtATime,
        &["cancel/neighbour-unharmed", "conc/slow-does-not-block"],
    ),
    (
        Fault::RuntimeInRuntime,
        &["conc/runtime/blocking-inside-tokio"],
    ),
];

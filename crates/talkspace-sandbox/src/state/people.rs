//! The people whom the service knows, and how they treat a ringing phone.

use std::collections::BTreeMap;
use std::time::Duration;

use talkspace_core::NetworkId;

/// Everybody who is registered with any application.
pub(crate) type People = BTreeMap<NetworkId, Person>;

/// A registered person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    /// How often the phone has rung: the truth about what was applied.
    pub(crate) rings: u64,
}

/// How a person treats a call, told by how the network id begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Habit {
    /// Answers after the usual ring and presses 1. Everybody without a special id.
    Answers,
    /// Never answers: ids that begin with `no-answer`. The phone rings for 30 s.
    NeverAnswers,
    /// Rejects the call as soon as it rings: ids that begin with `rejects`.
    Rejects,
    /// Cannot be called at all, which is a 502: ids that begin with `unreachable`.
    Unreachable,
}

/// How long a phone rings when nobody answers.
const GIVES_UP_AFTER: Duration = Duration::from_secs(30);

impl Habit {
    /// All habits with the beginning of the ids that have them.
    pub const TABLE: &'static [(&'static str, Self)] = &[
        ("no-answer", Self::NeverAnswers),
        ("rejects", Self::Rejects),
        ("unreachable", Self::Unreachable),
    ];

    /// The habit of the person with this id.
    #[must_use]
    pub fn of(id: &NetworkId) -> Self {
        Self::TABLE
            .iter()
            .find(|(prefix, _)| id.as_str().starts_with(prefix))
            .map_or(Self::Answers, |(_, habit)| *habit)
    }

    /// How long the phone rings, and whether the person then joins.
    pub(crate) const fn reaction(self, ring: Duration) -> (Duration, bool) {
        match self {
            Self::Answers => (ring, true),
            Self::Rejects => (ring, false),
            Self::NeverAnswers | Self::Unreachable => (GIVES_UP_AFTER, false),
        }
    }
}

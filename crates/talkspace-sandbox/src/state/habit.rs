//! How people treat a ringing phone.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use talkspace_core::{NetworkId, PhoneNumber};

/// How a person treats a call, told by how the network id begins.
///
/// ```
/// use talkspace_sandbox::Habit;
///
/// assert_eq!(Habit::of(&"rejects-everything".into()), Habit::Rejects);
/// assert_eq!(Habit::of(&"eta".into()), Habit::Answers);
/// ```
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
pub(super) const GIVES_UP_AFTER: Duration = Duration::from_secs(30);

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

    /// What becomes of a call of this person on this phone. Somebody who
    /// would answer cannot do so on a phone that is not to be reached.
    pub(crate) fn on(id: &NetworkId, phone: &PhoneNumber) -> Self {
        match (Self::of(id), Line::of(phone)) {
            (Self::Answers, Line::Unanswered) => Self::NeverAnswers,
            (Self::Answers, Line::Unreachable) => Self::Unreachable,
            (habit, _) => habit,
        }
    }

    /// How long the phone rings, and whether the person then answers.
    pub(crate) const fn reaction(self, ring: Duration) -> (Duration, bool) {
        match self {
            Self::Answers => (ring, true),
            Self::Rejects => (ring, false),
            Self::NeverAnswers | Self::Unreachable => (GIVES_UP_AFTER, false),
        }
    }
}

/// What is at the end of a line, told by how the phone number ends.
///
/// ```
/// use talkspace_sandbox::Line;
///
/// assert_eq!(Line::of(&"14155550000".parse()?), Line::Landline);
/// assert_eq!(Line::of(&"14151239876".parse()?), Line::Mobile);
/// # Ok::<(), talkspace_core::InvalidPhoneNumber>(())
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Line {
    /// A mobile phone, which its owner answers or not by [`Habit`]. Every
    /// number without a special end.
    Mobile,
    /// No mobile phone, so nobody can be registered with it: numbers that end
    /// in `0000`.
    Landline,
    /// A mobile phone that nobody answers: numbers that end in `0408`.
    Unanswered,
    /// A mobile phone that cannot be called, which is a 502: numbers that end
    /// in `0502`.
    Unreachable,
}

impl Line {
    /// All lines with the end of the numbers that have them.
    pub const TABLE: &'static [(&'static str, Self)] = &[
        ("0000", Self::Landline),
        ("0408", Self::Unanswered),
        ("0502", Self::Unreachable),
    ];

    /// The line of this number.
    #[must_use]
    pub fn of(phone: &PhoneNumber) -> Self {
        Self::TABLE
            .iter()
            .find(|(suffix, _)| phone.as_str().ends_with(suffix))
            .map_or(Self::Mobile, |(_, line)| *line)
    }
}

//! What is said when something that was waited for did not become so.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::{Call, CallState, Snapshot, Talkspace, TalkspaceState};

/// How many things of a kind are told.
const MOST: usize = 8;

/// What was [waited for](crate::Sandbox::wait_until) did not become so. Its `Display`
/// says what was seen last.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct NeverSo {
    /// How long it was waited for, in real time.
    pub waited: Duration,
    /// What was seen last.
    pub seen: Box<Snapshot>,
}

impl NeverSo {
    /// What was waited for so long did not become so.
    #[must_use]
    pub fn new(waited: Duration, seen: Snapshot) -> Self {
        let seen = Box::new(seen);
        Self { waited, seen }
    }
}

impl fmt::Display for NeverSo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { waited, seen } = self;
        let now = seen.clock.now;
        write!(f, "it did not become so in {waited:?}; seen last, ")?;
        let stands = if seen.clock.frozen { " (frozen)" } else { "" };
        write!(f, "at {now:?} of the sandbox's clock{stands}:")?;
        if seen.outage {
            f.write_str(" an outage,")?;
        }
        let is_open = |other: &&Talkspace| other.state != TalkspaceState::Closed;
        list(f, "call", seen.calls.iter())?;
        f.write_str(",")?;
        list(f, "open TalkSpace", seen.talkspaces.iter().filter(is_open))
    }
}

impl StdError for NeverSo {}

/// How many there are, and the last of them.
fn list<'t, T: Told + 't>(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    things: impl Iterator<Item = &'t T>,
) -> fmt::Result {
    let things: Vec<&T> = things.collect();
    let s = if things.len() == 1 { "" } else { "s" };
    write!(f, " {} {what}{s}", things.len())?;
    if things.is_empty() {
        return Ok(());
    }
    let more = things.len().saturating_sub(MOST);
    f.write_str(if more > 0 { " (the last ones: " } else { " (" })?;
    for (place, thing) in things.into_iter().skip(more).enumerate() {
        if place > 0 {
            f.write_str("; ")?;
        }
        thing.tell(f)?;
    }
    f.write_str(")")
}

trait Told {
    fn tell(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl Told for Call {
    fn tell(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}: {}", self.call, self.person, self.state)
    }
}

impl Told for Talkspace {
    fn tell(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.id)?;
        for other in &self.people {
            let muted = if other.muted { " muted" } else { "" };
            write!(f, " {} {}{muted}", other.id, other.state)?;
        }
        if self.people.is_empty() {
            f.write_str(" nobody")?;
        }
        Ok(())
    }
}

impl fmt::Display for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::InCall => "in the call",
            Self::Speaking => "speaking",
            Self::Listening => "listening",
        })
    }
}

//! What goes wrong with the requests of an operation, because somebody said so.
//!
//! A fault meets a request where its operation is served, so it knows what it is for:
//! before it is applied, or after. What then becomes of the response is
//! [carried out](fate) by whoever sends it.

mod active;
mod fate;
pub(crate) mod json;
mod line;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use talkspace_core::NetworkId;
use talkspace_core::operation::OperationInfo;

pub use active::ActiveFault;
pub(crate) use fate::{Broken, Fate, Sent};
pub(crate) use line::{Line, Socket};

use crate::clock::Clock;

#[cfg(test)]
mod tests;

/// What goes wrong with a request, and with which. [`Sandbox::fault`](crate::Sandbox::fault)
/// takes it, with an example.
///
/// | fault | the request is applied | the client gets |
/// |---|---|---|
/// | [`lose_response`](Self::lose_response) | yes | a connection that is reset |
/// | [`reset`](Self::reset) | no | a connection that is reset |
/// | [`status`](Self::status) | no | an error response |
/// | [`delay`](Self::delay) | yes | its response, later |
/// | [`stall`](Self::stall) | yes | nothing, on a connection that stays |
/// | [`cut`](Self::cut) | yes | the beginning of its response, and the end of the connection |
///
/// It lasts until it is [removed](ActiveFault::remove), unless it is told
/// [how often](Self::times) or [how long](Self::lasting).
#[derive(Clone, Debug)]
#[must_use]
pub struct Fault {
    what: What,
    person: Option<NetworkId>,
    times: u64,
    lasting: Option<Duration>,
    /// How probable it is, and the seed of its chance.
    chance: Option<(f64, u64)>,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Lose,
    Reset,
    Status(u16, Option<Duration>),
    Delay(Duration),
    Stall,
    Cut(usize),
}

impl Fault {
    const fn of(what: What) -> Self {
        Self {
            what,
            person: None,
            times: u64::MAX,
            lasting: None,
            chance: None,
        }
    }

    /// The request is applied, and its response is lost: the connection is reset. The
    /// client cannot know whether it was applied.
    pub const fn lose_response() -> Self {
        Self::of(What::Lose)
    }

    /// The connection is reset, and the request is not applied. To the client it looks as
    /// [`lose_response`](Self::lose_response).
    pub const fn reset() -> Self {
        Self::of(What::Reset)
    }

    /// The request is not applied, and gets an error response with this status, from 400 to
    /// 599, in the envelope of its operation.
    pub const fn status(status: u16) -> Self {
        Self::of(What::Status(status, None))
    }

    /// The response comes so much later: by the real clock over a socket, and by the
    /// sandbox's [clock](crate::Clock) in memory, which moves if it is frozen.
    pub const fn delay(by: Duration) -> Self {
        Self::of(What::Delay(by))
    }

    /// The request is applied, and nothing of its response comes, as long as the client
    /// waits. In memory its timeout is over at once if the clock is frozen.
    pub const fn stall() -> Self {
        Self::of(What::Stall)
    }

    /// The request is applied. Of the body of its response so many bytes come, and then the
    /// connection is closed. A body that is no longer comes whole.
    pub const fn cut(after: usize) -> Self {
        Self::of(What::Cut(after))
    }

    /// With a [`status`](Self::status): the response says in `Retry-After` to come again after
    /// so many seconds, rounded up. Of another fault it changes nothing.
    pub const fn retry_after(mut self, after: Duration) -> Self {
        if let What::Status(_, retry_after) = &mut self.what {
            *retry_after = Some(after);
        }
        self
    }

    /// Only with requests about this person.
    pub fn person(mut self, id: impl Into<NetworkId>) -> Self {
        self.person = Some(id.into());
        self
    }

    /// Once.
    pub const fn once(self) -> Self {
        self.times(1)
    }

    /// So often, and then no more.
    pub const fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// Until so much time of the sandbox's [clock](crate::Clock) is over.
    pub const fn lasting(mut self, time: Duration) -> Self {
        self.lasting = Some(time);
        self
    }

    /// With this probability, from 0 to 1: 0 is never, and 1 always. With the same seed the
    /// same of the requests are met.
    pub const fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.chance = Some((probability, seed));
        self
    }

    /// What of it cannot be so, and why, if there is no such fault.
    pub(crate) fn invalid(&self) -> Option<(&'static str, &'static str)> {
        match (self.what, self.chance) {
            (What::Status(status, _), _) if !(400..=599).contains(&status) => {
                Some(("status", "is from 400 to 599"))
            }
            (_, Some((chance, _))) if !(0.0..=1.0).contains(&chance) => {
                Some(("probability", "is from 0 to 1"))
            }
            _ => None,
        }
    }
}

/// The faults of a sandbox. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Faults(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Without any, requests do not even look.
    are_there: AtomicBool,
    rules: Mutex<Rules>,
    /// How often one was added or ended, which is told as news of the clock.
    changes: AtomicU64,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Rules {
    last: u64,
    list: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    id: u64,
    operation: &'static OperationInfo,
    fault: Fault,
    until: Option<Duration>,
    rng: Rng,
    hits: Arc<AtomicU64>,
}

impl Rule {
    /// Whether it meets nothing any more.
    fn is_spent(&self, now: Duration) -> bool {
        self.until.is_some_and(|until| now >= until)
            || self.hits.load(Ordering::Relaxed) >= self.fault.times
    }
}

/// A fault that has met a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met {
    pub(crate) id: u64,
    what: What,
}

impl Faults {
    pub(crate) fn new(clock: Clock) -> Self {
        Self(Arc::new(Shared {
            are_there: AtomicBool::default(),
            rules: Mutex::default(),
            changes: AtomicU64::default(),
            clock,
        }))
    }

    pub(crate) fn are_there(&self) -> bool {
        self.0.are_there.load(Ordering::Acquire)
    }

    pub(crate) fn changes(&self) -> u64 {
        self.0.changes.load(Ordering::Acquire)
    }

    fn changed(&self) {
        self.0.changes.fetch_add(1, Ordering::AcqRel);
        self.0.clock.news().tell();
    }

    pub(crate) fn add(
        &self,
        operation: &'static OperationInfo,
        fault: Fault,
        now: Duration,
    ) -> ActiveFault {
        let mut rules = self.lock();
        rules.last += 1;
        let hits = Arc::<AtomicU64>::default();
        let rule = Rule {
            id: rules.last,
            operation,
            until: fault.lasting.map(|lasting| now.saturating_add(lasting)),
            rng: Rng::with_seed(fault.chance.map_or(0, |(_, seed)| seed)),
            fault,
            hits,
        };
        let active = ActiveFault::of(self, &rule);
        rules.list.push(rule);
        self.0.are_there.store(true, Ordering::Release);
        drop(rules);
        self.changed();
        active
    }

    pub(crate) fn all(&self) -> Vec<ActiveFault> {
        let rules = self.lock();
        rules
            .list
            .iter()
            .map(|rule| ActiveFault::of(self, rule))
            .collect()
    }

    /// Says whether there was one.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut rules = self.lock();
        let before = rules.list.len();
        rules.list.retain(|rule| rule.id != id);
        self.0
            .are_there
            .store(!rules.list.is_empty(), Ordering::Release);
        let removed = rules.list.len() < before;
        drop(rules);
        if removed {
            self.changed();
        }
        removed
    }

    /// Whether there is a place for one more among so many: if there was none, the
    /// oldest has left its own that meets nothing any more.
    pub(crate) fn make_place(&self, most: usize, now: Duration) -> bool {
        let mut rules = self.lock();
        if rules.list.len() >= most {
            let spent = rules.list.iter().position(|rule| rule.is_spent(now));
            spent.map(|place| rules.list.remove(place));
        }
        rules.list.len() < most
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().list.len()
    }

    pub(crate) fn clear(&self) {
        let mut rules = self.lock();
        rules.list.clear();
        self.0.are_there.store(false, Ordering::Release);
        drop(rules);
        self.changed();
    }

    /// The first fault that meets a request of this operation, if one does.
    pub(crate) fn meet(
        &self,
        operation: &'static OperationInfo,
        person: Option<&str>,
        now: Duration,
    ) -> Option<Met> {
        let mut rules = self.lock();
        let rule = rules.list.iter_mut().find_map(|rule| {
            let Fault {
                person: of, chance, ..
            } = &rule.fault;
            let meets = rule.operation.id == operation.id
                && of.as_ref().is_none_or(|id| Some(id.as_str()) == person)
                && !rule.is_spent(now)
                && chance.is_none_or(|(chance, _)| rule.rng.f64() < chance);
            meets.then_some(rule)
        })?;
        rule.hits.fetch_add(1, Ordering::Relaxed);
        Some(Met {
            id: rule.id,
            what: rule.fault.what,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.0.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

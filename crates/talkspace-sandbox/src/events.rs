//! What has happened, numbered, for those who watch. While nobody does, nothing is
//! remembered, and it costs nothing.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::service::Backend;
use crate::state::{State, Taker};
use crate::view::{Event, Time, What};

/// How many events are kept.
const KEPT: usize = 1_024;
/// How long they go on when nobody watches any more: a connection that broke
/// comes again.
const LINGER: Duration = Duration::from_secs(60);

/// The last events, and who watches.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) run: String,
    /// The number of the last one.
    pub(crate) seq: u64,
    /// The last has the number `seq`; there are no gaps.
    kept: VecDeque<Event>,
    watchers: usize,
    /// What the last event of each kind said, while somebody watches.
    seen: Option<(Time, bool)>,
    /// When the last watcher left.
    left: Option<Instant>,
}

impl Events {
    pub(crate) fn new() -> Self {
        Self {
            run: format!("{:08x}", fastrand::u32(..)),
            seq: 0,
            kept: VecDeque::new(),
            watchers: 0,
            seen: None,
            left: None,
        }
    }

    /// Numbers what has changed. Says whether something has.
    pub(crate) fn take(&mut self, state: &mut State, clock: &Clock) -> bool {
        let Some((time, outage)) = &mut self.seen else {
            return false;
        };
        if self.watchers == 0 && self.left.is_some_and(|left| left.elapsed() > LINGER) {
            state.watch(Taker::Events, false);
            (self.seen, self.kept) = (None, VecDeque::new());
            return false;
        }
        let mut news = state.news();
        let is_moved = clock.is_frozen().then(|| clock.now()) != time.frozen.then_some(time.now);
        if is_moved {
            *time = Time::of(clock);
            news.push(What::Clock(*time));
        }
        if std::mem::replace(outage, state.outage) != state.outage {
            news.push(What::Outage(state.outage));
        }
        let has_happened = !news.is_empty();
        for what in news {
            self.seq += 1;
            if self.kept.len() == KEPT {
                self.kept.pop_front();
            }
            let seq = self.seq;
            self.kept.push_back(Event { seq, what });
        }
        has_happened
    }

    /// Somebody watches.
    fn enter(&mut self, state: &mut State, clock: &Clock) {
        self.watchers += 1;
        if self.seen.is_none() {
            state.watch(Taker::Events, true);
            self.seen = Some((Time::of(clock), state.outage));
            // What happened until now has no numbers: whoever knows an older one
            // has missed something.
            self.seq += 1;
        }
    }

    /// Nothing is as it was: whoever knows an older number has missed something.
    pub(crate) fn begin_anew(&mut self, state: &mut State, clock: &Clock) {
        if self.seen.is_some() {
            state.watch(Taker::Events, true);
            // What changed on the way is not told one by one.
            state.news();
            self.seen = Some((Time::of(clock), state.outage));
            self.kept.clear();
            self.seq += 1;
        }
    }

    /// The events after this number.
    fn after(&self, seq: u64) -> Result<Vec<Event>, Missed> {
        let kept = self.kept.len() as u64;
        let missing = self.seq.checked_sub(seq).filter(|missing| *missing <= kept);
        let missing = missing.ok_or(Missed)?;
        let skipped = usize::try_from(kept - missing).unwrap_or_default();
        Ok(self.kept.iter().skip(skipped).cloned().collect())
    }
}

/// Somebody who watches a sandbox, from [`Sandbox::watch`](crate::Sandbox::watch) until
/// this is dropped. While nobody does, what happens is not numbered, and costs nothing.
#[derive(Debug)]
pub struct Watch {
    backend: Backend,
    seq: u64,
}

impl Watch {
    pub(crate) fn begin(backend: Backend) -> Self {
        let seq = backend.look(|state, events, clock| {
            events.enter(state, clock);
            events.seq
        });
        Self { backend, seq }
    }

    /// The number of the last event that it has given.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// What has happened since this was last asked, or since it began. It does not
    /// wait.
    ///
    /// # Errors
    ///
    /// [`Missed`] when that is more than 1,024 events. The next are those after
    /// now: a [snapshot](crate::Sandbox::snapshot) that is taken then has all that came before.
    pub fn events(&mut self) -> Result<Vec<Event>, Missed> {
        let (events, seq) = self
            .backend
            .look(|_, events, _| (events.after(self.seq), events.seq));
        self.seq = seq;
        events
    }

    /// The events after this number are the next ones.
    pub(crate) const fn go_on_after(&mut self, seq: u64) {
        self.seq = seq;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.backend.look(|_, events, _| {
            events.watchers -= 1;
            events.left = Some(Instant::now());
        });
    }
}

/// More has happened than is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Missed;

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more has happened than the {KEPT} events that are kept")
    }
}

impl std::error::Error for Missed {}

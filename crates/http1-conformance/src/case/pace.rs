//! Time as cases judge it: stretched where need be, and beside what the machine can do.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A factor for every time of a case: its limits, the delays of its peer, how long it waits.
///
/// A fault shows at any pace. What shows only at the first one was the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pace(u32);

impl Pace {
    /// One after the other, until the verdict is clear.
    pub(crate) const ALL: [Self; 3] = [Self(1), Self(4), Self(16)];

    pub(crate) fn of(self, duration: Duration) -> Duration {
        duration.saturating_mul(self.0)
    }

    pub(crate) const fn factor(self) -> u32 {
        self.0
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self(1)
    }
}

/// Nothing at the first pace.
impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => Ok(()),
            factor => write!(f, " (all times ×{factor})"),
        }
    }
}

/// A moment that is set again and again, such as the last read of a source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moment(Arc<Mutex<Option<Instant>>>);

impl Moment {
    pub(crate) fn is_now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The moment, or `start` when that is later.
    fn after(&self, start: Instant) -> Instant {
        let moment = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        moment.map_or(start, |moment| moment.max(start))
    }
}

/// How long something may and must take.
#[derive(Clone, Debug)]
pub(crate) struct TimeLimit {
    least: Duration,
    slack: Slack,
    from: Option<Moment>,
}

/// What may be added to a limit before the lateness of the machine.
#[derive(Clone, Copy, Debug)]
enum Slack {
    /// Half of the limit: a limit that is kept twice as long is not kept.
    Half,
    Of(Duration),
    /// The same at any pace.
    Always(Duration),
}

/// Timers of many engines count whole milliseconds, and some round down.
pub(super) const TOLERANCE: Duration = Duration::from_millis(5);

/// The slack of a limit of zero.
const LEAST_SLACK: Duration = Duration::from_millis(100);

impl TimeLimit {
    /// Not before `least`, and not much later.
    pub(crate) const fn after(least: Duration) -> Self {
        Self {
            least,
            slack: Slack::Half,
            from: None,
        }
    }

    /// Any time up to `most`.
    pub(crate) const fn within(most: Duration) -> Self {
        Self {
            least: Duration::ZERO,
            slack: Slack::Of(most),
            from: None,
        }
    }

    /// Too late is what comes so long after this moment, not after the start.
    pub(crate) fn from(mut self, moment: &Moment) -> Self {
        self.from = Some(moment.clone());
        self
    }

    /// How long it is since the limit began.
    pub(crate) fn waited(&self, start: Instant) -> Duration {
        let from = self.from.as_ref();
        from.map_or(start, |from| from.after(start)).elapsed()
    }

    /// Not later than `slack` after the limit, at any pace.
    pub(crate) const fn by(mut self, slack: Duration) -> Self {
        self.slack = Slack::Always(slack);
        self
    }

    fn slack(&self, pace: Pace) -> Duration {
        match self.slack {
            Slack::Half => pace.of((self.least / 2).max(LEAST_SLACK)),
            Slack::Of(slack) => pace.of(slack),
            Slack::Always(slack) => slack,
        }
    }

    /// The latest that is not too late, on a machine that is late itself.
    pub(crate) fn latest(&self, pace: Pace, lateness: Duration) -> Duration {
        pace.of(self.least) + self.slack(pace) + lateness * 2
    }

    /// Whether the machine was so late that a limit kept twice as long would not stand out
    /// clearly.
    pub(crate) fn is_blunt(&self, pace: Pace, lateness: Duration) -> bool {
        lateness * 3 > self.slack(pace)
    }

    /// What is wrong with something that took so long, and `waited` for the limit.
    pub(crate) fn check(
        &self,
        took: Duration,
        waited: Duration,
        pace: Pace,
        lateness: Duration,
    ) -> Result<(), String> {
        let least = pace.of(self.least);
        if took + TOLERANCE < least {
            return Err(format!("it came after {took:?}, before {least:?}"));
        }
        if waited > self.latest(pace, lateness) {
            let most = least + self.slack(pace);
            return Err(format!(
                "it came after {waited:?}, later than {most:?} on a machine that is late by {lateness:?}"
            ));
        }
        Ok(())
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, slack, .. } = self;
        match slack {
            Slack::Half => write!(f, "after {least:?}"),
            Slack::Of(slack) => write!(f, "within {slack:?}"),
            Slack::Always(slack) => write!(f, "after {least:?}, by {slack:?} at most"),
        }
    }
}

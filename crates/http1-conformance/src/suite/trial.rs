//! One case: played on a thread of its own, given up in time, and played again where it was
//! the machine that could have failed.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::case::{
    Capability, Case, CaseContext, CaseEnd, Evidence, Finding, Isolation, Pace, Verdict, message,
};
use crate::machine::{Machine, Starved};
use crate::profile::Profile;
use crate::report::{CaseResult, Failure, Settled};
use crate::subject::Subject;

use super::Suite;
use super::turns::Turns;

#[cfg(test)]
mod tests;

/// What the cases of a run share.
pub(super) struct Shared {
    pub(super) machine: Arc<Machine>,
    turns: Turns,
    pub(super) profile: Profile,
    /// Told what is not in the report yet.
    tell: fn(&str),
    /// Which of the cases hold that others build on.
    basics: Mutex<BTreeMap<&'static str, Arc<OnceLock<bool>>>>,
}

impl Shared {
    pub(super) fn new(profile: Profile, tell: fn(&str)) -> Self {
        Self {
            machine: Machine::shared(),
            turns: Turns::default(),
            profile,
            tell,
            basics: Mutex::default(),
        }
    }
}

/// The case that is about the promise of a capability. Where it fails, a breach of that promise
/// elsewhere is no news.
const fn home(capability: Capability) -> Option<&'static str> {
    match capability {
        Capability::NoRetries => Some("retry/adapter-never"),
        Capability::Delivery => Some("error/delivery/never-lies"),
        _ => None,
    }
}

/// What a case came to.
pub(super) struct Tried {
    pub(super) status: CaseResult,
    pub(super) settled: Option<Settled>,
    /// How long it was played; it may have waited much longer for its turn.
    pub(super) took: Duration,
}

impl Tried {
    pub(super) const fn unplayed(status: CaseResult) -> Self {
        Self {
            status,
            settled: None,
            took: Duration::ZERO,
        }
    }
}

/// What one playing of a case came to.
struct Played {
    status: CaseResult,
    took: Duration,
    lateness: Duration,
    /// The machine may be the reason.
    in_doubt: bool,
}

/// Why a case proves nothing about its limit.
const TOO_LATE_ITSELF: &str = "this machine is too late itself to tell whether the limit is kept";

/// A machine that is later tells nothing of time at any pace: the limits of a case are some
/// tenths of a second, the slowest pace makes 16 times as much of them, and an exchange has
/// several turns to wait for.
const MOST_LATENESS: Duration = Duration::from_millis(500);

/// What is so many times as long as the machine was late, and as its threads waited for a
/// processor, was not waited for in vain because of the machine.
const LATE_STANDS_OUT: u32 = 100;
const STARVED_STANDS_OUT: u32 = 10;

impl Suite {
    /// The verdict on a case that the subject claims all for.
    ///
    /// A case tells nothing where what it builds on does not hold, so it is not played then.
    pub(super) fn try_case(&self, case: &Case, shared: &Shared, once: bool) -> Tried {
        let unmet: Vec<_> = match self.takes_cases_alone {
            true => Vec::new(),
            false => case.builds_on(),
        };
        let unmet: Vec<_> = unmet
            .into_iter()
            .filter(|basic| !self.holds(basic, shared))
            .collect();
        if !unmet.is_empty() {
            return Tried::unplayed(CaseResult::Unmet(unmet));
        }
        let tried = self.settle(case, shared, once);
        Tried {
            status: self.without_known_breaches(case, tried.status, shared),
            ..tried
        }
    }

    /// A breach of a promise is told once, by the case that is about the promise.
    fn without_known_breaches(
        &self,
        case: &Case,
        status: CaseResult,
        shared: &Shared,
    ) -> CaseResult {
        let CaseResult::Misclassified(failure) = status else {
            return status;
        };
        let homes = failure
            .classification
            .iter()
            .map(|finding| home(finding.about));
        let homes: Option<Vec<_>> = homes.collect();
        let mut homes = homes
            .filter(|_| !self.takes_cases_alone)
            .unwrap_or_default();
        homes.dedup();
        let is_known = !homes.is_empty()
            && homes
                .iter()
                .all(|home| *home != case.id() && !self.holds(home, shared));
        if is_known {
            return CaseResult::Unmet(homes);
        }
        CaseResult::Misclassified(failure)
    }

    /// Whether a case that others build on behaves as it should, selected or not.
    fn holds(&self, basic: &'static str, shared: &Shared) -> bool {
        let mut basics = shared.basics.lock().unwrap_or_else(PoisonError::into_inner);
        let known = Arc::clone(basics.entry(basic).or_default());
        drop(basics);
        *known.get_or_init(|| {
            let case = self.cases.iter().find(|case| case.id() == basic);
            let case = case.filter(|case| self.missing(case).is_none());
            case.is_none_or(|case| {
                !matches!(
                    self.settle(case, shared, false).status,
                    CaseResult::Failed(_)
                )
            })
        })
    }

    /// Plays a case until the verdict is on the adapter and not on the machine.
    ///
    /// A failure in which time had a part is repeated alone, then with every time stretched.
    /// That hides no fault: a limit that is not kept, or not obeyed, is neither at any pace.
    /// What passes at a slower pace failed at the faster one for want of time.
    ///
    /// With `once` the first failure is the verdict.
    fn settle(&self, case: &Case, shared: &Shared, once: bool) -> Tried {
        let mut status = CaseResult::Passed;
        let mut settled: Option<Settled> = None;
        let mut too_late = false;
        let mut took = Duration::ZERO;
        for (round, &(isolation, pace)) in rounds(case.isolation()).iter().enumerate() {
            if round > 0 {
                (shared.tell)(&again(case, pace));
            }
            let turn = shared.turns.take(isolation);
            let played = self.watch(case, pace, shared);
            drop(turn);
            if round > 0 {
                settled = Some(Settled {
                    factor: pace.factor(),
                    lateness: played.lateness,
                    at_first: settled.map_or_else(|| doubt(&status), |settled| settled.at_first),
                });
            }
            took += played.took;
            status = played.status;
            if !played.in_doubt || (once && status.is_failure()) {
                return Tried {
                    status,
                    settled,
                    took,
                };
            }
            too_late = played.lateness > MOST_LATENESS;
        }
        if matches!(status, CaseResult::Passed) {
            status = CaseResult::Inconclusive(TOO_LATE_ITSELF.to_owned());
        } else if too_late && status.is_failure() {
            status = CaseResult::Inconclusive(format!("{TOO_LATE_ITSELF}: {}", doubt(&status)));
        }
        Tried {
            status,
            settled,
            took,
        }
    }

    /// Plays a case once and gives up on it in time.
    fn watch(&self, case: &Case, pace: Pace, shared: &Shared) -> Played {
        let gauge = &shared.machine;
        let evidence = Evidence::default();
        let (began, before) = (Instant::now(), Starved::now());
        let (sender, receiver) = mpsc::channel();
        let spawned = thread::Builder::new().name(case.id().to_owned()).spawn({
            let (case, subject) = (case.clone(), self.subject.clone());
            let (evidence, timeout) = (evidence.clone(), self.timeout);
            let machine = Arc::clone(gauge);
            move || {
                let declared = case.declared();
                let verdict = play(&case, &subject, |subject| {
                    CaseContext::new(subject, evidence, timeout, pace, machine, declared)
                });
                // The receiver is gone when the watchdog was faster.
                let _ = sender.send(verdict);
            }
        });
        // Beyond what the limits of one exchange allow.
        let watchdog = self.watchdog + pace.of(self.timeout) * 2;
        let verdict = match spawned {
            Ok(_) => await_verdict(|| receiver.recv_timeout(watchdog), &evidence, watchdog),
            Err(error) => Err(CaseEnd::Broken(format!("no thread: {error}"))),
        };
        let (took, lateness) = (began.elapsed(), gauge.lateness(began));
        let mut observed = evidence.lock();
        let (waited_in_vain, blunt) = (observed.waited_in_vain, observed.blunt);
        let (is_early, hung) = (observed.is_early, observed.hung);
        let findings = std::mem::take(&mut observed.findings);
        drop(observed);
        let (own, classification) = self.sort(case, shared.profile, findings);
        let verdict = with_own(verdict, own);
        let could_be_slow = |wait| is_for_want_of_time(wait, before.since(), lateness);
        let in_doubt = match &verdict {
            Ok(()) if classification.is_empty() => blunt,
            Err(CaseEnd::Unsupported(_)) => false,
            // No machine is too slow to wait.
            Ok(()) | Err(CaseEnd::Problems(_)) if is_early => false,
            // What hangs, hangs at any pace, and that would take minutes to see.
            Ok(()) | Err(CaseEnd::Problems(_) | CaseEnd::Broken(_)) if case.is_timed() && !hung => {
                true
            }
            Ok(()) | Err(CaseEnd::Problems(_)) => waited_in_vain.is_some_and(could_be_slow),
            Err(CaseEnd::Broken(_)) => waited_in_vain.is_some(),
            Err(CaseEnd::Unmet(_)) => false,
        };
        let status = match verdict {
            Ok(()) if classification.is_empty() => CaseResult::Passed,
            Ok(()) => CaseResult::Misclassified(Failure::of(&evidence, Vec::new(), classification)),
            Err(CaseEnd::Unsupported(reason)) => CaseResult::Skipped(reason),
            Err(CaseEnd::Unmet(basics)) => CaseResult::Unmet(basics),
            Err(CaseEnd::Problems(problems)) => {
                CaseResult::Failed(Failure::of(&evidence, problems, classification))
            }
            Err(CaseEnd::Broken(problem)) => CaseResult::Inconclusive(problem),
        };
        // After the evidence is taken: stopping adds to the logs.
        evidence.stop_peers();
        Played {
            status,
            took,
            lateness,
            in_doubt,
        }
    }
}

impl Suite {
    /// What a case found beside its own verdict: what it is about itself, as problems, and what
    /// is judged as classification, since the subject claims it.
    fn sort(
        &self,
        case: &Case,
        profile: Profile,
        findings: Vec<Finding>,
    ) -> (Vec<String>, Vec<Finding>) {
        let (own, others): (Vec<_>, Vec<_>) = findings
            .into_iter()
            .partition(|finding| case.is_about(finding.about));
        let judged = |finding: &Finding| {
            profile == Profile::Contract && self.claims.contains(&finding.about)
        };
        (
            own.into_iter().map(|finding| finding.text).collect(),
            others.into_iter().filter(judged).collect(),
        )
    }
}

/// Whether it could be the machine that kept a case waiting for so long.
fn is_for_want_of_time(wait: Duration, starved: Option<Duration>, lateness: Duration) -> bool {
    let is_busy = starved.is_none_or(|starved| starved * STARVED_STANDS_OUT >= wait);
    is_busy || lateness * LATE_STANDS_OUT >= wait
}

fn with_own(verdict: Verdict, own: Vec<String>) -> Verdict {
    match verdict {
        Ok(()) => CaseEnd::unless_empty(own),
        Err(CaseEnd::Problems(problems)) => Err(CaseEnd::Problems([problems, own].concat())),
        Err(CaseEnd::Unmet(_)) if !own.is_empty() => Err(CaseEnd::Problems(own)),
        other => other,
    }
}

/// The verdict of a case, as long as its exchanges come to an end.
fn await_verdict(
    mut wait: impl FnMut() -> Result<Verdict, RecvTimeoutError>,
    evidence: &Evidence,
    watchdog: Duration,
) -> Verdict {
    let mut steps = evidence.steps();
    loop {
        match wait() {
            Ok(verdict) => return verdict,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(CaseEnd::Broken("the thread of the case ended".to_owned()));
            }
            Err(RecvTimeoutError::Timeout) => {
                let before = std::mem::replace(&mut steps, evidence.steps());
                if before == steps {
                    return Err(evidence.hung_after(watchdog));
                }
            }
        }
    }
}

/// In what company a case is played, and how fast, until the verdict is clear.
fn rounds(isolation: Isolation) -> Vec<(Isolation, Pace)> {
    let alone = Pace::ALL.map(|pace| (Isolation::Alone, pace));
    match isolation {
        Isolation::Alone => alone.to_vec(),
        Isolation::Timed => [&[(isolation, Pace::default())], &alone[..]].concat(),
        Isolation::Parallel => [&[(isolation, Pace::default())], &alone[1..]].concat(),
    }
}

/// What is told while a case is tried again, since those behind it in the order wait for it.
fn again(case: &Case, pace: Pace) -> String {
    let id = case.id();
    match pace.factor() {
        1 => format!("again, alone: {id}"),
        factor => format!("again, alone, all times ×{factor}: {id}"),
    }
}

/// Why a verdict is none yet.
fn doubt(status: &CaseResult) -> String {
    match status {
        CaseResult::Failed(failure) | CaseResult::Misclassified(failure) => {
            failure.texts().join("; ")
        }
        CaseResult::Inconclusive(problem) => problem.clone(),
        _ => TOO_LATE_ITSELF.to_owned(),
    }
}

fn play(case: &Case, subject: &Subject, context: impl FnOnce(&Subject) -> CaseContext) -> Verdict {
    let played = catch_unwind(AssertUnwindSafe(|| case.play(&context(subject))));
    played.unwrap_or_else(|payload| CaseEnd::problem(message(&*payload)))
}

//! One case: played on a thread of its own, given up in time, and played again where it was
//! the machine that could have failed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::case::{Case, CaseContext, CaseEnd, Evidence, Pace, Verdict, message};
use crate::machine::{self, Machine};
use crate::report::{CaseResult, Failure, Settled};
use crate::subject::Subject;

use super::Suite;

/// What the cases of a run share.
pub(super) struct Shared {
    pub(super) machine: Arc<Machine>,
    /// Read by cases that any other may run beside, written by one that is alone.
    exclusion: RwLock<()>,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            machine: Machine::shared(),
            exclusion: RwLock::default(),
        }
    }
}

/// What one playing of a case came to.
struct Played {
    status: CaseResult,
    lateness: Duration,
    /// The machine may be the reason.
    in_doubt: bool,
}

/// The shortest time that a case waits for what should come at once.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// Why a case that passed proves nothing about its limit.
const TOO_LATE_ITSELF: &str = "this machine is too late itself to tell whether the limit is kept";

/// What is so many times as long as the machine was late, and as its threads waited for a
/// processor, was not waited for in vain because of the machine.
const LATE_STANDS_OUT: u32 = 100;
const STARVED_STANDS_OUT: u32 = 10;

impl Suite {
    /// Plays a case until the verdict is on the adapter and not on the machine.
    ///
    /// A failure in which time had a part is repeated alone and with every time stretched.
    /// That hides no fault: a limit that is not kept, or not obeyed, is neither at any pace.
    /// What passes at a slower pace failed at the faster one for want of time.
    ///
    /// With `once` the first failure is the verdict.
    pub(super) fn settle(
        &self,
        case: &Case,
        shared: &Shared,
        once: bool,
    ) -> (CaseResult, Option<Settled>) {
        let mut status = CaseResult::Passed;
        let mut settled: Option<Settled> = None;
        for pace in Pace::ALL {
            let first = pace == Pace::default();
            let played = if first && !case.is_alone() {
                let _beside = shared
                    .exclusion
                    .read()
                    .unwrap_or_else(PoisonError::into_inner);
                self.watch(case, pace, &shared.machine)
            } else {
                let _alone = shared
                    .exclusion
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                self.watch(case, pace, &shared.machine)
            };
            if !first {
                settled = Some(Settled {
                    factor: pace.factor(),
                    lateness: played.lateness,
                    at_first: settled.map_or_else(|| doubt(&status), |settled| settled.at_first),
                });
            }
            status = played.status;
            if !played.in_doubt || (once && matches!(status, CaseResult::Failed(_))) {
                return (status, settled);
            }
        }
        if matches!(status, CaseResult::Passed) {
            status = CaseResult::Inconclusive(TOO_LATE_ITSELF.to_owned());
        }
        (status, settled)
    }

    /// Plays a case once and gives up on it in time.
    fn watch(&self, case: &Case, pace: Pace, gauge: &Arc<Machine>) -> Played {
        let evidence = Evidence::default();
        let (began, before) = (Instant::now(), machine::starved());
        let (sender, receiver) = mpsc::channel();
        let spawned = thread::Builder::new().name(case.id().to_owned()).spawn({
            let (case, subject) = (case.clone(), self.subject.clone());
            let (evidence, timeout) = (evidence.clone(), self.timeout);
            let machine = Arc::clone(gauge);
            move || {
                let verdict = play(&case, &subject, |subject| {
                    CaseContext::new(subject, evidence, timeout, pace, machine)
                });
                // The receiver is gone when the watchdog was faster.
                let _ = sender.send(verdict);
            }
        });
        // Beyond what the limits of a few exchanges allow.
        let watchdog = self.watchdog + pace.of(self.timeout) * 2;
        let verdict = match spawned {
            Ok(_) => receiver.recv_timeout(watchdog).unwrap_or_else(|end| {
                Err(match end {
                    RecvTimeoutError::Timeout => evidence.hung_after(watchdog),
                    RecvTimeoutError::Disconnected => {
                        CaseEnd::Broken("the thread of the case ended".to_owned())
                    }
                })
            }),
            Err(error) => Err(CaseEnd::Broken(format!("no thread: {error}"))),
        };
        let lateness = gauge.lateness(began);
        let observed = evidence.lock();
        let (waited_in_vain, blunt) = (observed.waited_in_vain, observed.blunt);
        let is_early = observed.is_early;
        drop(observed);
        let in_doubt = match &verdict {
            Ok(()) => blunt,
            Err(CaseEnd::Unsupported(_)) => false,
            // No machine is too slow to wait.
            Err(CaseEnd::Problems(_)) if is_early => false,
            Err(CaseEnd::Problems(_) | CaseEnd::Broken(_)) if case.is_timed() => true,
            Err(CaseEnd::Problems(_)) => {
                let wait = pace.of(SHORTEST_WAIT);
                let starved =
                    before.and_then(|before| Some(machine::starved()?.saturating_sub(before)));
                let is_busy = starved.is_none_or(|starved| starved * STARVED_STANDS_OUT >= wait);
                waited_in_vain && (is_busy || lateness * LATE_STANDS_OUT >= wait)
            }
            Err(CaseEnd::Broken(_)) => waited_in_vain,
        };
        let status = match verdict {
            Ok(()) => CaseResult::Passed,
            Err(CaseEnd::Unsupported(reason)) => CaseResult::Skipped(reason),
            Err(CaseEnd::Problems(problems)) => {
                CaseResult::Failed(Failure::of(&evidence, problems))
            }
            Err(CaseEnd::Broken(problem)) => CaseResult::Inconclusive(problem),
        };
        // After the evidence is taken: stopping adds to the logs.
        evidence.stop_peers();
        Played {
            status,
            lateness,
            in_doubt,
        }
    }
}

/// Why a verdict is none yet.
fn doubt(status: &CaseResult) -> String {
    match status {
        CaseResult::Failed(failure) => failure.problems.join("; "),
        CaseResult::Inconclusive(problem) => problem.clone(),
        _ => TOO_LATE_ITSELF.to_owned(),
    }
}

fn play(case: &Case, subject: &Subject, context: impl FnOnce(&Subject) -> CaseContext) -> Verdict {
    let played = catch_unwind(AssertUnwindSafe(|| case.play(&context(subject))));
    played.unwrap_or_else(|payload| CaseEnd::problem(format!("panic: {}", message(&*payload))))
}

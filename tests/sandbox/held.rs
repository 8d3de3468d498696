//! Whoever does with the telephones what the crowd would do is not told from it.

use std::collections::BTreeMap;
use std::time::Duration;

use talkspace_sandbox::{Habit, PhoneCall, Sandbox, Telephone, TelephoneError, Wanted};
use talkspace_tests::laws;

use crate::model::{PEOPLE, RING};
use crate::run::Run;
use crate::{holds, steps};

/// How long people speak who are recorded.
const SPEECH: Duration = Duration::from_secs(1);

/// Answers, presses 1, speaks and declines, by the habits of the people.
pub(crate) struct Holder {
    telephones: Vec<Telephone>,
    /// The calls that were seen, and when something is done next, if ever.
    calls: BTreeMap<u64, (PhoneCall, Option<Duration>)>,
}

impl Holder {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        // Somebody who cannot be called has no telephone that could be held.
        let people = PEOPLE.iter().filter(|person| **person != "unreachable-1");
        Self {
            telephones: people
                .map(|person| sandbox.telephone(*person).unwrap())
                .collect(),
            calls: BTreeMap::new(),
        }
    }

    /// Notes what began to ring just now, and whether that is answered at all.
    pub(crate) fn look(&mut self, sandbox: &Sandbox, is_answered: bool) {
        let now = sandbox.clock().now();
        for telephone in &self.telephones {
            let habit = Habit::of(telephone.person());
            let does_something = is_answered && habit != Habit::NeverAnswers;
            let next = does_something.then_some(now + RING);
            for call in telephone.calls() {
                self.calls
                    .entry(call.number())
                    .or_insert_with(|| (call, next));
            }
        }
    }

    pub(crate) fn wait(&mut self, sandbox: &Sandbox, by: Duration) {
        let end = sandbox.clock().now() + by;
        loop {
            let due = self.calls.iter();
            let due = due.filter_map(|(number, (_, next))| Some(((*next)?, *number)));
            let Some((at, number)) = due.min().filter(|(at, _)| *at <= end) else {
                return sandbox.advance(end - sandbox.clock().now());
            };
            sandbox.advance(at - sandbox.clock().now());
            let (call, next) = self.calls.get_mut(&number).unwrap();
            *next = match act(call) {
                Ok(()) if matches!(call.wanted(), Some(Wanted::Speak { .. })) => Some(at + SPEECH),
                Ok(()) | Err(TelephoneError::CallOver(_)) => None,
                Err(error) => panic!("{error}"),
            };
        }
    }
}

/// Does what comes next in a call.
fn act(call: &PhoneCall) -> Result<(), TelephoneError> {
    match call.wanted() {
        Some(Wanted::Speak { .. }) => call.hang_up(),
        _ if Habit::of(call.person()) == Habit::Rejects => call.decline(),
        _ => call.answer().and_then(|()| call.press_1()),
    }
}

#[test]
fn a_holder_is_not_told_from_the_crowd() {
    let cases = laws::cases(40);
    holds(cases, "sandbox/held.txt", &steps(), |steps| {
        let (mut held, mut crowd) = (Run::new(), Run::new());
        held.hold();
        for step in steps {
            held.step(&step);
            crowd.step(&step);
            assert_eq!(held.observe(), crowd.observe());
        }
        for run in [&mut held, &mut crowd] {
            run.wait(Duration::from_secs(3600));
            run.check();
        }
        assert_eq!(held.observe(), crowd.observe());
    });
}

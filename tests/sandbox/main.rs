//! Laws that hold whatever is asked, in whatever order: random sequences of
//! all operations, by several applications, beside a model of plain sets.

// The lints allow tests to fail by `unwrap`, and know them by this attribute.
#[cfg(test)]
mod heard;
#[cfg(test)]
mod held;
#[cfg(test)]
mod model;
#[cfg(test)]
mod run;
#[cfg(test)]
mod saved;
#[cfg(test)]
mod seen;
#[cfg(test)]
mod stops;

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::Config;
use talkspace_tests::laws;

use run::Run;

/// The longest search for fewer steps, in milliseconds.
const MAX_SHRINK_TIME: u32 = 60_000;

/// What is done next. The numbers choose among what there is at that moment.
#[derive(Clone, Debug)]
struct Step {
    what: What,
    app: usize,
    person: usize,
    one: usize,
    other: usize,
    option: usize,
    /// Whether to choose among everything, not only what makes sense.
    odd: bool,
}

#[derive(Clone, Copy, Debug)]
enum What {
    GetVersion,
    Register,
    GetRegistrationStatus,
    ListNetworkIds,
    ChangePhone,
    DeleteRegistrant,
    CreateTalkspace,
    ListTalkspaces,
    GetTalkspace,
    AddToTalkspace,
    CloseTalkspace,
    HangUp,
    MoveParticipant,
    MuteParticipant,
    UnmuteParticipant,
    CreateMedia,
    ListMedia,
    RecordMedia,
    BlastMedia,
    GetMediaStatus,
    RequestUploadGrant,
    RemoveMedia,
    UploadMedia,
    DownloadMedia,
    Wait,
    Outage,
}

/// All of it, with how often it comes: what builds something up comes more
/// often than what takes it down or only looks, since the model looks anyway.
const WEIGHTS: &[(u32, What)] = &[
    (1, What::GetVersion),
    (4, What::Register),
    (1, What::GetRegistrationStatus),
    (1, What::ListNetworkIds),
    (1, What::ChangePhone),
    (1, What::DeleteRegistrant),
    (5, What::CreateTalkspace),
    (1, What::ListTalkspaces),
    (1, What::GetTalkspace),
    (7, What::AddToTalkspace),
    (1, What::CloseTalkspace),
    (2, What::HangUp),
    (7, What::MoveParticipant),
    (2, What::MuteParticipant),
    (2, What::UnmuteParticipant),
    (4, What::CreateMedia),
    (1, What::ListMedia),
    (2, What::RecordMedia),
    (5, What::BlastMedia),
    (1, What::GetMediaStatus),
    (4, What::RequestUploadGrant),
    (2, What::RemoveMedia),
    (7, What::UploadMedia),
    (1, What::DownloadMedia),
    (8, What::Wait),
    (1, What::Outage),
];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let what = proptest::strategy::Union::new_weighted(
        WEIGHTS
            .iter()
            .map(|(weight, what)| (*weight, Just(*what)))
            .collect(),
    );
    let odd = prop::bool::weighted(0.2);
    let step = (
        what,
        0..25usize,
        0..7usize,
        0..6usize,
        0..6usize,
        0..8usize,
        odd,
    )
        .prop_map(|(what, app, person, one, other, option, odd)| Step {
            what,
            app,
            person,
            one,
            other,
            option,
            odd,
        });
    prop::collection::vec(step, 1..50)
}

/// Tries a law with so many sequences.
#[cfg(test)]
fn holds<V: std::fmt::Debug>(
    cases: u32,
    failures: &str,
    values: &impl Strategy<Value = V>,
    law: impl Fn(V),
) {
    let config = Config {
        max_shrink_time: MAX_SHRINK_TIME,
        ..laws::config(cases, failures)
    };
    let held = laws::holds(config, values, |values| {
        law(values);
        Ok(())
    });
    held.unwrap_or_else(|broken| panic!("{broken}"));
}

#[test]
fn the_laws_hold() {
    holds(2_000, "sandbox/regressions.txt", &steps(), |steps| {
        let mut run = Run::new();
        for step in steps {
            run.step(&step);
        }
        run.check();
        run.wait(Duration::from_secs(3600));
        run.check();
    });
}

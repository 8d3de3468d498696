//! A sandbox that comes back to what was saved is as it was, and goes on as it would have.

use std::time::Duration;

use proptest::prelude::*;
use talkspace_sandbox::Sandbox;
use talkspace_sandbox::view::Snapshot;
use talkspace_tests::laws;

use crate::run::{Run, builder};
use crate::{holds, steps};

/// All that is seen, with times from now on or until now.
fn seen(sandbox: &Sandbox) -> Snapshot {
    let mut seen = sandbox.snapshot();
    let now = seen.clock.now;
    let away = |at: &mut Duration| *at = at.abs_diff(now);
    for call in &mut seen.calls {
        away(&mut call.since);
        call.until.iter_mut().for_each(away);
    }
    for room in &mut seen.talkspaces {
        room.since.iter_mut().for_each(away);
        room.people.iter_mut().for_each(|it| away(&mut it.since));
    }
    for media in &mut seen.media {
        media.grants.iter_mut().for_each(away);
    }
    seen.run.clear();
    (seen.seq, seen.clock.now) = (0, Duration::ZERO);
    seen
}

#[test]
fn it_is_as_it_was_when_it_was_saved() {
    let values = (steps(), steps(), steps(), any::<bool>());
    let cases = laws::cases(60);
    holds(
        cases,
        "sandbox/saved.txt",
        &values,
        |(before, other, after, is_held)| {
            let mut run = Run::new();
            if is_held {
                run.hold();
            }
            before.iter().for_each(|step| run.step(step));
            let (saved, then, model) = (run.sandbox.save(), seen(&run.sandbox), run.model.clone());
            let mut watch = run.sandbox.watch();
            other.iter().for_each(|step| run.step(step));

            if is_held {
                // Whoever does what the crowd would does not know that it was before.
                run.sandbox.restore(&saved).unwrap();
                assert_eq!(seen(&run.sandbox), then);
            } else {
                // Here, and where nothing has happened.
                let elsewhere = Run::on(builder().build().unwrap());
                let ends = [&mut run, &mut { elsewhere }].map(|run| {
                    run.sandbox.restore(&saved).unwrap();
                    assert_eq!(seen(&run.sandbox), then);
                    run.model = model.clone();
                    run.check();
                    after.iter().for_each(|step| run.step(step));
                    run.wait(Duration::from_secs(3600));
                    run.check();
                    let rooms = run.sandbox.talkspaces().into_iter().map(|room| room.id);
                    (run.observe(), rooms.collect::<Vec<_>>())
                });
                // New calls have other numbers here; all else is the same, fresh ids among it.
                assert_eq!(ends[0], ends[1]);
            }
            assert!(watch.events().is_err());
        },
    );
}

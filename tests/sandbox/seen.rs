//! Whoever has a snapshot and is told what happens since knows what there is.

use std::time::Duration;

use proptest::prelude::*;
use talkspace_sandbox::view::Snapshot;
use talkspace_sandbox::{Sandbox, Watch};
use talkspace_tests::laws;

use crate::run::{Run, builder};
use crate::{Step, holds, steps};

struct Follower {
    watch: Watch,
    seen: Snapshot,
}

impl Follower {
    fn of(sandbox: &Sandbox) -> Self {
        let watch = sandbox.watch();
        let seen = sandbox.snapshot();
        Self { watch, seen }
    }

    fn follow(&mut self, sandbox: &Sandbox) {
        for event in self.watch.events().unwrap() {
            assert_eq!(event.seq, self.seen.seq + 1, "there is a gap");
            self.seen.apply(&event);
        }
        let now = sandbox.snapshot();
        assert_eq!(self.seen, now);
        let places: Vec<_> = now.talkspaces.iter().map(|room| room.id.clone()).collect();
        for id in places {
            assert_eq!(sandbox.talkspace(&id).as_ref(), now.talkspace(&id));
        }
    }
}

fn follow(mut run: Run, steps: &[Step]) {
    let mut follower = Follower::of(&run.sandbox);
    for step in steps {
        run.step(step);
        follower.follow(&run.sandbox);
    }
    run.wait(Duration::from_secs(3600));
    follower.follow(&run.sandbox);
}

#[test]
fn a_snapshot_and_the_events_since_make_every_later_one() {
    let values = (steps(), any::<bool>());
    holds(
        laws::cases(200),
        "sandbox/seen.txt",
        &values,
        |(steps, is_held)| {
            let mut run = Run::new();
            if is_held {
                run.hold();
            }
            follow(run, &steps);
        },
    );
}

#[test]
fn it_is_so_while_the_state_is_kept_in_a_file() {
    let folder = std::env::temp_dir().join(format!("talkspace-seen-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    holds(
        laws::cases(20),
        "sandbox/seen_kept.txt",
        &steps(),
        |steps| {
            let file = folder.join("state");
            let server = builder().state(&file).start().unwrap();
            follow(Run::on(server.sandbox().clone()), &steps);
            drop(server);
            std::fs::remove_file(file).unwrap();
        },
    );
    std::fs::remove_dir_all(folder).unwrap();
}

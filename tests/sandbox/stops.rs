//! A sandbox that is stopped, or killed, and started again goes on as one that
//! was not.

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use talkspace_sandbox::Server;
use talkspace_tests::laws;

use crate::run::{Run, builder};
use crate::{Step, What, holds, steps};

/// A run on a sandbox that keeps its state in a file.
struct Kept {
    run: Run,
    server: Option<Server>,
    folder: PathBuf,
    starts: usize,
}

impl Kept {
    fn new() -> Self {
        let name = format!("talkspace-laws-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut files = std::fs::read_dir(&folder).unwrap();
        assert!(files.next().is_none(), "there is one at a time");
        let server = builder().state(folder.join("0")).start().unwrap();
        Self {
            run: Run::on(server.sandbox().clone()),
            server: Some(server),
            folder,
            starts: 0,
        }
    }

    fn restart(&mut self, is_killed: bool) {
        let file = |number: usize| self.folder.join(number.to_string());
        let (old, new) = (file(self.starts), file(self.starts + 1));
        if is_killed {
            // What is in the file now is what a process leaves that is killed.
            std::fs::copy(&old, &new).unwrap();
            self.server = None;
        } else {
            self.server = None;
            std::fs::rename(&old, &new).unwrap();
        }
        self.starts += 1;
        let server = builder().state(new).start().unwrap();
        let sandbox = server.sandbox().clone();
        sandbox.set_outage(self.run.model.outage);
        // A process that is killed does not write how late it was.
        let late = self.run.model.now - sandbox.clock().now();
        assert!(is_killed || late == Duration::ZERO);
        sandbox.advance(late);
        self.run.go_on_with(sandbox);
        self.server = Some(server);
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.server = None;
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Steps, and before which of them there is a stop.
fn stopped() -> impl Strategy<Value = Vec<(Step, Option<bool>)>> {
    let stops = prop::collection::vec(prop::option::weighted(0.1, any::<bool>()), 50);
    (steps(), stops).prop_map(|(steps, stops)| steps.into_iter().zip(stops).collect())
}

#[test]
fn a_stop_changes_nothing_that_can_be_seen() {
    let cases = laws::cases(50);
    holds(cases, "sandbox/stops.txt", &stopped(), |steps| {
        let (mut kept, mut other) = (Kept::new(), Run::new());
        for (step, stop) in steps {
            if let Some(is_killed) = stop {
                kept.restart(is_killed);
                assert_eq!(kept.run.observe(), other.observe());
            }
            // Which number it was is not kept, so it can be changed to itself.
            if kept.starts > 0 && matches!(step.what, What::ChangePhone) {
                continue;
            }
            kept.run.step(&step);
            other.step(&step);
        }
        kept.restart(false);
        assert_eq!(kept.run.observe(), other.observe());
        for run in [&mut kept.run, &mut other] {
            run.check();
            run.wait(Duration::from_secs(3600));
            run.check();
        }
        assert_eq!(kept.run.observe(), other.observe());
    });
}

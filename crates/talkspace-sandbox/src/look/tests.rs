//! Waiting for what is seen, and being told what was.

use std::thread;
use std::time::Duration;

use talkspace_core::{BlockingClient, CreateTalkspace};

use crate::view::Snapshot;
use crate::{Clock, Sandbox, SandboxBuilder};

fn frozen() -> (Sandbox, BlockingClient) {
    let sandbox = Sandbox::builder().examples().clock(Clock::frozen());
    let sandbox = sandbox.build().unwrap();
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
        .build_blocking(sandbox.transport())
        .unwrap();
    (sandbox, client)
}

#[test]
fn what_another_thread_does_ends_the_waiting() {
    let (sandbox, client) = frozen();
    let other = sandbox.clone();
    let waiting = thread::spawn(move || {
        let somebody_is_in = |seen: &Snapshot| seen.talkspaces.iter().any(|room| room.has("eta"));
        other.wait_until(somebody_is_in)
    });
    client.send(CreateTalkspace::new("eta")).unwrap();
    sandbox.advance(Duration::from_secs(1));
    let seen = waiting.join().unwrap().unwrap();
    assert_eq!(seen.calls.len(), 1);
    assert_eq!(seen.clock.now, Duration::from_secs(1));
}

#[test]
fn the_real_clock_ends_the_waiting_in_a_sandbox_without_a_server() {
    let sandbox = Sandbox::builder().examples().build().unwrap();
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
        .build_blocking(sandbox.transport())
        .unwrap();
    let id = client
        .send(CreateTalkspace::new("eta"))
        .unwrap()
        .conference_id;
    let is_in = |seen: &Snapshot| seen.talkspace(&id).is_some_and(|room| room.has("eta"));
    sandbox.wait_until(is_in).unwrap();
}

#[test]
fn what_never_becomes_so_is_an_error_that_says_what_was_seen() {
    let (sandbox, client) = frozen();
    let id = client
        .send(CreateTalkspace::new("eta"))
        .unwrap()
        .conference_id;
    sandbox.advance(Duration::from_millis(100));
    let never = sandbox.backend.wait_until(Duration::ZERO, |_| false);
    assert_eq!(
        never.unwrap_err().to_string(),
        format!(
            "it did not become so in 0ns; seen last, at 100ms of the sandbox's clock (frozen): \
             1 call (1 to eta: ringing), 1 open TalkSpace ({id}: eta ringing)"
        )
    );
}

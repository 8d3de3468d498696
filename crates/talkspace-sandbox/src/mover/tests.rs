//! Something happens though nobody sends anything, or looks.

use std::time::{Duration, Instant};

use talkspace_core::{BlockingClient, CreateTalkspace};

use crate::{Clock, Sandbox, SandboxBuilder};

/// A call is placed and answered. Nothing but the mover lets it.
fn a_call_is_answered(clock: Clock, advance: impl Fn(&Clock)) {
    let server = Sandbox::builder().examples().clock(clock);
    let server = server.start().unwrap();
    let sandbox = server.sandbox();
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
        .build_blocking(sandbox.transport())
        .unwrap();
    client.send(CreateTalkspace::new("eta")).unwrap();
    advance(sandbox.clock());
    let start = Instant::now();
    while sandbox.backend.next_at().is_some() {
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::yield_now();
    }
}

#[test]
fn the_real_clock_moves_it() {
    a_call_is_answered(Clock::real(), |_| {});
}

#[test]
fn a_frozen_clock_moves_it_when_it_is_moved() {
    a_call_is_answered(Clock::frozen(), |clock| {
        clock.advance(Duration::from_millis(200));
    });
}

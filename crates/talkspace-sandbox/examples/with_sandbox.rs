//! A program and its tests with the sandbox in memory. What a test asks takes up to three lines:
//! was the greeting sent, was she muted, what if a response is lost, if there is a 429, if nobody
//! picks up.
//!
//! ```sh
//! cargo test -p talkspace-sandbox --example with_sandbox
//! ```

#![allow(clippy::print_stdout, reason = "a program for people")]

use talkspace_core::{
    AddToTalkspace, BlockingClient, ConferenceId, CreateTalkspace, Error, PollOptions,
};
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder};

const GREETING: &str = SandboxBuilder::EXAMPLE_MEDIA[0];

/// The program under test: eta calls theta, who is to listen first.
fn call_theta(client: &BlockingClient) -> Result<ConferenceId, Error> {
    let patience = PollOptions::default();
    let create = CreateTalkspace::new("eta").greeting_id(GREETING);
    let id = client.send(create)?.conference_id;
    client.wait_for_participant(&id, "eta", patience)?;
    let add = AddToTalkspace::new(&id, "@theta").muted(true);
    client.send_surely(add, patience).into_result()?;
    client.wait_for_participant(&id, "@theta", patience)?;
    Ok(id)
}

/// A sandbox in memory whose clock the client's waiting moves.
fn start() -> Result<(Sandbox, BlockingClient), Box<dyn std::error::Error>> {
    let builder = Sandbox::builder().examples().clock(Clock::frozen());
    let sandbox = builder.build()?;
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY);
    let client = client.build_blocking(sandbox.transport())?;
    Ok((sandbox, client))
}

/// A program of yours has a transport here that reaches the service.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (sandbox, client) = start()?;
    call_theta(&client)?;
    assert_eq!(sandbox.rings("@theta"), 1);
    println!("@theta was called once");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use talkspace_core::ErrorKind;
    use talkspace_sandbox::Fault;

    use super::*;

    #[test]
    fn it_runs() {
        main().unwrap();
    }

    #[test]
    fn was_the_greeting_sent() {
        let (sandbox, client) = start().unwrap();
        call_theta(&client).unwrap();
        let [create] = sandbox.requests::<CreateTalkspace>().try_into().unwrap();
        assert_eq!(create.greeting_id, Some(GREETING.into()));
    }

    #[test]
    fn was_she_muted() {
        let (sandbox, client) = start().unwrap();
        let id = call_theta(&client).unwrap();
        assert!(sandbox.requests::<AddToTalkspace>()[0].muted);
        assert!(sandbox.is_muted(&id, "@theta"));
    }

    #[test]
    fn a_lost_response_rings_nobody_twice() {
        let (sandbox, client) = start().unwrap();
        sandbox.fault::<AddToTalkspace>(Fault::lose_response().once());
        let _ = call_theta(&client);
        assert_eq!(sandbox.rings("@theta"), 1);
    }

    #[test]
    fn a_429_is_told_and_nobody_is_called() {
        let (sandbox, client) = start().unwrap();
        sandbox.fault::<AddToTalkspace>(Fault::status(429).retry_after(Duration::from_secs(60)));
        let error = call_theta(&client).unwrap_err();
        assert_eq!(
            (error.kind(), sandbox.rings("@theta")),
            (ErrorKind::Status, 0)
        );
    }

    #[test]
    fn nobody_picks_up() {
        let (sandbox, client) = start().unwrap();
        let _unanswered = sandbox.telephone("@theta").unwrap();
        let error = call_theta(&client).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PollTimeout);
    }
}

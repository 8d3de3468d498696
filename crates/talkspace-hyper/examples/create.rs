//! Creates a TalkSpace, calls a second person into it, and waits until they are there.
//!
//! ```sh
//! cargo run --bin talkspace -- sandbox    # in another terminal
//! export TALKSPACE_BASE_URL=http://127.0.0.1:8080
//! export TALKSPACE_APP_KEY=11111111-2222-3333-4444-555555555555
//! cargo run -p talkspace-hyper --example create eta @theta
//! ```

#![allow(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;

use talkspace_hyper::{
    AddToTalkspace, Client, CloseTalkspace, CreateTalkspace, HyperTransport, PollOptions,
};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (leader, member) = arguments
        .next()
        .zip(arguments.next())
        .ok_or("usage: create LEADER MEMBER")?;
    let url = std::env::var("TALKSPACE_BASE_URL")?;
    let key = std::env::var("TALKSPACE_APP_KEY")?;
    let client = Client::builder(url.as_str(), key).build(HyperTransport::new())?;

    // Of what rings a telephone, `send_surely` also finds out whether it rang.
    let polling = PollOptions::default();
    let create = client.send_surely(CreateTalkspace::new(&leader), polling);
    let id = create.await.into_result()?.conference_id;
    println!("calling {leader}");
    client.wait_for_participant(&id, &leader, polling).await?;

    let add = client.send_surely(AddToTalkspace::new(&id, &member), polling);
    add.await.into_result()?;
    println!("calling {member}");
    let seen = client.wait_for_participant(&id, &member, polling).await?;
    println!("{} people are in TalkSpace {id}", seen.participants.len());

    client.send(CloseTalkspace::new(&id)).await?;
    println!("closed");
    Ok(())
}

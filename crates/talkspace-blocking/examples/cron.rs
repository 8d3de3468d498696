//! A tool for cron that calls people together and says who came. Ctrl-C ends the
//! TalkSpace, so that no phone rings on.
//!
//! ```sh
//! cargo run --bin talkspace -- sandbox    # in another terminal
//! export TALKSPACE_BASE_URL=http://127.0.0.1:8080
//! export TALKSPACE_APP_KEY=11111111-2222-3333-4444-555555555555
//! cargo run -p talkspace-blocking --example cron eta @theta
//! ```
//!
//! It ends with 0 if all came, 1 if not, and 2 if what happened is not known.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people"
)]

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use talkspace_blocking::{
    AddToTalkspace, CancelToken, Client, CloseTalkspace, CreateTalkspace, Delivery, HttpTransport,
    PollOptions,
};

pub(crate) fn main() -> ExitCode {
    match call(std::env::args().skip(1)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            let error = error.downcast_ref::<talkspace_blocking::Error>();
            let in_doubt = error.is_some_and(|error| error.delivery() == Delivery::MaybeSent);
            ExitCode::from(if in_doubt { 2 } else { 1 })
        }
    }
}

/// Calls these people together, the leader first, and says whether all came.
fn call(mut people: impl Iterator<Item = String>) -> Result<bool, Box<dyn Error>> {
    let leader = people.next().ok_or("usage: cron LEADER [MEMBER]...")?;
    let url = std::env::var("TALKSPACE_BASE_URL")?;
    let key = std::env::var("TALKSPACE_APP_KEY")?;
    let client = Client::builder(url.as_str(), key).build_blocking(HttpTransport::new())?;

    let cancel = CancelToken::new();
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let on_signal = cancel.clone();
    std::thread::spawn(move || signals.forever().for_each(|_signal| on_signal.cancel()));

    let calling = client.with_cancel(&cancel);
    let patience = PollOptions::default().timeout(Duration::from_secs(60));
    let made = calling.send_surely(CreateTalkspace::new(leader), patience);
    let id = made.into_result()?.conference_id;
    let mut all_came = true;
    for who in people {
        let came = calling
            .send_surely(AddToTalkspace::new(&id, &who), patience)
            .into_result()
            .and_then(|_added| calling.wait_for_participant(&id, &who, patience));
        match came {
            Ok(_) => println!("{who} is there"),
            Err(error) => {
                println!("{who}: {error}");
                all_came = false;
            }
        }
        if cancel.is_cancelled() {
            // The client itself is not cancelled: it can still end the calls.
            client.send(CloseTalkspace::new(&id))?;
            return Err("ended by a signal; the TalkSpace is closed".into());
        }
    }
    println!("{id}");
    Ok(all_came)
}

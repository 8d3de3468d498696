//! A client that progenitor generates from `progenitor.json`, when this
//! package is built.

use std::hint::black_box;

use bench::asynchronous;
use bench::{Outcome, work};

use generated::Client;
use generated::types::CreateTalkspaceForm;

#[allow(
    clippy::all,
    dead_code,
    unreachable_pub,
    reason = "this is how progenitor writes"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/progenitor.rs"));
}

struct Generated(Client);

fn main() -> Outcome<()> {
    asynchronous::run(|origin| {
        peers::provide()?;
        let base = origin.url("");
        let client = Client::new_with_client(&base, reqwest::Client::builder().build()?);
        Ok(async move || Ok(Generated(client.clone())))
    })
}

impl asynchronous::Client for Generated {
    async fn create(&mut self) -> Outcome<()> {
        let form = CreateTalkspaceForm {
            appkey: work::APP_KEY.to_owned(),
            greetingid: Some(work::GREETING_ID.to_owned()),
            networkid: work::NETWORK_ID.to_owned(),
            recordingid: None,
        };
        let response = self.0.create_talkspace(&form).await?.into_inner();
        let conference = &response.conference_response;
        work::check(u16::try_from(conference.status)?, &conference.conference_id)?;
        black_box(response);
        Ok(())
    }
}

//! talkspace-hyper.

use std::hint::black_box;

use bench::asynchronous::{self, Create};
use bench::{Outcome, work};
use talkspace_hyper::{Client, CreateTalkspace, HyperTransport};

struct Talkspace(Client);

fn main() -> Outcome<()> {
    asynchronous::run(|address| {
        let client = Client::builder(format!("http://{address}"), work::APP_KEY)
            .build(HyperTransport::new())?;
        Ok(async move || Ok(Talkspace(client.clone())))
    })
}

impl Create for Talkspace {
    async fn create(&mut self) -> Outcome<()> {
        let request = CreateTalkspace::new(work::NETWORK_ID).greeting_id(work::GREETING_ID);
        let made = self.0.send(request).await?;
        work::check(made.status.code(), made.conference_id.as_str())?;
        black_box(made);
        Ok(())
    }
}

//! talkspace-blocking.

use std::hint::black_box;

use bench::{Outcome, blocking, work};
use talkspace_blocking::{Client, CreateTalkspace, HttpTransport};

fn main() -> Outcome<()> {
    blocking::run(|address| {
        let client = Client::builder(format!("http://{address}"), work::APP_KEY)
            .build_blocking(HttpTransport::new())?;
        Ok(move || {
            let client = client.clone();
            Ok(move || {
                let request = CreateTalkspace::new(work::NETWORK_ID).greeting_id(work::GREETING_ID);
                let made = client.send(request)?;
                work::check(made.status.code(), made.conference_id.as_str())?;
                black_box(made);
                Ok(())
            })
        })
    })
}

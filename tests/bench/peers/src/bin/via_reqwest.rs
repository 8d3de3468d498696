//! reqwest, async.

use std::hint::black_box;

use bench::Outcome;
use bench::asynchronous::{self, Create};
use bench::work::{self, Created};
use reqwest::Client;

#[derive(Clone)]
struct Reqwest {
    client: Client,
    url: String,
}

fn main() -> Outcome<()> {
    asynchronous::run(|address| {
        let reqwest = Reqwest {
            client: Client::builder().build()?,
            url: format!("http://{address}{}", work::PATH),
        };
        Ok(async move || Ok(reqwest.clone()))
    })
}

impl Create for Reqwest {
    async fn create(&mut self) -> Outcome<()> {
        let request = self.client.post(&self.url).form(&work::FIELDS);
        let response = request.send().await?.error_for_status()?;
        let response: Created = response.json().await?;
        response.check()?;
        black_box(response);
        Ok(())
    }
}

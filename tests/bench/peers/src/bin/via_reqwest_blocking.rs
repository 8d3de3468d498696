//! reqwest's blocking client, which has a runtime in a thread of its own.

use std::hint::black_box;

use bench::work::{self, Created};
use bench::{Outcome, blocking};
use reqwest::blocking::Client;

fn main() -> Outcome<()> {
    blocking::run(|address| {
        let client = Client::builder().build()?;
        let url = format!("http://{address}{}", work::PATH);
        Ok(move || {
            let (client, url) = (client.clone(), url.clone());
            Ok(move || {
                let response = client.post(&url).form(&work::FIELDS).send()?;
                let response: Created = response.error_for_status()?.json()?;
                response.check()?;
                black_box(response);
                Ok(())
            })
        })
    })
}

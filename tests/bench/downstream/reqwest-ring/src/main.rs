//! Creates one TalkSpace: base URL, key and network id are the arguments.

use std::env;
use std::error::Error;
use std::io::{self, Write as _};

use serde::Deserialize;

#[derive(Deserialize)]
struct Created {
    #[serde(rename = "ConferenceResponse")]
    conference: Conference,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Conference {
    conference_id: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| "there is a provider already")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let [url, key, network_id] = arguments()?;
        let form = [("networkid", &network_id), ("appkey", &key)];
        let request = reqwest::Client::new().post(format!("{url}/api/rest/conference"));
        let made: Created = request.form(&form).send().await?.json().await?;
        writeln!(io::stdout(), "{}", made.conference.conference_id)?;
        Ok(())
    })
}

fn arguments() -> Result<[String; 3], &'static str> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    arguments.try_into().map_err(|_| "URL KEY NETWORKID")
}

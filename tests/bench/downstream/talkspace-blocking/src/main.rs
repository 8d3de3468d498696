//! Creates one TalkSpace: base URL, key and network id are the arguments.

use std::env;
use std::error::Error;
use std::io::{self, Write as _};

use talkspace_blocking::{Client, CreateTalkspace, HttpTransport};

fn main() -> Result<(), Box<dyn Error>> {
    let [url, key, network_id] = arguments()?;
    let client = Client::builder(url, key).build_blocking(HttpTransport::new())?;
    let made = client.send(CreateTalkspace::new(network_id))?;
    writeln!(io::stdout(), "{}", made.conference_id)?;
    Ok(())
}

fn arguments() -> Result<[String; 3], &'static str> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    arguments.try_into().map_err(|_| "URL KEY NETWORKID")
}

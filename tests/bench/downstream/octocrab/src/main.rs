//! Opens one issue, since it cannot create a TalkSpace: owner, repository and
//! title are the arguments.

use std::env;
use std::error::Error;
use std::io::{self, Write as _};

use octocrab::Octocrab;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let [owner, repository, title] = arguments()?;
        let client = Octocrab::builder().build()?;
        let made = client
            .issues(owner, repository)
            .create(title)
            .send()
            .await?;
        writeln!(io::stdout(), "{}", made.number)?;
        Ok(())
    })
}

fn arguments() -> Result<[String; 3], &'static str> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    arguments.try_into().map_err(|_| "OWNER REPOSITORY TITLE")
}

//! How a command reaches the service.

use std::path::PathBuf;

use clap::Args;
use talkspace_core::AppKey;

use crate::sender::{Carrier, Sender};

/// The variable that holds the key.
const KEY_VARIABLE: &str = "TALKSPACE_APP_KEY";

/// Where the service is, and on whose behalf.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// Where the service is, such as https://host or http://127.0.0.1:8080
    #[arg(long, value_name = "URL", env = "TALKSPACE_BASE_URL")]
    base_url: String,

    /// A file that holds the application key; else TALKSPACE_APP_KEY is read
    #[arg(long, value_name = "FILE")]
    app_key_file: Option<PathBuf>,

    /// What carries the request
    #[arg(long, value_enum, default_value_t = Carrier::Hyper)]
    transport: Carrier,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,

    /// Tell each request, answer and wait, without the key and phone numbers
    #[arg(long, short)]
    verbose: bool,

    /// Show the request and send nothing
    #[arg(long)]
    dry_run: bool,
}

impl Connection {
    /// Makes a client ready.
    ///
    /// The key never comes from an argument, since every process can see those.
    pub(crate) fn open(&self) -> Result<Sender, String> {
        self.open_for(true)
    }

    /// The same for an operation that may not need the key; one that does not
    /// need it does not read it.
    pub(crate) fn open_for(&self, needs_key: bool) -> Result<Sender, String> {
        if self.dry_run {
            // It is not shown, so it need not be there.
            return Sender::rehearsing(&self.base_url, AppKey::new("key"), self.json);
        }
        let key = if needs_key {
            self.app_key()?
        } else {
            AppKey::new("")
        };
        Sender::new(self.transport, &self.base_url, key, self.verbose)
    }

    fn app_key(&self) -> Result<AppKey, String> {
        let key = match &self.app_key_file {
            Some(file) => std::fs::read_to_string(file)
                .map_err(|error| format!("cannot read the key from {}: {error}", file.display()))?,
            None => std::env::var(KEY_VARIABLE).map_err(|_| {
                format!("there is no application key; set {KEY_VARIABLE} or use --app-key-file")
            })?,
        };
        match key.trim() {
            "" => Err("the application key is empty".to_owned()),
            key => Ok(AppKey::new(key)),
        }
    }
}

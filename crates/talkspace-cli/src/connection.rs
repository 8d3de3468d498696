//! How a command reaches the service.

use std::path::PathBuf;

use clap::Args;
use http::HeaderName;
use talkspace_core::recording::Recorder;
use talkspace_core::{AppKey, Client, ClientBuilder, MediaId};

use crate::failure::Failure;
use crate::limits::Bounds;
use crate::network::Network;
use crate::recording::Recording;
use crate::rehearsal::Rehearsal;
use crate::report::{Manner, Outcome};
use crate::secret;
use crate::sender::{Engine, Sender};
use crate::trace::Trace;

/// The variable that holds the key.
pub(crate) const KEY_VARIABLE: &str = "TALKSPACE_APP_KEY";

/// Where the service is, and on whose behalf.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// Where the service is, such as https://host or http://127.0.0.1:8080
    #[arg(
        long,
        value_name = "URL",
        env = "TALKSPACE_BASE_URL",
        hide_env_values = true
    )]
    base_url: String,

    /// Send to this host over plain http, such as `sandbox` in a network of containers; may
    /// be repeated. Anybody on the network path can read the application key, phone
    /// numbers and sounds, and change them
    #[arg(long, value_name = "HOST", value_delimiter = ',')]
    #[arg(env = "TALKSPACE_PLAIN_HTTP_HOST", hide_env_values = true)]
    plain_http_host: Vec<String>,

    /// A file that holds the application key, `-` for standard input; else
    /// TALKSPACE_APP_KEY is read
    #[arg(long, value_name = "FILE")]
    app_key_file: Option<PathBuf>,

    /// The greeting of phone calls for which a request names none; else the service plays its own
    #[arg(
        long,
        value_name = "MEDIA_ID",
        env = "TALKSPACE_GREETING_ID",
        hide_env_values = true
    )]
    default_greeting_id: Option<MediaId>,

    /// The transport that sends the request
    #[arg(long, value_enum, default_value_t = Engine::Hyper)]
    transport: Engine,

    /// Send an id in this header field, such as X-Request-Id, by which the service's log has
    /// the request. It is the same in all attempts; --verbose and errors show it
    #[arg(long, value_name = "NAME")]
    request_id_header: Option<HeaderName>,

    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,

    /// Show each request, status code and backoff, and the body of an error
    /// response, without the key and phone numbers
    #[arg(long, short)]
    verbose: bool,

    /// Append each request and its response to this file, as lines of JSON without the
    /// key, grants and the phone numbers of requests; a program's tests can replay it. Two
    /// commands at a time need two files
    #[arg(long, value_name = "FILE")]
    #[arg(env = "TALKSPACE_RECORD", hide_env_values = true)]
    record: Option<PathBuf>,

    /// Show the request and send nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    pub(crate) network: Network,

    #[command(flatten)]
    pub(crate) bounds: Bounds,
}

impl Connection {
    pub(crate) const fn manner(&self) -> Manner {
        Manner {
            json: self.json,
            verbose: self.verbose,
        }
    }

    pub(crate) const fn is_rehearsed(&self) -> bool {
        self.dry_run
    }

    /// Does something with a client that is ready, or shows what it would send.
    /// What needs no key does not read it.
    pub(crate) fn with_sender(
        &self,
        needs_key: bool,
        work: impl FnOnce(&Sender) -> Result<Outcome, Failure>,
    ) -> Result<Outcome, Failure> {
        self.with_sender_for(needs_key, |builder| builder, work)
    }

    /// The same with more settings.
    pub(crate) fn with_sender_for(
        &self,
        needs_key: bool,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
        work: impl FnOnce(&Sender) -> Result<Outcome, Failure>,
    ) -> Result<Outcome, Failure> {
        let rehearsal = Rehearsal::default();
        let recording = self.recording().map_err(Failure::Usage)?;
        let recorder = recording.as_ref().map(Recording::recorder);
        let sender = self.open(needs_key, settings, &rehearsal, recorder);
        let outcome = work(&sender.map_err(Failure::Usage)?);
        if let Some(recording) = recording {
            recording.finish();
        }
        match rehearsal.show(self.json)? {
            // It ended as if it had been cancelled.
            true => Ok(Outcome::Quiet),
            false => outcome,
        }
    }

    fn open(
        &self,
        needs_key: bool,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
        rehearsal: &Rehearsal,
        recorder: Option<Recorder>,
    ) -> Result<Sender, String> {
        let key = match (self.dry_run, needs_key) {
            // It is not shown, so it need not be there.
            (true, _) => AppKey::new("key"),
            (false, true) => self.app_key()?,
            (false, false) => AppKey::new(""),
        };
        // Copied along with the URL, from a file or a page.
        let base_url = self.base_url.trim();
        let mut builder = Client::builder(base_url, key).options(self.bounds.options());
        for host in &self.plain_http_host {
            builder = builder.plain_http_host(host);
        }
        if let Some(greeting) = &self.default_greeting_id {
            builder = builder.greeting_id(greeting);
        }
        if let Some(name) = &self.request_id_header {
            builder = builder.request_id_header(name);
        }
        let builder = settings(builder);
        if self.dry_run {
            return Sender::rehearsing(builder, rehearsal.clone());
        }
        let trace = Trace::new(self.verbose, self.request_id_header.clone());
        Sender::new(
            self.transport,
            builder,
            Some(&self.network),
            trace,
            recorder,
        )
    }

    /// What is sent is recorded; what is shown alone is not.
    fn recording(&self) -> Result<Option<Recording>, String> {
        let file = self.record.as_deref().filter(|_| !self.dry_run);
        file.map(Recording::open).transpose()
    }

    fn app_key(&self) -> Result<AppKey, String> {
        let key = match &self.app_key_file {
            Some(file) => secret::from_file("application key", file)?,
            None => secret::from_variable("application key", KEY_VARIABLE)?.ok_or_else(|| {
                format!("there is no application key; set {KEY_VARIABLE} or use --app-key-file")
            })?,
        };
        Ok(AppKey::new(key))
    }
}

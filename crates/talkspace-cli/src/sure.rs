//! Requests that must not be sent twice, and what became of them.

use clap::Args;
use serde_json::{Value, json};
use talkspace_core::sure::{Candidate, SureRequest};
use talkspace_core::{
    GetMediaStatus, GetRegistrationStatus, GetTalkspace, Operation, PollOptions, Sure, SureOptions,
};

use crate::failure::Failure;
use crate::seconds::{Seconds, more_than_none};
use crate::sender::Sender;
use crate::{print, words};

/// What an operation has to be sure, whose result can be looked for.
#[derive(Debug, Args)]
#[command(next_help_heading = "A response that is lost")]
pub(crate) struct SureArgs {
    /// Finds out what became of the request if its response is lost: applied, not applied, or
    /// in doubt. It looks before the request, and in doubt after it, for 60 seconds at most,
    /// or for as many as are given: `--sure=300`. The request is not sent again.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "60", value_parser = more_than_none)]
    sure: Option<Seconds>,
    /// Nothing else has the same result meanwhile, so that what is there now and was not there
    /// before is the result of this request. Without it, that is in doubt.
    #[arg(long, requires = "sure")]
    exclusive: bool,
}

impl SureArgs {
    /// Sends a request, surely if that is asked for.
    pub(crate) fn send<O>(&self, sender: &Sender, request: O) -> Result<O::Response, Failure>
    where
        O: SureRequest<Look: Look>,
    {
        let Some(Seconds(at_most)) = self.sure.filter(|_| !sender.rehearses()) else {
            return Ok(sender.send(request)?);
        };
        let mut options = SureOptions::from(PollOptions::default().timeout(at_most));
        options.exclusive = self.exclusive;
        match sender.send_surely(request, options) {
            Sure::Applied { response, .. } => Ok(response),
            Sure::NotApplied(error) => Err(Failure::NotApplied(error)),
            Sure::InDoubt {
                error,
                candidates,
                look_error,
                ..
            } => Err(Failure::InDoubt {
                error,
                candidates: candidates.iter().map(Seen::of).collect(),
                look_error,
            }),
        }
    }

    /// What is known of a request that did not fail, if it was to be sure.
    pub(crate) fn verdict(&self) -> Option<&'static str> {
        self.sure.map(|_| words::APPLIED)
    }

    pub(crate) const fn is_wanted(&self) -> bool {
        self.sure.is_some()
    }
}

/// Where a request in doubt may have been applied.
#[derive(Debug)]
pub(crate) struct Seen {
    command: &'static str,
    /// The options that say what to look at.
    options: Vec<(&'static str, String)>,
}

impl Seen {
    fn of(candidate: &Candidate<impl Look>) -> Self {
        candidate.look.seen()
    }

    /// The command that shows it.
    pub(crate) fn to_text(&self) -> String {
        let options = self.options.iter();
        let options = options.map(|(name, value)| {
            let name = name.replace('_', "-");
            format!(" --{name} {}", print::printable(value))
        });
        format!("talkspace {}{}", self.command, options.collect::<String>())
    }

    pub(crate) fn to_json(&self) -> Value {
        let options = self.options.iter();
        options
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect()
    }
}

/// A request that looks for the result of another, as a command.
pub(crate) trait Look: Operation {
    fn seen(&self) -> Seen;
}

impl Look for GetTalkspace {
    fn seen(&self) -> Seen {
        Seen {
            command: "get-talkspace",
            options: vec![("conference_id", self.conference_id.to_string())],
        }
    }
}

impl Look for GetMediaStatus {
    fn seen(&self) -> Seen {
        Seen {
            command: "get-media-status",
            options: vec![("media_id", self.media_id.to_string())],
        }
    }
}

impl Look for GetRegistrationStatus {
    fn seen(&self) -> Seen {
        Seen {
            command: "get-registration-status",
            options: vec![("network_id", self.network_id.to_string())],
        }
    }
}

//! How long a command may take, and how often it tries.

use clap::Args;
use talkspace_core::{Download, Limits, Policy};

use crate::seconds::{Seconds, more_than_none};

/// Limits of every request, as the library has them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct Bounds {
    /// The longest time to find and to reach the service
    #[arg(long, value_name = "SECONDS", value_parser = more_than_none)]
    #[arg(default_value_t = Seconds(Limits::default().connect))]
    connect_timeout: Seconds,

    /// The longest time until the service begins its response
    #[arg(long, visible_alias = "response-timeout")]
    #[arg(value_name = "SECONDS", value_parser = more_than_none)]
    #[arg(default_value_t = Seconds(Limits::default().first_byte))]
    first_byte_timeout: Seconds,

    /// The longest silence while a request or a response is on its way
    #[arg(long, value_name = "SECONDS", value_parser = more_than_none)]
    #[arg(default_value_t = Seconds(Limits::default().idle))]
    idle_timeout: Seconds,

    /// The longest time for all of it, retries included. If not said, it is 60,
    /// and an upload or a download may take as long as it moves
    #[arg(long, value_name = "SECONDS", value_parser = more_than_none)]
    total_timeout: Option<Seconds>,

    /// How often a request is sent again at most, where that can do no harm
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    max_retries: u32,
}

impl Bounds {
    /// For a request that is answered at once.
    pub(crate) fn policy(&self) -> Policy {
        let mut limits = Limits::default();
        limits.connect = self.connect_timeout.0;
        limits.first_byte = self.first_byte_timeout.0;
        limits.idle = self.idle_timeout.0;
        let policy = Policy::default()
            .limits(limits)
            .max_retries(self.max_retries);
        match self.total_timeout {
            Some(Seconds(total)) => policy.total(total),
            None => policy,
        }
    }

    /// For an upload, which takes as long as it moves.
    pub(crate) fn upload_policy(&self) -> Policy {
        match self.total_timeout {
            Some(_) => self.policy(),
            None => self.policy().no_total(),
        }
    }

    /// For a download, which takes as long as it moves, too.
    pub(crate) fn limit(&self, download: Download) -> Download {
        match self.total_timeout {
            Some(Seconds(total)) => download.total(total),
            None => download,
        }
    }
}

//! How long a command may take, and how often it tries.

use clap::Args;
use talkspace_core::{Download, Limits, RequestOptions};

use crate::seconds::{Seconds, more_than_none};

/// Limits of every request, as the library has them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct Bounds {
    /// The longest time to find and to reach the service
    #[arg(long, value_name = "SECONDS", value_parser = more_than_none)]
    #[arg(default_value_t = Seconds(Limits::default().connect_timeout))]
    connect_timeout: Seconds,

    /// The longest time until the service begins its response
    #[arg(long, alias = "first-byte-timeout")]
    #[arg(value_name = "SECONDS", value_parser = more_than_none)]
    #[arg(default_value_t = Seconds(Limits::default().response_timeout))]
    response_timeout: Seconds,

    /// The longest silence while a request or a response is on its way
    #[arg(long, alias = "idle-timeout")]
    #[arg(value_name = "SECONDS", value_parser = more_than_none)]
    #[arg(default_value_t = Seconds(Limits::default().read_timeout))]
    read_timeout: Seconds,

    /// The longest time for all of it, retries included. If not said, it is 60,
    /// and an upload or a download may take as long as it moves
    #[arg(long, alias = "total-timeout")]
    #[arg(value_name = "SECONDS", value_parser = more_than_none)]
    timeout: Option<Seconds>,

    /// How often a request is sent again at most, where that can do no harm
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    max_retries: u32,
}

impl Bounds {
    /// For a request that has its response at once.
    pub(crate) fn options(&self) -> RequestOptions {
        let mut limits = Limits::default();
        limits.connect_timeout = self.connect_timeout.0;
        limits.response_timeout = self.response_timeout.0;
        limits.read_timeout = self.read_timeout.0;
        let options = RequestOptions::default()
            .limits(limits)
            .max_retries(self.max_retries);
        match self.timeout {
            Some(Seconds(timeout)) => options.timeout(timeout),
            None => options,
        }
    }

    /// For an upload, which takes as long as it moves.
    pub(crate) fn upload_options(&self) -> RequestOptions {
        match self.timeout {
            Some(_) => self.options(),
            None => self.options().no_timeout(),
        }
    }

    /// For a download, which takes as long as it moves, too.
    pub(crate) fn limit(&self, download: Download) -> Download {
        match self.timeout {
            Some(Seconds(timeout)) => download.timeout(timeout),
            None => download,
        }
    }
}

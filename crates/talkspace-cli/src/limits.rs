//! Timeouts and retries of a command.

use clap::Args;
use talkspace_core::transport::Rate;
use talkspace_core::{Limits, RequestOptions};

use crate::seconds::{Seconds, more_than_none};

/// Limits of every request, as the library has them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct Bounds {
    /// The longest time to resolve the name, to connect and for the TLS handshake
    #[arg(long, value_name = "SECONDS", value_parser = more_than_none)]
    #[arg(default_value_t = Seconds(Limits::default().connect_timeout))]
    connect_timeout: Seconds,

    /// The longest time from the end of the request to the head of the response
    #[arg(long, alias = "first-byte-timeout")]
    #[arg(value_name = "SECONDS", value_parser = more_than_none)]
    #[arg(default_value_t = Seconds(Limits::default().response_timeout))]
    response_timeout: Seconds,

    /// The longest time without a byte while a request or a response is transferred
    #[arg(long, alias = "idle-timeout")]
    #[arg(value_name = "SECONDS", value_parser = more_than_none)]
    #[arg(default_value_t = Seconds(Limits::default().read_timeout))]
    read_timeout: Seconds,

    /// The fewest bytes of a file, or of another body, that move in so many seconds, over and
    /// over, such as 300000/30. A peer that is slower ends the request
    #[arg(long, value_name = "BYTES/SECONDS", value_parser = rate)]
    min_rate: Option<Rate>,

    /// The most bytes of a response that is no download
    #[arg(long, value_name = "BYTES")]
    #[arg(default_value_t = Limits::default().max_body_bytes)]
    max_body_bytes: u64,

    /// The longest time for a request with its retries and backoff. 60 if not
    /// given; an upload or a download may then take as long as bytes move
    #[arg(long, alias = "total-timeout")]
    #[arg(value_name = "SECONDS", value_parser = more_than_none)]
    timeout: Option<Seconds>,

    /// How often a request is retried at most, where that can do no harm
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    max_retries: u32,
}

impl Bounds {
    pub(crate) fn options(&self) -> RequestOptions {
        let mut limits = Limits::default();
        limits.connect_timeout = self.connect_timeout.0;
        limits.response_timeout = self.response_timeout.0;
        limits.read_timeout = self.read_timeout.0;
        limits.min_rate = self.min_rate;
        limits.max_body_bytes = self.max_body_bytes;
        let options = RequestOptions::default()
            .limits(limits)
            .max_retries(self.max_retries);
        match self.timeout {
            Some(Seconds(timeout)) => options.timeout(timeout).transfer_timeout(timeout),
            None => options,
        }
    }
}

/// Reads a rate that something has to keep.
fn rate(text: &str) -> Result<Rate, &'static str> {
    let how = "write bytes and seconds, both more than none, such as 300000/30";
    let (bytes, seconds) = text.split_once('/').ok_or(how)?;
    let bytes = bytes.trim().parse().ok().filter(|bytes| *bytes > 0);
    let Seconds(per) = more_than_none(seconds).map_err(|_| how)?;
    Ok(Rate::new(bytes.ok_or(how)?, per))
}

//! A time as people write it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A number of seconds, such as `0.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seconds(pub(crate) Duration);

impl FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text.trim().parse().ok();
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map(Self)
            .ok_or("write a number of seconds, such as 0.2")
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_secs_f64().fmt(f)
    }
}

/// Reads a time in which something can happen.
pub(crate) fn more_than_none(text: &str) -> Result<Seconds, &'static str> {
    match text.parse()? {
        Seconds(Duration::ZERO) => Err("in no time nothing can be done; write more seconds"),
        seconds => Ok(seconds),
    }
}

//! What `--wait` came to, as a person is told it.

use std::time::{Duration, Instant};

use talkspace_core::Error;
use talkspace_core::response::{
    GetMediaStatusResponse, GetRegistrationStatusResponse, GetTalkspaceResponse,
};

use crate::seconds::Seconds;

/// The response that was polled for.
pub(crate) trait Reached {
    /// What is so now, in a few words.
    fn told(&self) -> String;
}

impl Reached for GetMediaStatusResponse {
    fn told(&self) -> String {
        format!("it has {} bytes", self.file_size)
    }
}

impl Reached for GetRegistrationStatusResponse {
    fn told(&self) -> String {
        "registered".to_owned()
    }
}

impl Reached for GetTalkspaceResponse {
    fn told(&self) -> String {
        let people: Vec<_> = self.participants.iter().map(|id| id.as_str()).collect();
        format!("in it: {}", people.join(", "))
    }
}

impl Seconds {
    /// Polls for so long at most. Says how long it was and what is so now.
    ///
    /// # Errors
    ///
    /// Those of `poll`.
    pub(crate) fn poll<R: Reached>(
        self,
        poll: impl FnOnce(Duration) -> Result<R, Error>,
    ) -> Result<String, Error> {
        let begin = Instant::now();
        let told = poll(self.0)?.told();
        Ok(format!("{:.1} s; {told}", begin.elapsed().as_secs_f64()))
    }
}

//! The transport of `--dry-run`: it sends nothing and keeps what it would have sent.

use std::sync::{Arc, Mutex, PoisonError};

use http::Response;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, TransportError,
};
use talkspace_core::{CancelToken, FailureKind};

use crate::failure::Failure;
use crate::view::View;
use crate::{print, report};

/// What the first request of a command would have been.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rehearsal(Arc<Mutex<Option<Shown>>>);

#[derive(Debug)]
struct Shown {
    text: String,
    json: serde_json::Value,
}

impl Rehearsal {
    /// Shows what was kept; whether there was anything.
    pub(crate) fn show(&self, json: bool) -> Result<bool, Failure> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(shown) = kept else {
            return Ok(false);
        };
        if json {
            print::document(&shown.json).map_err(report::cannot_write)?;
        } else {
            report::out(&shown.text)?;
        }
        Ok(true)
    }
}

/// Keeps the request, and ends as if it had been cancelled.
impl BlockingTransport for Rehearsal {
    fn exchange(
        &self,
        exchange: Exchange,
        _cancel: &CancelToken,
    ) -> Result<Response<BlockingResponseBody>, TransportError> {
        let kept = View::of(&exchange).map(|view| Shown {
            text: view.to_text(),
            json: view.to_json(),
        });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        Err(TransportError::not_sent(FailureKind::Cancelled))
    }
}

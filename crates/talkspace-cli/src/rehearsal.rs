//! The transport of `--dry-run`: it sends nothing and keeps what it would have sent.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use talkspace_core::{Body, Delivery, FailureKind, TransportError};

use crate::failure::Failure;
use crate::trace::Trace;
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
    /// Keeps the request, and ends the call as if it had been cancelled.
    pub(crate) fn keep(
        &self,
        trace: &Trace,
        request: &Request<Body>,
    ) -> Result<Response<Bytes>, TransportError> {
        let view = View::new(trace.operation(), request);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Shown {
            text: view.to_text(),
            json: view.to_json(),
        });
        Err(TransportError::new(
            FailureKind::Cancelled,
            Delivery::NotSent,
        ))
    }

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

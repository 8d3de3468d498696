//! A file on its way from the service, for whoever reads it while it arrives.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::HeaderMap;
use http::response::Parts;

use crate::error::Error;
use crate::request::DownloadMedia;
use crate::send::attempts::Attempts;
use crate::send::collector::Length;
use crate::transport::TransportError;

/// Gets the bytes so far, and their number in all where the response says it.
pub(crate) type Progress = dyn FnMut(u64, Option<u64>) + Send;

/// What is known of a file while it arrives: how its request fared, and how much
/// of it was handed on.
pub(crate) struct Transfer {
    /// They await the end of their exchange, which is that of the file.
    attempts: Attempts<DownloadMedia>,
    headers: HeaderMap,
    length: Length,
    /// What arrived before the file was handed over.
    first: Bytes,
    /// In a lock, so that what holds it can be shared.
    progress: Mutex<Option<Box<Progress>>>,
}

impl Transfer {
    /// One whose first bytes are there.
    pub(crate) fn begin(
        attempts: Attempts<DownloadMedia>,
        head: Parts,
        length: Length,
        first: Bytes,
    ) -> Self {
        Self {
            attempts,
            headers: head.headers,
            length,
            first,
            progress: Mutex::new(None),
        }
    }

    /// One that is over: the file is all here.
    pub(crate) fn whole(
        attempts: Attempts<DownloadMedia>,
        file: Bytes,
        headers: HeaderMap,
    ) -> Self {
        Self {
            attempts,
            headers,
            length: Length::whole(file.len() as u64),
            first: file,
            progress: Mutex::new(None),
        }
    }

    pub(crate) fn reporting(mut self, progress: Option<Box<Progress>>) -> Self {
        self.progress = Mutex::new(progress);
        self
    }

    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) const fn announced(&self) -> Option<u64> {
        self.length.announced()
    }

    /// How many bytes were handed on.
    pub(crate) const fn delivered(&self) -> u64 {
        self.length.so_far() - self.first.len() as u64
    }

    pub(crate) const fn has_first(&self) -> bool {
        !self.first.is_empty()
    }

    /// What arrived before the file was handed over, once.
    pub(crate) fn take_first(&mut self) -> Option<Bytes> {
        let first = std::mem::take(&mut self.first);
        if first.is_empty() {
            return None;
        }
        self.report();
        Some(first)
    }

    /// Takes another piece in.
    pub(crate) fn add(&mut self, piece: &Bytes) -> Result<(), TransportError> {
        self.length.add(piece)?;
        self.report();
        Ok(())
    }

    fn report(&mut self) {
        let (delivered, announced) = (self.delivered(), self.announced());
        let progress = self.progress.get_mut();
        if let Some(report) = progress.unwrap_or_else(PoisonError::into_inner) {
            report(delivered, announced);
        }
    }

    /// The end of the body; an error if that is not the end of the file.
    pub(crate) fn end(&mut self, now: Instant) -> Result<(), Error> {
        if let Err(truncated) = self.length.end() {
            return Err(self.broke_off(now, truncated));
        }
        self.attempts.handed_over(now);
        Ok(())
    }

    /// The error of a file that does not arrive whole. There is no retry: what
    /// was handed on cannot be taken back.
    pub(crate) fn broke_off(&mut self, now: Instant, failure: TransportError) -> Error {
        let error = self.attempts.broke_off(now, failure);
        error.after_bytes(self.delivered())
    }
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("delivered", &self.delivered())
            .field("announced", &self.announced())
            .finish_non_exhaustive()
    }
}

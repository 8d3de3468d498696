//! Downloads to a writer, on both clients.

use std::fmt;
use std::io::Write;
use std::time::{Duration, Instant};

use crate::client::asynchronous::Client;
use crate::client::blocking::BlockingClient;
use crate::client::settings::Settings;
use crate::error::Error;
use crate::request::DownloadMedia;
use crate::send::{Attempts, Progress, Sink, drive_into, drive_into_blocking};
use crate::value::DownloadUrl;

/// The largest file that is downloaded unless said otherwise, in bytes: four
/// times what the service takes.
const MAX_LEN: u64 = 100 * 1024 * 1024;

/// A download: its URL, the most bytes that it may have, its timeout, and a
/// closure that reports progress.
///
/// ```
/// use talkspace_core::Download;
///
/// let download = Download::new("https://sandbox.example/audio/1.mp3")
///     .at_most(1024 * 1024)
///     .on_progress(|so_far, all| eprintln!("{so_far} of {all:?} bytes"));
/// ```
#[must_use]
pub struct Download {
    request: DownloadMedia,
    at_most: u64,
    timeout: Option<Duration>,
    progress: Option<Box<Progress<'static>>>,
}

impl Download {
    /// A download from the URL in a response.
    pub fn new(url: impl Into<DownloadUrl>) -> Self {
        Self {
            request: DownloadMedia::new(url),
            at_most: MAX_LEN,
            timeout: None,
            progress: None,
        }
    }

    /// Sets the most bytes that are taken. Default 100 MiB.
    pub const fn at_most(mut self, bytes: u64) -> Self {
        self.at_most = bytes;
        self
    }

    /// Sets the longest time for the whole download, backoff and retries included.
    /// Default: none, since a large file takes its time.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Reports progress after every piece that was written: `report` gets the
    /// bytes so far and, if the response has a `Content-Length`, their number
    /// in all.
    pub fn on_progress(mut self, report: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        self.progress = Some(Box::new(report));
        self
    }

    fn begin<'w>(
        &'w mut self,
        settings: &Settings,
        now: Instant,
        writer: &'w mut (dyn Write + Send),
    ) -> (Attempts<DownloadMedia>, Sink<'w>) {
        let options = settings.options;
        let mut options = match self.timeout {
            Some(timeout) => options.timeout(timeout),
            None => options.no_timeout(),
        };
        options.limits.max_body_bytes = self.at_most;
        let attempts = settings.attempts(self.request.clone(), options, now);
        let progress = self.progress.as_deref_mut();
        (attempts, Sink::writer(writer, progress.map(shorten)))
    }
}

/// A closure that lives for ever may be lent for less.
fn shorten<'w>(progress: &'w mut Progress<'static>) -> &'w mut Progress<'w> {
    progress
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("at_most", &self.at_most)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Downloads to a writer, piece by piece, and returns the number of bytes.
    ///
    /// No key is sent. Media is fetched from the base URL's scheme, host and port,
    /// and from what was [allowed](crate::ClientBuilder::media_host).
    ///
    /// The [timeout](crate::RequestOptions::timeout) of the client's options does not end it, but its
    /// [own](Download::timeout) does: without one it may go on as long as bytes
    /// come, up to [`at_most`](Download::at_most). Drop the future to end it.
    /// Writing may block, so take a writer that does not wait for long.
    ///
    /// # Errors
    ///
    /// [`Error`]. Once something was written the download is not tried again;
    /// what was written is then the beginning of the file.
    pub async fn download(
        &self,
        mut download: Download,
        writer: &mut (dyn Write + Send),
    ) -> Result<u64, Error> {
        let now = self.transport.now();
        let (mut attempts, mut sink) = download.begin(&self.settings, now, writer);
        drive_into(&*self.transport, &mut attempts, now, &mut sink).await?;
        Ok(sink.written())
    }
}

impl BlockingClient {
    /// Downloads to a writer, piece by piece, and returns the number of bytes.
    ///
    /// No key is sent. Media is fetched from the base URL's scheme, host and port,
    /// and from what was [allowed](crate::ClientBuilder::media_host).
    ///
    /// The [timeout](crate::RequestOptions::timeout) of the client's options does not end it, but its
    /// [own](Download::timeout) does: without one it may go on as long as bytes
    /// come, up to [`at_most`](Download::at_most), or until it is
    /// [cancelled](Self::with_cancel).
    ///
    /// # Errors
    ///
    /// [`Error`]. Once something was written the download is not tried again;
    /// what was written is then the beginning of the file.
    pub fn download(
        &self,
        mut download: Download,
        writer: &mut (dyn Write + Send),
    ) -> Result<u64, Error> {
        let (mut attempts, mut sink) = download.begin(&self.settings, self.transport.now(), writer);
        drive_into_blocking(&*self.transport, &mut attempts, &self.cancel, &mut sink)?;
        Ok(sink.written())
    }
}

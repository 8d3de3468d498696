//! Downloads, on both clients: opened to be read, or written somewhere.

use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use crate::client::asynchronous::Client;
use crate::client::blocking::BlockingClient;
use crate::client::media_body::{BlockingMediaBody, MediaBody};
use crate::client::settings::Settings;
use crate::error::Error;
use crate::request::DownloadMedia;
use crate::send::{Attempts, Progress, open, open_blocking};
use crate::value::DownloadUrl;

/// The largest file that is downloaded unless said otherwise, in bytes: four
/// times what the service takes.
const MAX_LEN: u64 = 100 * 1024 * 1024;

/// A download: its URL, the most bytes that it may have, and a closure that
/// reports progress.
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
    size: Option<u64>,
    progress: Option<Box<Progress>>,
}

impl Download {
    /// A download from the URL in a response.
    pub fn new(url: impl Into<DownloadUrl>) -> Self {
        Self {
            request: DownloadMedia::new(url),
            at_most: MAX_LEN,
            size: None,
            progress: None,
        }
    }

    /// Sets the most bytes that are taken. Default 100 MiB.
    pub const fn at_most(mut self, bytes: u64) -> Self {
        self.at_most = bytes;
        self
    }

    /// Sets the size of the file, as [`GetMediaStatus`](crate::GetMediaStatus) has it; zero
    /// and less is none. With fewer bytes it is [truncated](crate::FailureKind::Truncated): a response without a
    /// `Content-Length` ends wherever its connection does.
    ///
    /// ```
    /// use talkspace_core::response::GetMediaStatusResponse;
    /// use talkspace_core::{BlockingClient, Download, Error};
    ///
    /// fn content(client: &BlockingClient, status: GetMediaStatusResponse) -> Result<Vec<u8>, Error> {
    ///     let mut file = Vec::new();
    ///     if let Some(url) = status.download_url {
    ///         client.download(Download::new(url).size(status.file_size), &mut file)?;
    ///     }
    ///     Ok(file)
    /// }
    /// ```
    pub fn size(mut self, bytes: i64) -> Self {
        self.size = u64::try_from(bytes).ok().filter(|size| *size > 0);
        self
    }

    /// Reports progress after every piece that was delivered: `report` gets the
    /// bytes so far and, if the response has a `Content-Length`, their number
    /// in all.
    pub fn on_progress(mut self, report: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        self.progress = Some(Box::new(report));
        self
    }

    fn begin(
        self,
        settings: &Settings,
        now: Instant,
    ) -> (Attempts<DownloadMedia>, Option<u64>, Option<Box<Progress>>) {
        let mut options = settings.options;
        options.limits.max_body_bytes = self.at_most;
        let attempts = settings.attempts(self.request, options, now);
        (attempts, self.size, self.progress)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("at_most", &self.at_most)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Opens a file of the service, to be read while it arrives: by
    /// [chunks](MediaBody::chunk), or handed on as the body of a response. With
    /// `talkspace_hyper::save` it goes to a file.
    ///
    /// It returns when the first bytes are there. Up to then it is retried like any
    /// request that only reads; from then on it goes on as long as bytes come, up to
    /// [`at_most`](Download::at_most). The [timeout](crate::RequestOptions::timeout)
    /// of requests does not end it, but
    /// [`transfer_timeout`](crate::RequestOptions::transfer_timeout) does, if set.
    ///
    /// No key is sent. Media is fetched from the base URL's scheme, host and port,
    /// and from what was [allowed](crate::ClientBuilder::media_host).
    ///
    /// ```
    /// use talkspace_core::{Client, Download, Error};
    ///
    /// async fn fingerprint(client: &Client, url: &str) -> Result<u8, Error> {
    ///     let mut media = client.open(Download::new(url)).await?;
    ///     let mut parity = 0;
    ///     while let Some(chunk) = media.chunk().await? {
    ///         parity = chunk.iter().fold(parity, |parity, byte| parity ^ byte);
    ///     }
    ///     Ok(parity)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error`], if the file does not begin to arrive; of kind
    /// [`Decode`](crate::ErrorKind::Decode) if what comes is no MP3, such as the page of a
    /// proxy that wants a login, or is empty.
    pub async fn open(&self, download: Download) -> Result<MediaBody, Error> {
        let (attempts, size, progress) = download.begin(&self.settings, self.transport.now());
        let (transfer, body) = open(&*self.transport, attempts, size).await?;
        let transfer = transfer.reporting(progress);
        Ok(MediaBody::new(transfer, Arc::clone(&self.transport), body))
    }
}

impl BlockingClient {
    /// Opens a file of the service, to be read while it arrives.
    ///
    /// It returns when the first bytes are there. Up to then it is retried like any
    /// request that only reads; from then on it goes on as long as bytes come, up to
    /// [`at_most`](Download::at_most), or until it is [cancelled](Self::with_cancel).
    /// The [timeout](crate::RequestOptions::timeout) of requests does not end it, but
    /// [`transfer_timeout`](crate::RequestOptions::transfer_timeout) does, if set.
    ///
    /// No key is sent. Media is fetched from the base URL's scheme, host and port,
    /// and from what was [allowed](crate::ClientBuilder::media_host).
    ///
    /// ```
    /// use std::io::Read;
    /// use talkspace_core::{BlockingClient, Download};
    /// # use talkspace_core::transport::blocking_transport_fn;
    ///
    /// # let transport = blocking_transport_fn(|_request| Ok(http::Response::new("ID3, and so on".into())));
    /// # let client = BlockingClient::builder("https://a.example", "key").build_blocking(transport)?;
    /// let mut media = client.open(Download::new("https://a.example/audio/1.mp3"))?;
    /// let mut tag = [0; 3];
    /// media.read_exact(&mut tag)?;
    /// assert_eq!(&tag, b"ID3");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error`], if the file does not begin to arrive; of kind
    /// [`Decode`](crate::ErrorKind::Decode) if what comes is no MP3, such as the page of a
    /// proxy that wants a login, or is empty.
    pub fn open(&self, download: Download) -> Result<BlockingMediaBody, Error> {
        let (attempts, size, progress) = download.begin(&self.settings, self.transport.now());
        let (transfer, body) = open_blocking(&*self.transport, attempts, size, &self.cancel)?;
        let transfer = transfer.reporting(progress);
        Ok(BlockingMediaBody::new(
            transfer,
            Arc::clone(&self.transport),
            body,
        ))
    }

    /// Downloads a file to a writer, piece by piece, and returns the number of bytes.
    /// What [`open`](Self::open) says holds here too.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, Download};
    /// # use talkspace_core::transport::blocking_transport_fn;
    ///
    /// # let transport = blocking_transport_fn(|_request| Ok(http::Response::new("ID3".into())));
    /// # let client = BlockingClient::builder("https://a.example", "key").build_blocking(transport)?;
    /// # let mut file = Vec::new();
    /// let download = Download::new("https://a.example/audio/1.mp3")
    ///     .on_progress(|so_far, all| eprintln!("{so_far} of {all:?} bytes"));
    /// let bytes = client.download(download, &mut file)?;
    /// # assert_eq!((bytes, file.as_slice()), (3, &b"ID3"[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error`], of kind [`Writer`](crate::FailureKind::Writer) if the writer failed. Once
    /// something was written the download is not tried again; what was written is
    /// then the beginning of the file.
    pub fn download(
        &self,
        download: Download,
        writer: &mut (impl Write + ?Sized),
    ) -> Result<u64, Error> {
        let mut media = self.open(download)?;
        while let Some(piece) = media.chunk()? {
            if let Err(error) = writer.write_all(&piece) {
                return Err(media.unwritten(error));
            }
        }
        Ok(media.delivered())
    }
}

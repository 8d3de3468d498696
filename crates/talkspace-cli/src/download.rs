//! `talkspace download-media`: a file on its way from the service.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use talkspace_core::{
    Download, DownloadMedia, DownloadUrl, Error, ErrorKind, FailureKind, GetMediaStatus, MediaId,
    Operation, Status,
};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::output::{Output, Place};
use crate::print;
use crate::progress::Bar;
use crate::record::Record;
use crate::report::Outcome;
use crate::sender::Sender;
use crate::temporary::Readers;

/// Downloads the sound of a media id, or what is at a download URL.
///
/// A file appears under its name when it is whole, and only its owner can read
/// it; one that was there is replaced then, and keeps its mode. Where the name
/// is a link, what it leads to is replaced. Devices and pipes are written
/// directly.
#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// The media id whose content is fetched
    #[arg(long, value_name = "MEDIA_ID", required_unless_present = "url")]
    media_id: Option<MediaId>,

    /// The download URL of a response
    #[arg(long, value_name = "URL", conflicts_with = "media_id")]
    url: Option<DownloadUrl>,

    /// Where to write it; `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,

    /// The most bytes to take
    #[arg(long, value_name = "BYTES", default_value_t = 100 * 1024 * 1024)]
    at_most: u64,

    /// A further host to fetch from, beside that of the base URL: media.example or
    /// media.example:8443, with http:// before it to allow plain http; may be
    /// repeated. It gets no key
    #[arg(long, value_name = "HOST")]
    media_host: Vec<String>,

    /// Fetch from any host that the service names, over plain http too
    #[arg(long)]
    any_media_host: bool,

    #[command(flatten)]
    connection: Connection,
}

impl Fetch {
    pub(crate) fn run(self) -> ExitCode {
        let manner = self.connection.manner();
        manner.finish(self.fetch())
    }

    fn fetch(&self) -> Result<Outcome, Failure> {
        let place = Place::look(&self.output).map_err(Failure::Usage)?;
        if place.is_stdout() && self.connection.manner().json {
            return Err(Failure::Usage(
                "standard output cannot take both the sound and a JSON document".to_owned(),
            ));
        }
        let settings = |mut builder: talkspace_core::ClientBuilder| {
            for host in &self.media_host {
                builder = builder.media_host(host);
            }
            match self.any_media_host {
                true => builder.any_media_host(),
                false => builder,
            }
        };
        let needs_key = self.url.is_none();
        self.connection
            .with_sender_for(needs_key, settings, |sender| self.take(sender, place))
    }

    fn take(&self, sender: &Sender, place: Place) -> Result<Outcome, Failure> {
        let is_stdout = place.is_stdout();
        // Before a request is sent, but not where nothing is to be touched.
        let mut output = match self.connection.is_rehearsed() {
            true => None,
            false => Some(place.open(Readers::Owner).map_err(Failure::Usage)?),
        };
        let download = match (&self.url, &self.media_id) {
            (Some(url), _) => Download::new(url),
            (None, Some(id)) => content_of(sender, id)?,
            (None, None) => return Err(Failure::Usage("name a media id or a URL".to_owned())),
        };
        let bar = Bar::new(None);
        let download = download.at_most(self.at_most).on_progress(bar.hand());
        let taken = match &mut output {
            Some(output) => sender.download(download, output),
            None => sender.download(download, &mut std::io::sink()),
        };
        drop(bar);
        let Some(output) = output else {
            return taken.map(|_| Outcome::Quiet).map_err(Failure::Request);
        };
        if output.reader_left() {
            return Ok(Outcome::Quiet);
        }
        let bytes = taken.map_err(|error| unwritten(error, &output))?;
        output.finish().map_err(Failure::Output)?;
        if is_stdout {
            print::note(format!("{bytes} bytes"));
            return Ok(Outcome::Quiet);
        }
        let record = Record::new(DownloadMedia::INFO.id, Status::new(200, None));
        let record = record.text("file", self.output.to_string_lossy());
        Ok(Outcome::Done(record.with("bytes", bytes)))
    }
}

/// Says which file it was that could not be written.
pub(crate) fn unwritten(error: Error, output: &Output) -> Failure {
    if error.kind() != ErrorKind::Transport(FailureKind::Writer) {
        return Failure::Request(error);
    }
    let why = std::error::Error::source(&error);
    let why = why.map_or_else(|| error.to_string(), ToString::to_string);
    Failure::Output(format!("cannot write {}: {why}", output.shown()))
}

fn content_of(sender: &Sender, media_id: &MediaId) -> Result<Download, Failure> {
    let status = sender.send(GetMediaStatus::new(media_id))?;
    match status.download_url {
        Some(url) => Ok(Download::new(url).size(status.file_size)),
        None => Err(Failure::NotThere(
            "the media id has no content yet".to_owned(),
        )),
    }
}

//! A media file to upload.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use http_body::Body as HttpBody;

use crate::transport::{Body, BodyPart, BodySource, BodyStream, IntoBodySource};

#[cfg(test)]
mod tests;

/// An MP3 file to upload. It is read while it is sent, and never held in memory.
///
/// | from | by |
/// |---|---|
/// | an open [`File`](std::fs::File) | [`mp3`](Self::mp3) |
/// | `Vec<u8>`, `Arc<[u8]>`, [`Bytes`](bytes::Bytes), `&'static [u8]` | [`mp3`](Self::mp3) |
/// | anything that can be read by position | [`mp3`](Self::mp3), once it is a [`BodySource`] |
/// | a body that arrives meanwhile, such as that of a request to your server | [`from_body`](Self::from_body) |
/// | a reader of tokio | `talkspace_hyper::mp3_from_reader` |
/// | a reader of std, for a blocking client | [`from_reader`](Self::from_reader) |
///
/// ```
/// use talkspace_core::MediaFile;
///
/// let silence: &[u8] = &[0xFF, 0xFB, 0x90, 0x64, 0, 0, 0, 0];
/// let file = MediaFile::mp3(silence)?.file_name("silence.mp3");
/// assert_eq!(file.len(), 8);
/// assert!(MediaFile::mp3(&b"RIFF....WAVE"[..]).is_err());
/// # Ok::<(), talkspace_core::InvalidMediaFile>(())
/// ```
#[derive(Clone)]
pub struct MediaFile {
    content: BodyPart,
    file_name: String,
}

impl MediaFile {
    /// The largest file that the service takes, in bytes: 25 MB.
    pub const MAX_LEN: u64 = 25 * 1024 * 1024;

    /// An MP3 file. What the service would reject is an error here, before a
    /// byte is sent.
    ///
    /// # Errors
    ///
    /// [`InvalidMediaFile`] when the source is empty, is larger than
    /// [`MAX_LEN`](Self::MAX_LEN), cannot be read, or does not begin as an MP3
    /// file does: with an ID3 tag or with a frame of MPEG layer III.
    pub fn mp3(source: impl IntoBodySource) -> Result<Self, InvalidMediaFile> {
        let source = source.into_source().map_err(InvalidMediaFile::Unreadable)?;
        check_length(source.len())?;
        let mut beginning = [0; MEDIA_SIGNATURE];
        let read = read_beginning(&*source, &mut beginning);
        let read = read.map_err(InvalidMediaFile::Unreadable)?;
        if begins_like_mp3(beginning.get(..read).unwrap_or_default()) {
            Ok(Self::of(BodyPart::Source(source)))
        } else {
            Err(InvalidMediaFile::NotMp3)
        }
    }

    /// An MP3 file that arrives while it is sent: the first `length` bytes of a body,
    /// such as that of a request to your own server, or of a
    /// [download](crate::MediaBody).
    ///
    /// It can be sent once. Once its first byte was taken, the request is not
    /// retried, and the error says so ([`Spent`](crate::observe::GivenUp::Spent)). That it
    /// is an MP3 is not checked here, but by the service. A blocking client cannot send it.
    ///
    /// ```
    /// use talkspace_core::{Client, Download, Error, InvalidMediaFile, MediaFile, UploadMedia};
    ///
    /// /// From one service to another, without a file in between.
    /// async fn copy(from: &Client, url: &str, to: &Client, grant: &str) -> Result<(), Error> {
    ///     let media = from.open(Download::new(url)).await?;
    ///     let length = media.content_length().unwrap_or_default();
    ///     let Ok(file) = MediaFile::from_body(media, length) else {
    ///         return Ok(());
    ///     };
    ///     to.send(UploadMedia::new(grant, file)).await.map(drop)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidMediaFile`] when `length` is zero, or larger than
    /// [`MAX_LEN`](Self::MAX_LEN).
    pub fn from_body(
        body: impl HttpBody<Error: Into<Box<dyn StdError + Send + Sync>>> + Send + 'static,
        length: u64,
    ) -> Result<Self, InvalidMediaFile> {
        check_length(length)?;
        Ok(Self::of(BodyPart::Stream(BodyStream::new(body, length))))
    }

    /// An MP3 file that is read while it is sent by a blocking client: the first
    /// `length` bytes of a reader, such as a pipe or a connection.
    ///
    /// It can be sent once, as that of [`from_body`](Self::from_body). For a file take
    /// [`mp3`](Self::mp3), which can be retried. An async client cannot send it.
    ///
    /// ```
    /// use talkspace_core::{InvalidMediaFile, MediaFile, UploadMedia};
    ///
    /// /// What a program says, such as one that makes speech of a text.
    /// fn said(by: std::process::ChildStdout, length: u64) -> Result<UploadMedia, InvalidMediaFile> {
    ///     Ok(UploadMedia::new("0x3e1f2ba8bcb67848", MediaFile::from_reader(by, length)?))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidMediaFile`] when `length` is zero, or larger than
    /// [`MAX_LEN`](Self::MAX_LEN).
    pub fn from_reader(
        reader: impl io::Read + Send + Unpin + 'static,
        length: u64,
    ) -> Result<Self, InvalidMediaFile> {
        check_length(length)?;
        Ok(Self::of(BodyPart::Stream(BodyStream::from_reader(
            reader, length,
        ))))
    }

    /// A file that is not checked here. The service may still reject it.
    pub fn unchecked(source: impl BodySource) -> Self {
        Self::of(BodyPart::Source(Arc::new(source)))
    }

    fn of(content: BodyPart) -> Self {
        Self {
            content,
            file_name: "upload.mp3".to_owned(),
        }
    }

    /// Sets the file's name. Default `upload.mp3`; the service gives it another
    /// name in any case.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = name.into();
        self
    }

    /// Reports progress: `report` gets the bytes that were read so far and their
    /// number in all, at least every 64 KiB and once at the end.
    ///
    /// It runs where the file is read, which may be another thread.
    #[must_use]
    pub fn on_progress(mut self, report: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.content = match self.content {
            BodyPart::Source(source) => BodyPart::Source(Arc::new(Reporting { source, report })),
            BodyPart::Stream(stream) => BodyPart::Stream(stream.on_progress(report)),
            // A file is one of the two.
            BodyPart::Bytes(bytes) => BodyPart::Bytes(bytes),
        };
        self
    }

    /// The number of bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.content.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The content as a body.
    #[must_use]
    pub fn to_body(&self) -> Body {
        Body::from_parts([self.part()])
    }

    pub(crate) fn part(&self) -> BodyPart {
        self.content.clone()
    }

    pub(crate) fn name(&self) -> &str {
        &self.file_name
    }
}

/// Two files are equal when they have the same name and the same bytes; one
/// that cannot be read equals none.
impl PartialEq for MediaFile {
    fn eq(&self, other: &Self) -> bool {
        self.file_name == other.file_name
            && self.len() == other.len()
            && match (
                self.to_body().read_to_bytes(),
                other.to_body().read_to_bytes(),
            ) {
                (Ok(one), Ok(other)) => one == other,
                _ => false,
            }
    }
}

impl fmt::Debug for MediaFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MediaFile({} bytes)", self.len())
    }
}

/// A source that tells how far it has been read.
struct Reporting<F> {
    source: Arc<dyn BodySource>,
    report: F,
}

impl<F: Fn(u64, u64) + Send + Sync + 'static> BodySource for Reporting<F> {
    fn len(&self) -> u64 {
        self.source.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(offset, buffer)?;
        (self.report)(offset + read as u64, self.len());
        Ok(read)
    }
}

fn check_length(length: u64) -> Result<(), InvalidMediaFile> {
    match length {
        0 => Err(InvalidMediaFile::Empty),
        length if length > MediaFile::MAX_LEN => Err(InvalidMediaFile::TooLarge(length)),
        _ => Ok(()),
    }
}

fn read_beginning(source: &dyn BodySource, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read_at(filled as u64, rest)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// How many bytes are looked at.
pub(crate) const MEDIA_SIGNATURE: usize = 3;

/// Whether it has an ID3v2 tag, or the header of a frame of MPEG layer III.
pub(crate) fn begins_like_mp3(bytes: &[u8]) -> bool {
    match *bytes {
        [b'I', b'D', b'3', ..] => true,
        [0xFF, version_and_layer, rates, ..] => {
            let sync = version_and_layer & 0b1110_0000 == 0b1110_0000;
            let version = (version_and_layer >> 3) & 0b11;
            let layer = (version_and_layer >> 1) & 0b11;
            let (bit_rate, sample_rate) = (rates >> 4, (rates >> 2) & 0b11);
            sync && version != 0b01 && layer == 0b01 && bit_rate != 0b1111 && sample_rate != 0b11
        }
        _ => false,
    }
}

/// A file that the service would not take. Nothing was sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum InvalidMediaFile {
    /// It has no bytes.
    Empty,
    /// It has more bytes than [`MediaFile::MAX_LEN`]: this many.
    TooLarge(u64),
    /// It does not begin as an MP3 file does.
    NotMp3,
    /// It cannot be read.
    Unreadable(io::Error),
}

impl fmt::Display for InvalidMediaFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::TooLarge(length) => write!(
                f,
                "the file has {length} bytes; the service takes {} at most",
                MediaFile::MAX_LEN
            ),
            Self::NotMp3 => f.write_str("the file is not an MP3; the service takes nothing else"),
            Self::Unreadable(error) => write!(f, "the file cannot be read: {error}"),
        }
    }
}

impl StdError for InvalidMediaFile {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

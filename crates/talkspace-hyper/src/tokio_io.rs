//! Files from readers of tokio, and to its writers.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame};
use talkspace_core::{Error, InvalidMediaFile, MediaBody, MediaFile};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};

/// How much is read at once, in bytes.
const READ_SIZE: usize = 64 * 1024;

/// An MP3 file that is read while it is sent: the first `length` bytes of `reader`,
/// such as a connection, or the standard output of a program that makes the sound.
///
/// It can be sent once: what [`MediaFile::from_body`] says holds here too. For a
/// file take [`MediaFile::mp3`], which can be retried.
///
/// ```
/// use talkspace_hyper::{InvalidMediaFile, UploadMedia, mp3_from_reader};
///
/// async fn spoken(text: &str) -> Result<UploadMedia, InvalidMediaFile> {
///     # use std::io::Cursor;
///     # fn speak(text: &str) -> (Cursor<String>, u64) { (Cursor::new(text.to_owned()), text.len() as u64) }
///     let (reader, length) = speak(text);
///     Ok(UploadMedia::new("0x3e1f2ba8bcb67848", mp3_from_reader(reader, length)?))
/// }
/// ```
///
/// # Errors
///
/// [`InvalidMediaFile`] when `length` is zero, or larger than
/// [`MediaFile::MAX_LEN`].
pub fn mp3_from_reader(
    reader: impl AsyncRead + Send + 'static,
    length: u64,
) -> Result<MediaFile, InvalidMediaFile> {
    let reader = Reader {
        reader: Box::pin(reader),
        buffer: vec![0; READ_SIZE].into_boxed_slice(),
    };
    MediaFile::from_body(reader, length)
}

/// Writes a file to a writer, such as a `tokio::fs::File`, while it arrives, flushes
/// that, and returns the number of bytes.
///
/// ```
/// use talkspace_hyper::{Client, Download, Error, save};
///
/// async fn into_memory(client: &Client, url: &str) -> Result<Vec<u8>, Error> {
///     let download = Download::new(url)
///         .on_progress(|so_far, all| eprintln!("{so_far} of {all:?} bytes"));
///     let mut file = Vec::new();
///     save(client.open(download).await?, &mut file).await?;
///     Ok(file)
/// }
/// ```
///
/// # Errors
///
/// [`Error`], if the rest of the file does not arrive; of kind
/// [`Writer`](talkspace_core::FailureKind::Writer) if the writer failed. What was
/// written is then the beginning of the file.
pub async fn save(
    mut media: MediaBody,
    writer: &mut (impl AsyncWrite + Unpin + ?Sized),
) -> Result<u64, Error> {
    while let Some(chunk) = media.chunk().await? {
        let written = writer.write_all(&chunk).await;
        written.map_err(|error| media.unwritten(error))?;
    }
    let flushed = writer.flush().await;
    flushed.map_err(|error| media.unwritten(error))?;
    Ok(media.delivered())
}

struct Reader<R> {
    reader: Pin<Box<R>>,
    buffer: Box<[u8]>,
}

impl<R: AsyncRead> Body for Reader<R> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        let mut buffer = ReadBuf::new(&mut this.buffer);
        let read = ready!(this.reader.as_mut().poll_read(cx, &mut buffer));
        Poll::Ready(match (read, buffer.filled()) {
            (Err(error), _) => Some(Err(error)),
            (Ok(()), []) => None,
            (Ok(()), bytes) => Some(Ok(Frame::data(Bytes::copy_from_slice(bytes)))),
        })
    }
}

//! Request bodies: cheap to clone, of known length, read by position.
//!
//! A [`Body`] is a list of parts. Nothing is consumed by sending it, so a
//! second attempt sends the same bytes without a copy, and `Content-Length`
//! is always right. A stream among the parts is the exception: it is sent once.

mod source;
mod stream;

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

#[cfg(any(unix, windows))]
pub use source::FileSource;
pub use source::{BodySource, IntoBodySource};
pub use stream::{BodyStream, SpentBody, StreamRead};

use crate::transport::error::{Delivery, FailureKind, TransportError};

#[cfg(test)]
mod tests;

/// How much of a [`BodySource`] is read at once, in bytes.
const READ_SIZE: usize = 64 * 1024;

/// The body of a request.
///
/// ```
/// use talkspace_core::transport::Body;
///
/// let body = Body::from("networkid=eta");
/// assert_eq!(body.len(), 13);
/// assert!(Body::empty().is_empty());
/// ```
#[derive(Clone, Default)]
pub struct Body {
    parts: Parts,
}

#[derive(Clone, Default)]
enum Parts {
    #[default]
    None,
    One(Bytes),
    Many(Arc<[BodyPart]>),
}

/// One piece of a [`Body`].
#[derive(Clone)]
#[non_exhaustive]
pub enum BodyPart {
    /// Bytes in memory.
    Bytes(Bytes),
    /// Content read while it is sent.
    Source(Arc<dyn BodySource>),
    /// Content that arrives while it is sent.
    Stream(BodyStream),
}

/// Shows the length alone, as [`Body`] does.
impl fmt::Debug for BodyPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyPart({} bytes)", self.len())
    }
}

impl BodyPart {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Source(source) => source.len(),
            Self::Stream(stream) => stream.len(),
        }
    }
}

impl Body {
    /// A body of no bytes.
    #[must_use]
    pub const fn empty() -> Self {
        Self { parts: Parts::None }
    }

    /// A body made of several parts, sent one after the other.
    #[must_use]
    pub fn from_parts(parts: impl IntoIterator<Item = BodyPart>) -> Self {
        Self {
            parts: Parts::Many(parts.into_iter().collect()),
        }
    }

    /// A body that is read from `source` while it is sent.
    #[must_use]
    pub fn from_source(source: impl BodySource) -> Self {
        Self::from_parts([BodyPart::Source(Arc::new(source))])
    }

    /// The number of bytes that will be sent, the value of `Content-Length`.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.parts {
            Parts::None => 0,
            Parts::One(bytes) => bytes.len() as u64,
            Parts::Many(parts) => parts.iter().map(BodyPart::len).fold(0, u64::saturating_add),
        }
    }

    /// Whether the body has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole body, when all of it is in one piece of memory already.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.parts {
            Parts::None => Some(&[]),
            Parts::One(bytes) => Some(bytes),
            Parts::Many(_) => None,
        }
    }

    /// The part that can be sent once, if there is one.
    pub(crate) fn stream(&self) -> Option<&BodyStream> {
        let Parts::Many(parts) = &self.parts else {
            return None;
        };
        parts.iter().find_map(|part| match part {
            BodyPart::Stream(stream) => Some(stream),
            _ => None,
        })
    }

    /// What is in memory before and after the files of a form, and their length.
    #[cfg(feature = "record")]
    pub(crate) fn around_files(&self) -> (Vec<&Bytes>, u64) {
        let ends = match &self.parts {
            Parts::Many(parts) => [parts.first(), parts.last()],
            _ => [None, None],
        };
        let texts = ends.into_iter().flatten().filter_map(|part| match part {
            BodyPart::Bytes(bytes) => Some(bytes),
            _ => None,
        });
        let texts: Vec<&Bytes> = texts.collect();
        let around: usize = texts.iter().map(|text| text.len()).sum();
        (texts, self.len().saturating_sub(around as u64))
    }

    /// Starts reading the body from its first byte.
    #[must_use]
    pub fn cursor(&self) -> BodyCursor {
        BodyCursor {
            parts: self.parts.clone(),
            part: 0,
            offset: 0,
        }
    }

    /// Reads the whole body into memory, and waits for what has to be awaited.
    ///
    /// # Errors
    ///
    /// [`FailureKind::BodySource`] when a source fails or ends early.
    pub async fn collect(&self) -> Result<Bytes, TransportError> {
        if self.stream().is_none() {
            return self.read_to_bytes();
        }
        let mut all = Vec::new();
        let mut cursor = self.cursor();
        while let Some(piece) = cursor.next_piece() {
            match piece {
                BodyPiece::Stream(mut stream) => {
                    while let Some(bytes) = poll_fn(|cx| stream.poll_chunk(cx)).await? {
                        all.extend_from_slice(&bytes);
                    }
                }
                piece => all.extend_from_slice(&piece.read()?),
            }
        }
        Ok(all.into())
    }

    /// Reads the whole body into memory.
    ///
    /// # Errors
    ///
    /// [`FailureKind::BodySource`] when a source fails or ends early, or has to be
    /// awaited.
    pub fn read_to_bytes(&self) -> Result<Bytes, TransportError> {
        if let Parts::One(bytes) = &self.parts {
            return Ok(bytes.clone());
        }
        let mut all = Vec::new();
        let mut cursor = self.cursor();
        while let Some(piece) = cursor.next_piece() {
            match piece {
                BodyPiece::Stream(mut stream) => {
                    while let Some(bytes) = stream.read_chunk()? {
                        all.extend_from_slice(&bytes);
                    }
                }
                piece => all.extend_from_slice(&piece.read()?),
            }
        }
        Ok(all.into())
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            return Self::empty();
        }
        Self {
            parts: Parts::One(bytes),
        }
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

/// Shows the length alone: a body carries the key and phone numbers.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len())
    }
}

/// A place in a [`Body`], moved forward piece by piece.
#[derive(Clone)]
pub struct BodyCursor {
    parts: Parts,
    part: usize,
    offset: u64,
}

impl BodyCursor {
    /// The next piece to send, or `None` at the end. Empty parts give no piece.
    pub fn next_piece(&mut self) -> Option<BodyPiece> {
        loop {
            let part = match &self.parts {
                Parts::None => return None,
                Parts::One(bytes) if self.part == 0 => BodyPart::Bytes(bytes.clone()),
                Parts::One(_) => return None,
                Parts::Many(parts) => parts.get(self.part)?.clone(),
            };
            match part {
                BodyPart::Bytes(bytes) => {
                    self.part += 1;
                    if !bytes.is_empty() {
                        return Some(BodyPiece::Bytes(bytes));
                    }
                }
                BodyPart::Stream(stream) => {
                    self.part += 1;
                    if !stream.is_empty() {
                        return Some(BodyPiece::Stream(StreamRead::new(stream)));
                    }
                }
                BodyPart::Source(source) => {
                    let left = source.len().saturating_sub(self.offset);
                    if left == 0 {
                        self.part += 1;
                        self.offset = 0;
                        continue;
                    }
                    let length =
                        usize::try_from(left).map_or(READ_SIZE, |left| left.min(READ_SIZE));
                    let offset = self.offset;
                    self.offset += length as u64;
                    let in_memory = source.in_memory(offset, length);
                    if let Some(bytes) = in_memory.filter(|bytes| bytes.len() == length) {
                        return Some(BodyPiece::Bytes(bytes));
                    }
                    return Some(BodyPiece::Read(SourceRead {
                        source,
                        offset,
                        length,
                    }));
                }
            }
        }
    }
}

impl fmt::Debug for BodyCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyCursor")
            .field("part", &self.part)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

/// A piece of a body on its way out. Its `Debug` shows how long it is.
#[non_exhaustive]
pub enum BodyPiece {
    /// Bytes that are in memory.
    Bytes(Bytes),
    /// Bytes that have yet to be read; reading may block.
    Read(SourceRead),
    /// All bytes of a stream, which have to be awaited.
    Stream(StreamRead),
}

impl fmt::Debug for BodyPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyPiece({} bytes)", self.len())
    }
}

impl BodyPiece {
    /// The number of bytes of this piece.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Read(read) => read.length,
            Self::Stream(stream) => usize::try_from(stream.left()).unwrap_or(usize::MAX),
        }
    }

    /// Whether the piece has no bytes. A cursor gives none of those.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes; reads them first if need be.
    ///
    /// # Errors
    ///
    /// As [`SourceRead::read`], and for a stream, which cannot be read so.
    pub fn read(self) -> Result<Bytes, TransportError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Read(read) => read.read(),
            Self::Stream(_) => Err(StreamRead::unsupported()),
        }
    }
}

/// A range of a [`BodySource`], to be read where blocking is allowed.
pub struct SourceRead {
    source: Arc<dyn BodySource>,
    offset: u64,
    length: usize,
}

impl SourceRead {
    /// Reads exactly the range.
    ///
    /// # Errors
    ///
    /// [`FailureKind::BodySource`] with the source's own error, or with
    /// [`io::ErrorKind::UnexpectedEof`] when the source is shorter than it said.
    /// The delivery is [`Delivery::MaybeSent`]: the head may be out already.
    pub fn read(self) -> Result<Bytes, TransportError> {
        let mut buffer = vec![0; self.length];
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let room = rest.len();
            let failure = match self.source.read_at(self.offset + filled as u64, rest) {
                Ok(0) => io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the source ended before its stated length",
                ),
                Ok(read) => {
                    filled += read.min(room);
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            return Err(
                TransportError::new(FailureKind::BodySource, Delivery::MaybeSent)
                    .with_source(failure),
            );
        }
        Ok(buffer.into())
    }
}

impl fmt::Debug for SourceRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceRead")
            .field("offset", &self.offset)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

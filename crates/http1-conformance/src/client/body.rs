//! Request bodies: cheap to clone, of known length, read by position.

use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::error::{Delivery, FailureKind, TransportError};

/// How much of a [`BodySource`] is read at once, in bytes.
const READ_SIZE: usize = 64 * 1024;

/// Content that is read while it is sent. It is read by position and never moves.
pub trait BodySource: Send + Sync + 'static {
    /// The number of bytes that the source holds. It must not change.
    fn len(&self) -> u64;

    /// Whether the source holds nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads bytes that start at `offset` into `buffer` and says how many. Zero means that the
    /// source ends there; before [`len`](Self::len) that is a failure of the exchange.
    ///
    /// # Errors
    ///
    /// Whatever reading gives.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// The body of a request, in parts that are sent one after the other. Sending does not use
/// it up.
///
/// ```
/// use http1_conformance::client::Body;
///
/// let body = Body::from("a=b");
/// assert_eq!(body.len(), 3);
/// assert!(Body::empty().is_empty());
/// ```
#[derive(Clone)]
pub struct Body {
    parts: Arc<[BodyPart]>,
}

/// One piece of a [`Body`].
#[derive(Clone)]
pub enum BodyPart {
    /// Bytes in memory.
    Bytes(Bytes),
    /// Content read while it is sent.
    Source(Arc<dyn BodySource>),
}

impl BodyPart {
    fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Source(source) => source.len(),
        }
    }
}

impl fmt::Debug for BodyPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyPart({} bytes)", self.len())
    }
}

impl Body {
    /// A body of no bytes.
    #[must_use]
    pub fn empty() -> Self {
        Self::from_parts([])
    }

    /// A body made of several parts, sent one after the other.
    #[must_use]
    pub fn from_parts(parts: impl IntoIterator<Item = BodyPart>) -> Self {
        Self {
            parts: parts.into_iter().collect(),
        }
    }

    /// A body that is read from `source` while it is sent.
    #[must_use]
    pub fn from_source(source: impl BodySource) -> Self {
        Self::from_parts([BodyPart::Source(Arc::new(source))])
    }

    /// The parts.
    #[must_use]
    pub fn parts(&self) -> &[BodyPart] {
        &self.parts
    }

    /// The number of bytes that will be sent, the value of `Content-Length`.
    #[must_use]
    pub fn len(&self) -> u64 {
        let lengths = self.parts.iter().map(BodyPart::len);
        lengths.fold(0, u64::saturating_add)
    }

    /// Whether the body has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole body, when all of it is in one piece of memory already.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &*self.parts {
            [] => Some(&[]),
            [BodyPart::Bytes(bytes)] => Some(bytes),
            _ => None,
        }
    }

    /// Starts reading the body from its first byte.
    #[must_use]
    pub fn cursor(&self) -> BodyCursor {
        BodyCursor {
            parts: Arc::clone(&self.parts),
            part: 0,
            offset: 0,
        }
    }

    /// Reads the whole body into memory.
    ///
    /// # Errors
    ///
    /// [`FailureKind::BodySource`] when a source fails or ends early.
    pub fn read_to_bytes(&self) -> Result<Bytes, TransportError> {
        if let [BodyPart::Bytes(bytes)] = &*self.parts {
            return Ok(bytes.clone());
        }
        let mut all = Vec::new();
        let mut cursor = self.cursor();
        while let Some(piece) = cursor.next_piece() {
            all.extend_from_slice(&piece.read()?);
        }
        Ok(all.into())
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::from_parts([BodyPart::Bytes(bytes)])
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

/// Shows the length alone.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len())
    }
}

/// A place in a [`Body`], moved forward piece by piece.
#[derive(Clone, Debug)]
pub struct BodyCursor {
    parts: Arc<[BodyPart]>,
    part: usize,
    offset: u64,
}

impl BodyCursor {
    /// The next piece to send, or `None` at the end. Empty parts give no piece.
    pub fn next_piece(&mut self) -> Option<BodyPiece> {
        loop {
            let part = self.parts.get(self.part)?;
            let left = part.len().saturating_sub(self.offset);
            if left == 0 {
                self.part += 1;
                self.offset = 0;
                continue;
            }
            match part {
                BodyPart::Bytes(bytes) => {
                    self.part += 1;
                    return Some(BodyPiece(Piece::Bytes(bytes.clone())));
                }
                BodyPart::Source(source) => {
                    let most = usize::try_from(left).unwrap_or(READ_SIZE);
                    let length = most.min(READ_SIZE);
                    let offset = self.offset;
                    self.offset += length as u64;
                    let source = Arc::clone(source);
                    return Some(BodyPiece(Piece::Read {
                        source,
                        offset,
                        length,
                    }));
                }
            }
        }
    }
}

/// A piece of a body on its way out. Its `Debug` shows how long it is.
pub struct BodyPiece(Piece);

enum Piece {
    Bytes(Bytes),
    Read {
        source: Arc<dyn BodySource>,
        offset: u64,
        length: usize,
    },
}

impl BodyPiece {
    /// The number of bytes of this piece.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Piece::Bytes(bytes) => bytes.len(),
            Piece::Read { length, .. } => *length,
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
    /// [`FailureKind::BodySource`] with the source's own error, or with
    /// [`io::ErrorKind::UnexpectedEof`] when the source is shorter than it said.
    pub fn read(self) -> Result<Bytes, TransportError> {
        match self.0 {
            Piece::Bytes(bytes) => Ok(bytes),
            Piece::Read {
                source,
                offset,
                length,
            } => read(&*source, offset, length).map_err(|failure| {
                TransportError::new(FailureKind::BodySource, Delivery::MaybeSent)
                    .with_source(failure)
            }),
        }
    }
}

fn read(source: &dyn BodySource, offset: u64, length: usize) -> io::Result<Bytes> {
    let mut buffer = vec![0; length];
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let room = rest.len();
        match source.read_at(offset + filled as u64, rest) {
            Ok(0) => {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the source ended before its stated length",
                ));
            }
            Ok(read) => filled += read.min(room),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(buffer.into())
}

impl fmt::Debug for BodyPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyPiece({} bytes)", self.len())
    }
}

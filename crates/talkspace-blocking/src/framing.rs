//! Where the body of an answer ends (RFC 9112 §6 and §7).

use bytes::{Buf, Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use http::{Method, Response, StatusCode, Version};

use crate::error::Fault;

#[cfg(test)]
mod tests;

/// The longest line of a chunk's size with its extensions, or of a trailer.
const MAX_LINE: usize = 4 * 1024;
/// All trailers together; nothing reads them.
const MAX_TRAILERS: usize = 64 * 1024;

/// How a body is delimited, and how much of it is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// So many bytes.
    Length(u64),
    /// Chunks, up to one of size zero.
    Chunked(Chunk),
    /// All bytes until the peer closes.
    UntilClose,
    /// No body, and no further answer after it.
    Nothing,
}

/// What comes next in a chunked body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// A line with the size of a chunk.
    Size,
    /// So many bytes of a chunk.
    Data(u64),
    /// The line end after a chunk.
    LineEnd,
    /// A trailer, or the empty line that ends the body; so many bytes of
    /// trailers came before.
    Trailer(usize),
    /// Nothing.
    End,
}

/// What [`Framing::next`] found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Bytes of the body.
    Data(Bytes),
    /// Too little to go on.
    More,
    /// The end of the body.
    End,
}

impl Framing {
    /// The framing of the answer `head` to a request with `method`.
    pub(crate) fn of(method: &Method, head: &Response<()>) -> Result<Self, Fault> {
        let status = head.status();
        // Another protocol follows, or a tunnel.
        if status.is_informational() || (*method == Method::CONNECT && status.is_success()) {
            return Ok(Self::Nothing);
        }
        if *method == Method::HEAD
            || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        {
            return Ok(Self::Length(0));
        }
        let headers = head.headers();
        let length = content_length(headers)?;
        if headers.contains_key(TRANSFER_ENCODING) {
            // §6.1 and §6.3: two framings, or one that HTTP/1.0 does not
            // have, may be an attempt at smuggling.
            if length.is_some() {
                return Err(Fault::Protocol("two framings of one body"));
            }
            if head.version() != Version::HTTP_11 {
                return Err(Fault::Protocol("a transfer coding in HTTP/1.0"));
            }
            return chunked(headers);
        }
        Ok(match length {
            Some(length) => Self::Length(length),
            // RFC 9110 §15.3.6: there is no content to wait for.
            None if status == StatusCode::RESET_CONTENT => Self::Nothing,
            None => Self::UntilClose,
        })
    }

    /// Takes what `input` begins with. `room` is how many more bytes the body
    /// may have.
    pub(crate) fn next(&mut self, input: &mut BytesMut, room: u64) -> Result<Found, Fault> {
        loop {
            let chunk = match self {
                Self::Length(0) | Self::Nothing => return Ok(Found::End),
                Self::Length(left) => return take(input, left, room),
                Self::UntilClose => return take(input, &mut { u64::MAX }, room),
                Self::Chunked(chunk) => chunk,
            };
            match chunk {
                Chunk::Size => match chunk_size(input)? {
                    None => return Ok(Found::More),
                    Some(0) => *chunk = Chunk::Trailer(0),
                    Some(size) if size > room => return Err(BODY_TOO_LARGE),
                    Some(size) => *chunk = Chunk::Data(size),
                },
                Chunk::Data(left) => {
                    let found = take(input, left, room)?;
                    if *left == 0 {
                        *chunk = Chunk::LineEnd;
                    }
                    return Ok(found);
                }
                Chunk::LineEnd => {
                    if !b"\r\n".starts_with(input.get(..2).unwrap_or(input)) {
                        return Err(Fault::Protocol("a chunk is longer than its size"));
                    }
                    if input.len() < 2 {
                        return Ok(Found::More);
                    }
                    input.advance(2);
                    *chunk = Chunk::Size;
                }
                Chunk::Trailer(before) => match line(input)? {
                    None => return Ok(Found::More),
                    Some(0) => *chunk = Chunk::End,
                    Some(length) => {
                        *before += length;
                        if *before > MAX_TRAILERS {
                            return Err(Fault::TooLarge("the trailers are too large"));
                        }
                    }
                },
                Chunk::End => return Ok(Found::End),
            }
        }
    }
}

const BODY_TOO_LARGE: Fault = Fault::TooLarge("the body is longer than the limit");

/// Takes up to `left` bytes of a body that may have `room` more.
fn take(input: &mut BytesMut, left: &mut u64, room: u64) -> Result<Found, Fault> {
    if input.is_empty() {
        return Ok(Found::More);
    }
    let length = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
    if length as u64 > room {
        return Err(BODY_TOO_LARGE);
    }
    *left -= length as u64;
    Ok(Found::Data(input.split_to(length).freeze()))
}

/// The value of `Content-Length`. Repeated equal values are one (RFC 9110 §8.6).
fn content_length(headers: &HeaderMap) -> Result<Option<u64>, Fault> {
    let mut length = None;
    for value in headers.get_all(CONTENT_LENGTH) {
        for item in value.as_bytes().split(|byte| *byte == b',') {
            let item = digits(item.trim_ascii())
                .ok_or(Fault::Protocol("a Content-Length is not a number"))?;
            if length.is_some_and(|length| length != item) {
                return Err(Fault::Protocol("two different lengths of one body"));
            }
            length = Some(item);
        }
    }
    Ok(length)
}

/// A decimal number without a sign.
fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Only `chunked` alone is understood. Decoding a part of several codings would
/// deliver something that is neither the content nor what was sent.
fn chunked(headers: &HeaderMap) -> Result<Framing, Fault> {
    let mut codings = headers
        .get_all(TRANSFER_ENCODING)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|coding| !coding.is_empty());
    match (codings.next(), codings.next()) {
        (Some(coding), None) if coding.eq_ignore_ascii_case(b"chunked") => {
            Ok(Framing::Chunked(Chunk::Size))
        }
        _ => Err(Fault::Protocol("an unknown transfer coding")),
    }
}

/// Takes the line with the size of a chunk; its extensions are ignored (§7.1.1).
fn chunk_size(input: &mut BytesMut) -> Result<Option<u64>, Fault> {
    const NO_SIZE: Fault = Fault::Protocol("a chunk without a valid size");
    match input.first() {
        None => return Ok(None),
        // The parser takes no digits at all for zero.
        Some(first) if !first.is_ascii_hexdigit() => return Err(NO_SIZE),
        Some(_) => {}
    }
    match httparse::parse_chunk_size(input) {
        Ok(httparse::Status::Complete((used, size))) if used <= MAX_LINE => {
            input.advance(used);
            Ok(Some(size))
        }
        Ok(httparse::Status::Partial) if input.len() < MAX_LINE => Ok(None),
        _ => Err(NO_SIZE),
    }
}

/// Drops a whole line and says how long it was, without its end.
fn line(input: &mut BytesMut) -> Result<Option<usize>, Fault> {
    let Some(end) = input.iter().take(MAX_LINE).position(|byte| *byte == b'\n') else {
        return match input.len() {
            0..MAX_LINE => Ok(None),
            _ => Err(Fault::TooLarge("a trailer is too long")),
        };
    };
    let length = match input.get(..end) {
        Some([before @ .., b'\r']) => before.len(),
        _ => return Err(Fault::Protocol("a trailer without its line end")),
    };
    input.advance(end + 1);
    Ok(Some(length))
}

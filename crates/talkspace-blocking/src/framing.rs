//! Where the body of a response ends (RFC 9112 §6 and §7).

use bytes::{Buf, Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Method, Response, StatusCode, Version};

use crate::error::Fault;

#[cfg(test)]
mod tests;

// Nothing reads what these bound. hyper has the same bounds.
/// All extensions of the chunks of a body, and any line with a size.
const MAX_EXTENSIONS: usize = 16 * 1024;
/// All trailers together, with their line ends.
const MAX_TRAILERS: usize = 16 * 1024;
const MAX_TRAILER_LINES: usize = 100;

/// How a body is delimited, and how much of it is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// So many bytes.
    Length(u64),
    /// Chunks, up to one of size zero; so many bytes of extensions came before.
    Chunked(Chunk, usize),
    /// All bytes until the peer closes.
    UntilClose,
    /// No body, and no further response after it.
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
    /// Trailers, and the empty line that ends the body.
    Trailers,
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
    /// The framing of the response `head` to a request with `method`.
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
        let (mut length, mut codings) = (None, 0);
        let mut is_chunked = false;
        // Of the few that a head has, comparing them all is cheaper than a look-up.
        for (name, value) in head.headers() {
            if *name == CONTENT_LENGTH {
                add_length(&mut length, value.as_bytes())?;
            } else if *name == TRANSFER_ENCODING {
                codings += 1;
                is_chunked = value.as_bytes().eq_ignore_ascii_case(b"chunked");
            }
        }
        if codings > 0 {
            // §6.1 and §6.3: two framings, or one that HTTP/1.0 does not
            // have, may be an attempt at smuggling.
            if length.is_some() {
                return Err(Fault::Protocol("two framings of one body"));
            }
            if head.version() != Version::HTTP_11 {
                return Err(Fault::Protocol("a transfer coding in HTTP/1.0"));
            }
            // Only `chunked` alone is understood, on one line and without
            // parameters. Anything else, decoded in part, would deliver something
            // that is neither the content nor what was sent (§6.1, §7).
            if codings > 1 || !is_chunked {
                return Err(Fault::Protocol("a transfer coding other than chunked"));
            }
            return Ok(Self::Chunked(Chunk::Size, 0));
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
            let (chunk, extensions) = match self {
                Self::Length(0) | Self::Nothing => return Ok(Found::End),
                Self::Length(left) => return take(input, left, room),
                Self::UntilClose => return take(input, &mut { u64::MAX }, room),
                Self::Chunked(chunk, extensions) => (chunk, extensions),
            };
            match chunk {
                Chunk::Size => match chunk_size(input, extensions)? {
                    None => return Ok(Found::More),
                    Some(0) => *chunk = Chunk::Trailers,
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
                Chunk::Trailers => match trailers(input)? {
                    None => return Ok(Found::More),
                    Some(length) => {
                        input.advance(length);
                        *chunk = Chunk::End;
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

/// Takes in a `Content-Length`. Repeated equal values are one (RFC 9110 §8.6).
fn add_length(length: &mut Option<u64>, value: &[u8]) -> Result<(), Fault> {
    for item in value.split(|byte| *byte == b',') {
        let item =
            digits(item.trim_ascii()).ok_or(Fault::Protocol("a Content-Length is not a number"))?;
        if length.is_some_and(|length| length != item) {
            return Err(Fault::Protocol("two different lengths of one body"));
        }
        *length = Some(item);
    }
    Ok(())
}

/// A decimal number without a sign.
fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Takes the line with the size of a chunk. Its extensions are passed over,
/// whatever they say (§7.1.1), but for line ends of another kind, which other
/// readers may take for the end of the line.
fn chunk_size(input: &mut BytesMut, extensions: &mut usize) -> Result<Option<u64>, Fault> {
    const NO_SIZE: Fault = Fault::Protocol("a chunk without a valid size");
    let (digits, rest) = split(input, u8::is_ascii_hexdigit);
    let (_blanks, rest) = split(rest, |byte| matches!(byte, b' ' | b'\t'));
    let (extension, end) = match rest {
        [b';', ..] => split(rest, |byte| !matches!(byte, b'\r' | b'\n')),
        _ => (&[][..], rest),
    };
    let is_over = *extensions + extension.len() > MAX_EXTENSIONS;
    if is_over || (digits.is_empty() && !input.is_empty()) {
        return Err(NO_SIZE);
    }
    match end {
        [] | [b'\r'] if input.len() <= 2 * MAX_EXTENSIONS => Ok(None),
        [b'\r', b'\n', ..] => {
            let digits = std::str::from_utf8(digits).map_err(|_| NO_SIZE)?;
            let size = u64::from_str_radix(digits, 16).map_err(|_| NO_SIZE)?;
            *extensions += extension.len();
            let line = input.len() - end.len() + 2;
            input.advance(line);
            Ok(Some(size))
        }
        _ => Err(NO_SIZE),
    }
}

/// The first bytes that are of a kind, and the others.
fn split(bytes: &[u8], is: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| !is(byte));
    bytes.split_at(end.unwrap_or(bytes.len()))
}

/// How long the trailers are, with the empty line after them, once all are there.
fn trailers(input: &[u8]) -> Result<Option<usize>, Fault> {
    const MALFORMED: Fault = Fault::Protocol("the trailers are malformed, or too many");
    let mut rest = input;
    for lines in 0..=MAX_TRAILER_LINES {
        let line_end = rest.iter().position(|byte| *byte == b'\r');
        let (line, end) = rest.split_at(line_end.unwrap_or(rest.len()));
        match end {
            [] | [b'\r'] if input.len() < MAX_TRAILERS => return Ok(None),
            [b'\r', b'\n', after @ ..] => rest = after,
            _ => return Err(MALFORMED),
        }
        if line.is_empty() {
            let length = input.len() - rest.len();
            let mut parsed = vec![httparse::EMPTY_HEADER; lines];
            return match httparse::parse_headers(input, &mut parsed) {
                Ok(httparse::Status::Complete(_)) if length < MAX_TRAILERS => Ok(Some(length)),
                _ => Err(MALFORMED),
            };
        }
    }
    Err(MALFORMED)
}

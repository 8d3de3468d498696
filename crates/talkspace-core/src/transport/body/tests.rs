//! Bodies are read exactly, once or many times.

use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::{Body, BodyPart, BodyPiece, BodySource};
use crate::{Delivery, FailureKind};

/// A source that says one length and holds another.
struct Source {
    says: u64,
    holds: Vec<u8>,
}

impl BodySource for Source {
    fn len(&self) -> u64 {
        self.says
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.holds.get(offset as usize..).unwrap_or_default();
        // Short reads are allowed; take them to be sure that they are handled.
        let read = rest.len().min(buffer.len()).min(1000);
        buffer[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }
}

fn source(says: u64, holds: usize) -> BodyPart {
    let holds = (0..holds).map(|byte| byte as u8).collect();
    BodyPart::Source(Arc::new(Source { says, holds }))
}

#[test]
fn parts_are_joined_exactly_and_twice_the_same() {
    let body = Body::from_parts([
        BodyPart::Bytes("head".into()),
        BodyPart::Bytes("".into()),
        source(150_000, 150_000),
        source(0, 0),
        BodyPart::Bytes("tail".into()),
    ]);
    assert_eq!(body.len(), 150_008);
    let first = body.read_to_bytes().unwrap();
    assert_eq!(first.len(), 150_008);
    assert!(first.starts_with(b"head\x00\x01"));
    assert!(first.ends_with(b"tail"));
    assert_eq!(first, body.read_to_bytes().unwrap());
}

#[test]
fn pieces_of_a_source_are_bounded() {
    let body = Body::from_parts([source(150_000, 150_000)]);
    let mut cursor = body.cursor();
    let mut lengths = Vec::new();
    while let Some(piece) = cursor.next_piece() {
        lengths.push(piece.len());
    }
    assert_eq!(lengths, [65_536, 65_536, 18_928]);
}

#[test]
fn what_is_in_memory_is_not_read() {
    static ALL: [u8; 100_000] = [7; 100_000];
    let sources: [Arc<dyn BodySource>; 4] = [
        Arc::new(&ALL[..]),
        Arc::new(ALL.to_vec()),
        Arc::new(Arc::<[u8]>::from(ALL)),
        Arc::new(Bytes::from_static(&ALL)),
    ];
    for source in sources {
        assert_eq!(source.in_memory(99_999, 2), None, "beyond its end");
        assert_eq!(source.in_memory(u64::MAX, 1), None);
        let mut cursor = Body::from_parts([BodyPart::Source(source)]).cursor();
        let mut lengths = Vec::new();
        while let Some(BodyPiece::Bytes(bytes)) = cursor.next_piece() {
            assert!(bytes.iter().all(|byte| *byte == 7));
            lengths.push(bytes.len());
        }
        assert_eq!(lengths, [65_536, 34_464]);
    }
}

/// A source that gives another number of bytes than it is asked for.
struct Miscounting(usize);

impl BodySource for Miscounting {
    fn len(&self) -> u64 {
        5
    }

    fn read_at(&self, _: u64, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'r');
        Ok(buffer.len())
    }

    fn in_memory(&self, _: u64, _: usize) -> Option<Bytes> {
        Some(vec![b'm'; self.0].into())
    }
}

#[test]
fn a_wrong_number_of_bytes_in_memory_is_read_instead() {
    for (given, expected) in [(4, "rrrrr"), (5, "mmmmm"), (6, "rrrrr")] {
        let body = Body::from_source(Miscounting(given));
        assert_eq!(body.read_to_bytes().unwrap(), expected);
    }
}

#[test]
fn a_source_that_ends_early_is_an_error_and_is_not_padded() {
    let error = Body::from_parts([source(10, 9)])
        .read_to_bytes()
        .unwrap_err();
    assert_eq!(error.kind(), FailureKind::BodySource);
    assert_eq!(error.delivery(), Delivery::MaybeSent);
    let cause = std::error::Error::source(&error).unwrap();
    assert!(cause.to_string().contains("before its stated length"));
}

#[test]
fn what_a_source_holds_beyond_its_length_is_not_sent() {
    let body = Body::from_parts([source(5, 9), BodyPart::Bytes("x".into())]);
    assert_eq!(&body.read_to_bytes().unwrap()[..], b"\x00\x01\x02\x03\x04x");
}

#[test]
fn debug_shows_the_length_alone() {
    assert_eq!(format!("{:?}", Body::from("appkey=1")), "Body(8 bytes)");
}

//! Bodies are read exactly, once or many times.

use std::io;

use super::{Body, BodyPart, BodySource};
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
    BodyPart::Source(std::sync::Arc::new(Source { says, holds }))
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

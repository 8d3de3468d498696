//! Bodies are whole, within their limit, and where they were to go.

use std::io::{self, Write};

use bytes::Bytes;
use http::Response;

use super::{Collector, Sink};
use crate::FailureKind;

fn collect(
    status: u16,
    announced: Option<u32>,
    max: u64,
    chunks: &[&'static str],
) -> Result<Bytes, FailureKind> {
    let mut response = Response::builder().status(status);
    if let Some(length) = announced {
        response = response.header("content-length", length);
    }
    let (head, ()) = response.body(()).unwrap().into_parts();
    let mut sink = Sink::Memory;
    let mut whole = Collector::new(&head, false, max, &mut sink);
    for chunk in chunks {
        whole
            .push(Bytes::from_static(chunk.as_bytes()))
            .map_err(|error| error.kind())?;
    }
    whole.finish().map_err(|error| error.kind())
}

#[test]
fn bodies_are_whole_and_within_their_limit() {
    assert_eq!(
        collect(200, None, 9, &["abc", "def", "ghi"]).unwrap(),
        "abcdefghi"
    );
    assert_eq!(collect(200, Some(3), 9, &["abc"]).unwrap(), "abc");
    assert_eq!(
        collect(200, None, 8, &["abc", "def", "ghi"]),
        Err(FailureKind::TooLarge)
    );
    assert_eq!(
        collect(200, Some(4), 9, &["abc"]),
        Err(FailureKind::Truncated)
    );
    assert_eq!(collect(200, Some(4), 9, &[]), Err(FailureKind::Truncated));
    assert_eq!(collect(304, Some(4), 9, &[]).unwrap(), "");
}

#[test]
fn a_length_beyond_all_numbers_is_not_reached() {
    for length in ["18446744073709551616", " 99999999999999999999999 "] {
        let response = Response::builder().header("content-length", length);
        let (head, ()) = response.body(()).unwrap().into_parts();
        let mut sink = Sink::Memory;
        let mut whole = Collector::new(&head, false, 9, &mut sink);
        whole.push(Bytes::from_static(b"abc")).unwrap();
        let kind = whole.finish().map_err(|error| error.kind());
        assert_eq!(kind, Err(FailureKind::Truncated), "{length}");
    }
}

/// Writes the body of a response with this status to a writer.
fn write(status: u16, chunks: &[&'static str]) -> (Result<Bytes, FailureKind>, String, Vec<u64>) {
    let (head, ()) = Response::builder()
        .status(status)
        .body(())
        .unwrap()
        .into_parts();
    let (mut written, mut told) = (Vec::new(), Vec::new());
    let mut progress = |so_far, _| told.push(so_far);
    let mut sink = Sink::writer(&mut written, Some(&mut progress));
    let mut whole = Collector::new(&head, false, 9, &mut sink);
    let pushed = chunks
        .iter()
        .try_for_each(|chunk| whole.push(Bytes::from_static(chunk.as_bytes())));
    let outcome = pushed
        .and_then(|()| whole.finish())
        .map_err(|error| error.kind());
    (outcome, String::from_utf8(written).unwrap(), told)
}

#[test]
fn a_success_goes_to_the_writer_and_an_error_response_does_not() {
    let (rest, written, told) = write(200, &["abc", "def"]);
    assert_eq!((rest.unwrap().len(), written.as_str()), (0, "abcdef"));
    assert_eq!(told, [3, 6]);
    let (body, written, told) = write(404, &["abc", "def"]);
    assert_eq!((&body.unwrap()[..], written.as_str()), (&b"abcdef"[..], ""));
    assert!(told.is_empty());
    // A part is not the file, and nothing is not an empty one.
    for status in [201, 202, 204, 206, 226] {
        assert_eq!(write(status, &["abc"]).1, "", "{status}");
    }
    assert_eq!(write(200, &["abcdefghij"]).0, Err(FailureKind::TooLarge));
}

#[test]
fn an_error_response_has_the_limit_of_memory() {
    let (head, ()) = Response::builder()
        .status(404)
        .body(())
        .unwrap()
        .into_parts();
    let mut written = Vec::new();
    let mut sink = Sink::writer(&mut written, None);
    let mut whole = Collector::new(&head, false, u64::MAX, &mut sink);
    let chunk = Bytes::from(vec![b'x'; 512 * 1024]);
    assert!(whole.push(chunk.clone()).is_ok());
    assert!(whole.push(chunk).is_ok());
    let error = whole.push("x".into()).unwrap_err();
    assert_eq!(error.kind(), FailureKind::TooLarge);
}

#[test]
fn a_length_that_is_only_announced_gets_no_more_room_than_bytes_that_came() {
    let announced = 1_u64 << 60;
    let (head, ()) = Response::builder()
        .header("content-length", announced)
        .body(())
        .unwrap()
        .into_parts();
    let mut sink = Sink::Memory;
    let mut whole = Collector::new(&head, false, u64::MAX, &mut sink);
    for _ in 0..3 {
        assert!(whole.push(Bytes::from(vec![b'x'; 1024 * 1024])).is_ok());
    }
    assert!(whole.whole.capacity() <= 8 * 1024 * 1024);
}

#[test]
fn a_writer_that_fails_is_an_error_of_its_own() {
    struct Full;

    impl Write for Full {
        fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::StorageFull))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let (head, ()) = Response::new(()).into_parts();
    let mut full = Full;
    let mut sink = Sink::writer(&mut full, None);
    let error = Collector::new(&head, false, 9, &mut sink)
        .push("abc".into())
        .unwrap_err();
    assert_eq!(error.kind(), FailureKind::Writer);
    assert_eq!(sink.written(), 0);
}

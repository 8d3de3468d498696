//! Bodies are whole, and within their limit.

use bytes::Bytes;
use http::Response;

use super::Collector;
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
    let mut whole = Collector::new(&head, false, max);
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
        let mut whole = Collector::new(&head, false, 9);
        whole.push(Bytes::from_static(b"abc")).unwrap();
        let kind = whole.finish().map_err(|error| error.kind());
        assert_eq!(kind, Err(FailureKind::Truncated), "{length}");
    }
}

#[test]
fn a_length_that_is_only_announced_gets_no_more_room_than_bytes_that_came() {
    let announced = 1_u64 << 60;
    let (head, ()) = Response::builder()
        .header("content-length", announced)
        .body(())
        .unwrap()
        .into_parts();
    let mut whole = Collector::new(&head, false, u64::MAX);
    for _ in 0..3 {
        assert!(whole.push(Bytes::from(vec![b'x'; 1024 * 1024])).is_ok());
    }
    assert!(whole.whole.capacity() <= 8 * 1024 * 1024);
}

//! Heads are read exactly, or rejected.

use proptest::prelude::*;

use super::*;

fn take(
    bytes: &[u8],
    size: usize,
    max_header_bytes: usize,
) -> Result<Option<(Response<()>, usize)>, Fault> {
    let mut reader = HeadReader::new(max_header_bytes);
    let mut input = BytesMut::new();
    for piece in bytes.chunks(size) {
        input.extend_from_slice(piece);
        if let Some(head) = reader.take(&mut input)? {
            return Ok(Some((head, input.len())));
        }
    }
    Ok(None)
}

fn whole(bytes: &[u8]) -> Result<Option<Response<()>>, Fault> {
    Ok(take(bytes, usize::MAX, 1000)?.map(|(head, _)| head))
}

#[test]
fn a_head_is_read_as_it_stands() {
    let head = b"HTTP/1.1 299 \xff odd\r\nSet-Cookie: b\r\nx-obs:\t\xe9 \r\nset-cookie: a\r\nnone:\r\n\r\nrest";
    let (head, left) = take(head, usize::MAX, 1000).unwrap().unwrap();
    assert_eq!(head.status(), 299);
    assert_eq!(head.version(), Version::HTTP_11);
    let cookies: Vec<_> = head.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["b", "a"]);
    assert_eq!(head.headers()["x-obs"].as_bytes(), b"\xe9");
    assert_eq!(head.headers()["none"], "");
    assert_eq!(left, 4);
}

#[test]
fn sloppy_status_lines_are_read() {
    for line in [
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.1 200 \r\n\r\n",
        "HTTP/1.1 200 OK\n\n",
    ] {
        assert_eq!(whole(line.as_bytes()).unwrap().unwrap().status(), 200);
    }
    let old = whole(b"HTTP/1.0 404 No\r\n\r\n").unwrap().unwrap();
    assert_eq!(old.version(), Version::HTTP_10);
}

#[test]
fn what_is_not_http1_is_rejected() {
    for wrong in [
        "\rHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\na : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: b\0\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: b\rc\r\n\r\n",
    ] {
        let rejected = matches!(whole(wrong.as_bytes()), Err(Fault::Protocol(_)));
        assert!(rejected, "{wrong:?}");
    }
}

#[test]
fn empty_lines_before_a_head_are_passed_over_and_counted() {
    let bytes = b"\r\n\nHTTP/1.1 100 x\r\n\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
    for size in [1, 7, usize::MAX] {
        let (head, rest) = take(bytes, size, bytes.len()).unwrap().unwrap();
        assert_eq!((head.status().as_u16(), rest), (200, 0));
        let too_large = take(bytes, size, bytes.len() - 1);
        assert!(matches!(too_large, Err(Fault::TooLarge(_))));
    }
}

#[test]
fn all_heads_together_keep_the_limit() {
    let bytes =
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\na: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
    for size in [1, 7, usize::MAX] {
        assert!(take(bytes, size, bytes.len()).unwrap().is_some());
        let too_large = take(bytes, size, bytes.len() - 1);
        assert!(matches!(too_large, Err(Fault::TooLarge(_))));
    }
}

#[test]
fn a_head_may_have_as_many_lines_as_anyone_needs() {
    for (lines, fits) in [(MAX_LINES, true), (MAX_LINES + 1, false)] {
        let head = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(lines));
        match take(head.as_bytes(), usize::MAX, usize::MAX) {
            Ok(response) => assert_eq!((response.unwrap().0.headers().len(), fits), (lines, true)),
            Err(fault) => assert!(!fits && matches!(fault, Fault::TooLarge(_))),
        }
    }
}

#[test]
fn close_is_found_among_the_connection_options() {
    let says = |value: &'static str| {
        let value = HeaderValue::from_static(value);
        says_close(&HeaderMap::from_iter([(CONNECTION, value)]))
    };
    assert!(says("close") && says("Close") && says("x, close") && says("close,keep-alive"));
    assert!(!says("keep-alive") && !says("closed") && !says(""));
}

proptest! {
    #[test]
    fn any_bytes_give_one_outcome_however_they_are_cut(
        tail in proptest::collection::vec(any::<u8>(), 0..80),
        text in "[ -~\r\n:]{0,80}",
        size in 1_usize..20,
    ) {
        for start in ["", "\r\n", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\na: "] {
            let bytes = [start.as_bytes(), text.as_bytes(), &tail].concat();
            let cut = take(&bytes, size, 1000).map(|head| head.map(|(head, _)| head));
            let at_once = whole(&bytes);
            prop_assert_eq!(format!("{cut:?}"), format!("{at_once:?}"));
        }
    }
}

#[test]
fn a_length_is_written_in_decimals() {
    for number in [0, 7, 10, 1_048_576, u64::MAX] {
        let mut head = b"length: ".to_vec();
        put_decimal(&mut head, number);
        assert_eq!(head, format!("length: {number}").as_bytes());
    }
}

//! Framing is read exactly, in whatever pieces it arrives.

use proptest::prelude::*;

use super::*;

fn head(lines: &[(&'static str, &'static str)]) -> Response<()> {
    let mut head = Response::new(());
    for (name, value) in lines {
        head.headers_mut().append(*name, value.parse().unwrap());
    }
    head
}

fn framing(lines: &[(&'static str, &'static str)]) -> Result<Framing, Fault> {
    Framing::of(&Method::GET, &head(lines))
}

/// The body, and whether it came to its end.
fn read(mut framing: Framing, pieces: &[&[u8]], room: u64) -> Result<(Vec<u8>, bool), Fault> {
    let (mut input, mut body) = (BytesMut::new(), Vec::new());
    for piece in pieces {
        input.extend_from_slice(piece);
        loop {
            match framing.next(&mut input, room - body.len() as u64)? {
                Found::Data(bytes) => body.extend_from_slice(&bytes),
                Found::More => break,
                Found::End => return Ok((body, true)),
            }
        }
    }
    Ok((body, false))
}

#[test]
fn a_length_is_said_once_or_always_alike() {
    assert_eq!(framing(&[("content-length", "5")]), Ok(Framing::Length(5)));
    assert_eq!(framing(&[]), Ok(Framing::UntilClose));
    let twice = [("content-length", "5"), ("content-length", "5, 05")];
    assert_eq!(framing(&twice), Ok(Framing::Length(5)));
    for wrong in [
        "",
        "+5",
        "-1",
        "5x",
        "0x5",
        "5, 6",
        "5,",
        "18446744073709551616",
    ] {
        assert!(framing(&[("content-length", wrong)]).is_err(), "{wrong}");
    }
}

#[test]
fn only_chunked_alone_is_a_transfer_coding() {
    let chunked = Ok(Framing::Chunked(Chunk::Size, 0));
    assert_eq!(framing(&[("transfer-encoding", "chunked")]), chunked);
    assert_eq!(framing(&[("transfer-encoding", "CHUNKED")]), chunked);
    for wrong in [
        "",
        "gzip",
        "gzip, chunked",
        "chunked, gzip",
        "chunked, chunked",
        "xchunked",
        "chunked,",
        "chunked;q=1",
        "identity",
    ] {
        assert!(framing(&[("transfer-encoding", wrong)]).is_err(), "{wrong}");
    }
    let twice = [("transfer-encoding", "chunked"); 2];
    assert!(framing(&twice).is_err());
    let both = [("content-length", "5"), ("transfer-encoding", "chunked")];
    assert!(framing(&both).is_err());
}

#[test]
fn some_responses_have_no_body_whatever_their_head_says() {
    let of = |method: &Method, status| {
        let mut head = head(&[("content-length", "5")]);
        *head.status_mut() = StatusCode::from_u16(status).unwrap();
        Framing::of(method, &head).unwrap()
    };
    assert_eq!(of(&Method::HEAD, 200), Framing::Length(0));
    assert_eq!(of(&Method::GET, 204), Framing::Length(0));
    assert_eq!(of(&Method::GET, 304), Framing::Length(0));
    assert_eq!(of(&Method::GET, 101), Framing::Nothing);
    assert_eq!(of(&Method::CONNECT, 200), Framing::Nothing);
    assert_eq!(of(&Method::CONNECT, 400), Framing::Length(5));
    let mut reset = head(&[]);
    *reset.status_mut() = StatusCode::RESET_CONTENT;
    assert_eq!(Framing::of(&Method::GET, &reset), Ok(Framing::Nothing));
}

#[test]
fn bytes_beyond_the_end_are_left_alone() {
    for (mut framing, bytes) in [
        (Framing::Length(2), &b"abnext"[..]),
        (
            Framing::Chunked(Chunk::Size, 0),
            b"2\r\nab\r\n0\r\n\r\nnext",
        ),
    ] {
        let mut input = BytesMut::from(bytes);
        assert_eq!(framing.next(&mut input, 9), Ok(Found::Data("ab".into())));
        assert_eq!(framing.next(&mut input, 9), Ok(Found::End));
        assert_eq!(framing.next(&mut input, 9), Ok(Found::End));
        assert_eq!(&input[..], b"next");
    }
}

#[test]
fn a_chunk_over_the_limit_is_an_error_as_it_comes() {
    let framing = Framing::Chunked(Chunk::Size, 0);
    // hyper does not tell the size of a chunk, so neither counts it beforehand.
    assert_eq!(read(framing, &[b"4\r\n"], 3), Ok((Vec::new(), false)));
    assert!(matches!(
        read(framing, &[b"4\r\nabcd"], 3),
        Err(Fault::TooLarge(_))
    ));
    assert_eq!(
        read(framing, &[b"3\r\nabc\r\n"], 3),
        Ok((b"abc".to_vec(), false))
    );
}

#[test]
fn trailers_and_extensions_have_their_limits() {
    let framing = Framing::Chunked(Chunk::Size, 0);
    let endless = [
        format!("1;{}", "x".repeat(MAX_EXTENSIONS)),
        format!("1;{}\r\na\r\n", "x".repeat(MAX_EXTENSIONS / 3)).repeat(4),
        "0".repeat(3 * MAX_EXTENSIONS),
        format!("0\r\n{}", "x".repeat(MAX_TRAILERS)),
        format!("0\r\n{}", "a: b\r\n".repeat(MAX_TRAILER_LINES + 1)),
    ];
    for bytes in endless {
        assert!(read(framing, &[bytes.as_bytes()], 9).is_err());
    }
}

fn chunks() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let chunk = proptest::collection::vec(any::<u8>(), 1..40);
    proptest::collection::vec(chunk, 0..6)
}

fn encode(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in chunks {
        bytes.extend_from_slice(format!("{:x};a=b\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\na: b\r\n\r\n");
    bytes
}

proptest! {
    #[test]
    fn chunks_are_joined_however_they_are_cut(chunks in chunks(), size in 1_usize..50) {
        let bytes = encode(&chunks);
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        let read = read(Framing::Chunked(Chunk::Size, 0), &pieces, 1000);
        prop_assert_eq!(read, Ok((chunks.concat(), true)));
    }

    #[test]
    fn damage_is_never_more_than_an_error(
        chunks in chunks(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        size in 1_usize..50,
    ) {
        let mut bytes = encode(&chunks);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        let cut = read(Framing::Chunked(Chunk::Size, 0), &pieces, 1000);
        let whole = read(Framing::Chunked(Chunk::Size, 0), &[&bytes], 1000);
        prop_assert_eq!(cut, whole);
    }
}

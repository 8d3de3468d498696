//! `odd/chunked/*`: the chunked transfer coding.

use super::{Class, Table, ok, rfc, unless_rejected};
use crate::case::{Case, fails};
use crate::client::FailureKind;

pub(super) fn classes() -> Vec<Class> {
    vec![
        data(),
        extensions(),
        trailers(),
        cut(),
        no_chunks(),
        large(),
    ]
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const LAST: &str = "0\r\n\r\n";

/// Each is the only chunk.
const DATA: Table = &[
    ("/a-last-chunk", b"0\r\n\r\n"),
    ("/chunks", b"5\r\nhello\r\n0\r\n\r\n"),
    ("/a-line-end", b"\r\n"),
    ("/half-a-line-end", b"\r"),
    ("/the-other-half", b"\n"),
    ("/a-nul", b"\0"),
    (
        "/a-response",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno",
    ),
    ("/a-trailer", b"X: y\r\n\r\n"),
];

fn data() -> Class {
    let case = Case::required(
        "odd/chunked/data",
        "the data of a chunk are as many octets as its size says, whatever they look like",
        rfc::CHUNKED,
    )
    .building_on(&["framing/chunked/basic"])
    .cause("the end of a chunk is looked for in its data");
    DATA.iter().fold(Class::new(case), |class, (path, data)| {
        // With leading zeros, as some servers fill up the size that they send last.
        let size = format!("{HEAD}{:08x}\r\n", data.len());
        let raw = [size.as_bytes(), data, b"\r\n", LAST.as_bytes()].concat();
        class.row(path, raw, ok(200).body(*data))
    })
}

const EXTENSIONS: Table = &[
    ("/no-value", b";a"),
    ("/two", b";a=b;c=d"),
    ("/twice-the-same", b";a=b;a=c"),
    ("/a-semicolon-in-quotes", b";a=\"b;c\""),
    ("/a-quote-in-quotes", b";a=\"b\\\"c\""),
    ("/nothing-in-quotes", b";a=\"\""),
    ("/beyond-ascii-in-quotes", b";a=\"\xc3\xa9\""),
    (
        "/signature",
        b";chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    ),
];

fn extensions() -> Class {
    let case = Case::required(
        "odd/chunked/extensions",
        "chunk extensions of any form are ignored",
        rfc::CHUNK_EXTENSIONS,
    )
    .building_on(&["framing/chunked/extensions-ignored"])
    .cause("the line is split without regard to quotes, or is too short for what comes");
    let class = Class::new(case).rows(
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5",
            EXTENSIONS,
            "\r\nhello\r\n0\r\n\r\n",
        ),
        &ok(200).body("hello"),
    );
    class.row(
        "/at-the-end",
        format!("{HEAD}5\r\nhello\r\n000;a=0\r\n\r\n"),
        ok(200).body("hello"),
    )
}

/// Each changes what the response means, where it is a header field.
const TRAILERS: [(&str, &str, &str); 8] = [
    ("/length", "content-length", "2"),
    ("/trailer", "trailer", "content-length"),
    ("/content-coding", "content-encoding", "gzip"),
    ("/content-type", "content-type", "text/html"),
    ("/cookie", "set-cookie", "a=b"),
    ("/location", "location", "/elsewhere"),
    ("/authentication", "www-authenticate", "Basic"),
    ("/nothing", "x-empty", ""),
];

fn trailers() -> Class {
    let case = Case::required(
        "odd/chunked/trailers",
        "a trailer field is no header field, and frames nothing, whatever its name, or the response is rejected",
        rfc::TRAILERS,
    )
    .also(rfc::CHUNKED)
    .building_on(&["framing/chunked/trailers-not-headers"])
    .classified(&["Protocol, MaybeSent"])
    .cause("only trailer fields of some names are kept apart");
    TRAILERS
        .into_iter()
        .fold(Class::new(case), |class, (path, name, value)| {
            let raw = format!("{HEAD}5\r\nhello\r\n0\r\n{name}: {value}\r\n\r\n");
            class.row(
                path,
                raw,
                unless_rejected(ok(200).without(name).body("hello")),
            )
        })
}

const CUT: Table = &[
    ("/nothing-came", b""),
    ("/in-a-size", b"5"),
    ("/in-an-extension", b"5;a=b"),
    ("/in-the-line-end-of-a-size", b"5\r"),
    ("/behind-a-size", b"5\r\n"),
    ("/in-the-data", b"5\r\nhel"),
    ("/behind-the-data", b"5\r\nhello"),
    ("/in-the-line-end-of-the-data", b"5\r\nhello\r"),
    ("/in-the-last-size", b"5\r\nhello\r\n0"),
    ("/in-a-chunk-that-is-too-large", b"a\r\nhello\r\n0\r\n\r\n"),
];

fn cut() -> Class {
    let case = Case::required(
        "odd/chunked/cut",
        "a body that ends anywhere before its last chunk is an error",
        rfc::NO_LAST_CHUNK,
    )
    .building_on(&["framing/chunked/no-last-chunk"])
    .classified(&["Truncated, MaybeSent"])
    .cause(
        "the end of the connection is looked for in one state of the decoder and not in another",
    );
    Class::new(case).rows((HEAD, CUT, ""), &fails(&[FailureKind::Truncated]))
}

/// What comes from servers that say chunked and do not mean it.
const NO_CHUNKS: Table = &[
    ("/a-page", b"<html>hello</html>\r\n"),
    ("/json", b"{\"hello\": \"world\"}"),
    ("/hexadecimal-digits", b"deadbeef"),
    ("/a-word-of-hexadecimal-digits", b"add more\r\n\r\n"),
    ("/gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcbH\xcd\xc9\xc9\x07\x00\x86\xa6\x106\x05\x00\x00\x00"),
    ("/an-extension-alone", b";a=b\r\nhello\r\n0\r\n\r\n"),
    ("/a-letter-beyond-f", b"g\r\nhello\r\n0\r\n\r\n"),
];

fn no_chunks() -> Class {
    let case = Case::required(
        "odd/chunked/no-chunks",
        "a body that is said to be chunked and is not is no whole one",
        rfc::NO_LAST_CHUNK,
    )
    .also(rfc::INCOMPLETE)
    .building_on(&["framing/chunked/no-size"])
    .classified(&["Protocol or Truncated, MaybeSent"])
    .cause("what cannot be decoded is given as it came, or as an empty body");
    Class::new(case).rows(
        (HEAD, NO_CHUNKS, ""),
        &fails(&[FailureKind::Protocol, FailureKind::Truncated]),
    )
}

/// Each is 5 in fewer bits, or below zero with a sign.
const LARGE: Table = &[
    ("/more-than-31-bits", b"80000005"),
    ("/more-than-32-bits", b"100000005"),
    ("/more-than-53-bits", b"20000000000005"),
    ("/more-than-63-bits", b"8000000000000005"),
    ("/five-below-2-to-the-64", b"fffffffffffffffb"),
    ("/more-than-128-bits", b"100000000000000000000000000000005"),
];

fn large() -> Class {
    let case = Case::required(
        "odd/chunked/large",
        "of a chunk size of any number of bits, a chunk that ends long before it is an error",
        rfc::LARGE_CHUNKS,
    )
    .also(rfc::NO_LAST_CHUNK)
    .building_on(&[
        "framing/chunked/size-overflow",
        "framing/chunked/no-last-chunk",
    ])
    .classified(&["Protocol or TooLarge or Truncated, MaybeSent"])
    .cause("the number is kept in fewer bits, or with a sign");
    Class::new(case).rows(
        (HEAD, LARGE, "\r\nhello\r\n0\r\n\r\n"),
        &fails(&[
            FailureKind::Protocol,
            FailureKind::TooLarge,
            FailureKind::Truncated,
        ]),
    )
}

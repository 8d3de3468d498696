//! However hostile the response, a client holds no more of it than its limits
//! allow, on either transport.

use std::fmt::{self, Display};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use talkspace_blocking::HttpTransport;
use talkspace_core::{
    BlockingClient, Client, Download, Error, ErrorKind, FailureKind, GetVersion, Limits,
    ListTalkspaces, RequestOptions,
};
use talkspace_hyper::HyperTransport;
use tokio::runtime::Runtime;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// What `Limits` allow for a head and for a body.
const HEAD: usize = 64 * KIB;
const BODY: usize = MIB;
/// What may come on top of that: buffers of the engine, the request, the error.
const ALLOWED: usize = 256 * KIB;
/// How much of a response may stay in an error: its body and its message.
const KEPT: usize = 16 * KIB;
/// How much is downloaded to a writer.
const DOWNLOAD: usize = 256 * MIB;

/// What the peer sends again and again. It is no heap of this process.
static FILL: [u8; 64 * KIB] = [b'x'; 64 * KIB];
static INVALID_UTF8: [u8; 64 * KIB] = [0xFF; 64 * KIB];
static BRACKETS: [u8; 64 * KIB] = [b'['; 64 * KIB];

/// Eight matches of length 258, in the codes of RFC 1951 §3.2.6.
const EIGHT_MATCHES: [u8; 13] = *b"\xA3\x60\x14\x8C\x82\x51\x30\x0A\x46\xC1\x28\x18\x05";
static MATCHES: [[u8; 13]; 4096] = [EIGHT_MATCHES; 4096];

/// What is asked for.
#[derive(Clone, Copy)]
enum Ask {
    /// Plain text.
    Version,
    /// An envelope.
    List,
    /// A file to a writer, however large.
    Download,
}

struct Case {
    name: &'static str,
    /// What the client may hold of the response.
    cap: usize,
    ask: Ask,
    response: fn(&mut TcpStream) -> io::Result<()>,
    ends: Ends,
}

/// How the request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// Well, with so many bytes downloaded.
    Well(u64),
    As(ErrorKind),
    /// As a protocol error, or as a response that is too large.
    Unspeakable,
}

impl Ends {
    fn is(self, outcome: &Result<u64, Error>) -> bool {
        match (self, outcome) {
            (Self::Well(expected), Ok(downloaded)) => expected == *downloaded,
            (Self::As(kind), Err(error)) => error.kind() == kind,
            (Self::Unspeakable, Err(error)) => matches!(
                error.kind(),
                ErrorKind::Transport(FailureKind::Protocol | FailureKind::TooLarge)
            ),
            _ => false,
        }
    }
}

const TOO_LARGE: Ends = Ends::As(ErrorKind::Transport(FailureKind::TooLarge));
const UNREADABLE: Ends = Ends::As(ErrorKind::Decode);
const ERROR_STATUS: Ends = Ends::As(ErrorKind::Status);

const CASES: &[Case] = &[
    Case {
        name: "a body without end",
        cap: BODY,
        ask: Ask::List,
        response: |peer| {
            peer.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            without_end(peer, &FILL)
        },
        ends: TOO_LARGE,
    },
    Case {
        name: "chunks without end",
        cap: BODY,
        ask: Ask::List,
        response: |peer| {
            peer.write_all(CHUNKED)?;
            without_end(
                peer,
                &b"20\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n".repeat(100),
            )
        },
        ends: TOO_LARGE,
    },
    Case {
        name: "10 GiB announced",
        cap: 0,
        ask: Ask::List,
        response: |peer| {
            peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")?;
            without_end(peer, &FILL)
        },
        ends: TOO_LARGE,
    },
    Case {
        name: "a header line without end",
        cap: HEAD,
        ask: Ask::List,
        response: |peer| {
            peer.write_all(b"HTTP/1.1 200 OK\r\nX: ")?;
            without_end(peer, &FILL)
        },
        ends: TOO_LARGE,
    },
    Case {
        name: "header lines without end",
        cap: HEAD,
        ask: Ask::List,
        response: |peer| {
            peer.write_all(b"HTTP/1.1 200 OK\r\n")?;
            without_end(peer, &b"A: b\r\n".repeat(100))
        },
        ends: TOO_LARGE,
    },
    Case {
        name: "interim (1xx) responses without end",
        cap: HEAD,
        ask: Ask::List,
        response: |peer| {
            without_end(
                peer,
                &b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n".repeat(100),
            )
        },
        ends: TOO_LARGE,
    },
    Case {
        name: "a chunk's extension without end",
        cap: 0,
        ask: Ask::List,
        response: |peer| {
            peer.write_all(CHUNKED)?;
            peer.write_all(b"1;a=")?;
            without_end(peer, &FILL)
        },
        ends: Ends::Unspeakable,
    },
    Case {
        name: "trailers without end",
        cap: HEAD,
        ask: Ask::List,
        response: |peer| {
            peer.write_all(CHUNKED)?;
            peer.write_all(b"1\r\nx\r\n0\r\n")?;
            without_end(peer, &b"A: b\r\n".repeat(100))
        },
        ends: Ends::Unspeakable,
    },
    Case {
        name: "1,000,000 nested arrays",
        cap: BODY,
        ask: Ask::List,
        response: |peer| sized(peer, "200 OK", "", b"", &BRACKETS, 1_000_000, b""),
        ends: UNREADABLE,
    },
    Case {
        name: "the same in a known field",
        cap: BODY,
        ask: Ask::List,
        response: |peer| {
            let start = br#"{"ConferenceListResponse":{"status":200,"active":"#;
            sized(peer, "200 OK", "", start, &BRACKETS, 1_000_000, b"")
        },
        ends: UNREADABLE,
    },
    Case {
        // Skipping it takes a byte for each bracket, in a list that doubles.
        name: "the same in an unknown field",
        cap: BODY + BODY / 2 + BODY,
        ask: Ask::List,
        response: |peer| {
            let start = br#"{"ConferenceListResponse":{"status":200,"new":"#;
            sized(peer, "200 OK", "", start, &BRACKETS, 1_000_000, b"")
        },
        ends: UNREADABLE,
    },
    Case {
        // The body, the text in it, and what the error keeps is made from it.
        name: "a message as large as a body",
        cap: 3 * BODY,
        ask: Ask::List,
        response: |peer| {
            let start = br#"{"ConferenceListResponse":{"status":400,"message":""#;
            sized(
                peer,
                "400 Bad Request",
                "",
                start,
                &FILL,
                BODY - 100,
                b"\"}}",
            )
        },
        ends: ERROR_STATUS,
    },
    Case {
        name: "a page as large as a body",
        cap: BODY,
        ask: Ask::List,
        response: |peer| sized(peer, "502 Bad Gateway", "", b"<html>", &FILL, BODY - 6, b""),
        ends: ERROR_STATUS,
    },
    Case {
        name: "the same, not UTF-8",
        cap: BODY,
        ask: Ask::List,
        response: |peer| sized(peer, "502 Bad Gateway", "", b"", &INVALID_UTF8, BODY, b""),
        ends: ERROR_STATUS,
    },
    Case {
        name: "a page of 100 MB",
        cap: BODY,
        ask: Ask::List,
        response: |peer| {
            peer.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>")?;
            (0..100 * MIB / FILL.len()).try_for_each(|_| peer.write_all(&FILL))
        },
        ends: TOO_LARGE,
    },
    Case {
        name: "a gzip bomb of 165 MB",
        cap: 0,
        ask: Ask::List,
        response: gzip_bomb,
        ends: UNREADABLE,
    },
    Case {
        name: "the same as a download",
        cap: 0,
        ask: Ask::Download,
        response: gzip_bomb,
        ends: UNREADABLE,
    },
    Case {
        name: "a text as large as a body",
        cap: 2 * BODY,
        ask: Ask::Version,
        response: |peer| sized(peer, "200 OK", "", b"", &FILL, BODY, b""),
        ends: Ends::Well(0),
    },
    Case {
        name: "256 MiB to a writer",
        cap: 0,
        ask: Ask::Download,
        response: |peer| sized(peer, "200 OK", "", b"ID3", &FILL, DOWNLOAD - 3, b""),
        ends: Ends::Well(DOWNLOAD as u64),
    },
    Case {
        name: "a download with an error status without end",
        cap: BODY,
        ask: Ask::Download,
        response: |peer| {
            peer.write_all(b"HTTP/1.1 404 Not Found\r\n\r\n")?;
            without_end(peer, &FILL)
        },
        ends: TOO_LARGE,
    },
];

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Sends these bytes until the client has had enough.
fn without_end(peer: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    loop {
        peer.write_all(bytes)?;
    }
}

/// Sends a response whose length is announced, and truly so.
fn sized(
    peer: &mut TcpStream,
    status: &str,
    fields: &str,
    start: &[u8],
    fill: &[u8],
    times: usize,
    end: &[u8],
) -> io::Result<()> {
    let length = start.len() + times + end.len();
    write!(
        peer,
        "HTTP/1.1 {status}\r\n{fields}Connection: close\r\nContent-Length: {length}\r\n\r\n"
    )?;
    peer.write_all(start)?;
    let mut left = times;
    while left > 0 {
        let piece = fill.get(..left.min(fill.len())).unwrap_or(fill);
        peer.write_all(piece)?;
        left -= piece.len();
    }
    peer.write_all(end)
}

/// A response with a content coding that no request accepts: 1 MiB that becomes 165 MB.
fn gzip_bomb(peer: &mut TcpStream) -> io::Result<()> {
    /// The head of RFC 1952 §2.3, and the start of a block of fixed codes (RFC
    /// 1951 §3.2.6): its header, an `x`, and one match of length 258.
    const START: &[u8] = b"\x1F\x8B\x08\0\0\0\0\0\x02\xFF\xAB\x18\x05";
    let coded = "Content-Encoding: gzip\r\n";
    sized(
        peer,
        "200 OK",
        coded,
        START,
        MATCHES.as_flattened(),
        80_000 * 13,
        b"",
    )
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Either client, as one.
enum Either {
    Hyper(Runtime, Client),
    Blocking(BlockingClient),
}

impl Either {
    fn all(url: &str) -> Outcome<[Self; 2]> {
        // A second attempt would meet no peer.
        // Nor is it a matter of time.
        let mut limits = Limits::default();
        (limits.response_timeout, limits.read_timeout) = (Duration::MAX, Duration::MAX);
        let policy = RequestOptions::default()
            .max_retries(0)
            .no_timeout()
            .limits(limits);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let hyper = Client::builder(url, "key").options(policy);
        let blocking = BlockingClient::builder(url, "key").options(policy);
        Ok([
            Self::Hyper(runtime, hyper.build(HyperTransport::new())?),
            Self::Blocking(blocking.build_blocking(HttpTransport::new())?),
        ])
    }

    /// Asks, and gives how many bytes were downloaded.
    fn ask(&self, ask: Ask, url: &str) -> Result<u64, Error> {
        let download = || Download::new(format!("{url}/audio/1.mp3")).at_most(DOWNLOAD as u64);
        match self {
            Self::Hyper(runtime, client) => runtime.block_on(async {
                match ask {
                    Ask::Version => client.send(GetVersion::new()).await.map(|_| 0),
                    Ask::List => client.send(ListTalkspaces::new()).await.map(|_| 0),
                    Ask::Download => {
                        let media = client.open(download()).await?;
                        talkspace_hyper::save(media, &mut tokio::io::sink()).await
                    }
                }
            }),
            Self::Blocking(client) => match ask {
                Ask::Version => client.send(GetVersion::new()).map(|_| 0),
                Ask::List => client.send(ListTalkspaces::new()).map(|_| 0),
                Ask::Download => client.download(download(), &mut io::sink()),
            },
        }
    }

    /// Waits for the peer. A runtime closes its connections only while it runs.
    fn wait_for(&self, peer: &JoinHandle<()>) {
        while !peer.is_finished() {
            let pause = Duration::from_millis(1);
            match self {
                Self::Hyper(runtime, _) => {
                    runtime.block_on(async { tokio::time::sleep(pause).await })
                }
                Self::Blocking(_) => std::thread::sleep(pause),
            }
        }
    }
}

/// What a case cost one client.
struct Cost {
    rise: usize,
    /// What is left of it: the error, once the connection is closed.
    kept: usize,
    outcome: Result<u64, Error>,
}

impl Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} KiB", self.rise.div_ceil(KIB))
    }
}

fn measure(client: &Either, case: &Case, listener: &TcpListener, url: &str) -> Outcome<Cost> {
    let listener = listener.try_clone()?;
    let response = case.response;
    let peer = std::thread::spawn(move || {
        // The client closes the connection on most of these responses.
        let _ = serve(&listener, response);
    });
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let outcome = client.ask(case.ask, url);
    let rise = HEAP.peak_usage().saturating_sub(before);
    client.wait_for(&peer);
    let kept = HEAP.current_usage().saturating_sub(before);
    Ok(Cost {
        rise,
        kept,
        outcome,
    })
}

fn serve(listener: &TcpListener, response: fn(&mut TcpStream) -> io::Result<()>) -> io::Result<()> {
    let (mut peer, _) = listener.accept()?;
    let mut request = [0; 4 * KIB];
    let mut length = 0;
    while !request
        .get(..length)
        .is_some_and(|read| read.ends_with(b"\r\n\r\n"))
    {
        let room = request.get_mut(length..).unwrap_or_default();
        match peer.read(room)? {
            0 => return Ok(()),
            read => length += read,
        }
    }
    response(&mut peer)?;
    // Until the client has closed, too.
    io::copy(&mut peer, &mut io::sink()).map(drop)
}

fn main() -> Outcome<ExitCode> {
    let mut out = io::stdout();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address: SocketAddr = listener.local_addr()?;
    let url = format!("http://{address}");
    let clients = Either::all(&url)?;
    let mut code = ExitCode::SUCCESS;
    writeln!(
        out,
        "{:<34}{:>10}{:>12}{:>12}",
        "the response", "cap", "hyper", "blocking"
    )?;
    let begin = Instant::now();
    for case in CASES {
        write!(
            out,
            "{:<34}{:>10}",
            case.name,
            format!("{} KiB", case.cap / KIB)
        )?;
        let mut wrong = String::new();
        for client in &clients {
            let cost = measure(client, case, &listener, &url)?;
            write!(out, "{:>12}", cost.to_string())?;
            if cost.rise > case.cap + ALLOWED || cost.kept > KEPT || !case.ends.is(&cost.outcome) {
                wrong = format!(
                    "{wrong}  WRONG: kept {}, {:?}",
                    cost.kept,
                    cost.outcome.map_err(|e| e.kind())
                );
            }
        }
        writeln!(out, "{wrong}")?;
        if !wrong.is_empty() {
            code = ExitCode::FAILURE;
        }
    }
    writeln!(out, "{:.1?}", begin.elapsed())?;
    Ok(code)
}

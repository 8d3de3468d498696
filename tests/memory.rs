//! An upload is not held in memory, on either transport.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::JoinHandle;
use std::time::Duration;

use peak_alloc::PeakAlloc;
use talkspace_core::{DownloadUrl, FileSource, Limits, MediaFile, RequestOptions, UploadMedia};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// The file: 24 MB, which the service would take.
const LENGTH: usize = 24 * 1024 * 1024;
/// How much the heap may rise while it is sent.
const ALLOWED: usize = 1024 * 1024;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<ExitCode> {
    let file = write_file()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut code = ExitCode::SUCCESS;
    for transport in ["blocking", "hyper"] {
        let (address, peer) = peer()?;
        let url = format!("http://{address}");
        let mut limits = Limits::default();
        (limits.response_timeout, limits.read_timeout) = (Duration::MAX, Duration::MAX);
        let policy = RequestOptions::default().no_timeout().limits(limits);
        let upload = UploadMedia::new(
            "0x3e1f2ba8bcb67848",
            MediaFile::mp3(FileSource::new(File::open(&file)?)?)?,
        );
        HEAP.reset_peak_usage();
        let before = HEAP.peak_usage();
        let stored = match transport {
            "blocking" => talkspace_blocking::Client::builder(url, "key")
                .options(policy)
                .build_blocking(talkspace_blocking::HttpTransport::new())?
                .send(upload)?,
            _ => runtime.block_on(async {
                let client = talkspace_hyper::Client::builder(url, "key").options(policy);
                let client = client.build(talkspace_hyper::HyperTransport::new())?;
                Ok::<_, Box<dyn std::error::Error>>(client.send(upload).await?)
            })?,
        };
        let rise = HEAP.peak_usage().saturating_sub(before);
        let received = peer.join().map_err(|_| "the peer panicked")?;
        writeln!(
            io::stdout(),
            "{transport}: {received} bytes received, the heap rose by {rise} bytes at most"
        )?;
        let whole = received > LENGTH && stored.download_url == DownloadUrl::new("http://x/1.mp3");
        if rise > ALLOWED || !whole {
            code = ExitCode::FAILURE;
        }
    }
    std::fs::remove_file(file)?;
    Ok(code)
}

fn write_file() -> Outcome<PathBuf> {
    let name = format!("talkspace-memory-{}.mp3", std::process::id());
    let path = Path::new(&std::env::temp_dir()).join(name);
    let mut file = File::create(&path)?;
    file.write_all(b"ID3\x04")?;
    file.set_len(LENGTH as u64)?;
    Ok(path)
}

/// Reads a request without keeping it, and responds; the number of its bytes.
fn peer() -> Outcome<(SocketAddr, JoinHandle<usize>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let peer = std::thread::spawn(move || drain(&listener).unwrap_or_default());
    Ok((address, peer))
}

fn drain(listener: &TcpListener) -> io::Result<usize> {
    let (mut stream, _) = listener.accept()?;
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or_default();
    let received = io::copy(&mut Read::by_ref(&mut stream).take(length), &mut io::sink())?;
    stream.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n\r\nhttp://x/1.mp3",
    )?;
    Ok(usize::try_from(received).unwrap_or(usize::MAX))
}

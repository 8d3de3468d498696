//! An origin with all that a client may be measured with: TLS, files in chunks of
//! any size, uploads. A thread for each connection, and no cleverness: it is the
//! clients that are measured.
//!
//! ```text
//! origin [--tls FILE] [--close] [--no-tickets]
//! ```
//!
//! With `--tls` it makes a root, which it writes to the file, and a certificate for
//! 127.0.0.1; `--close` closes each connection after its response, and
//! `--no-tickets` resumes no session. It obeys the commands `port` and `handshakes`
//! on standard input, and ends with it.

use std::env;
use std::fs;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use bench::{Outcome, work};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};

/// What the system takes at once.
const WRITE_SIZE: usize = 256 * 1024;

/// How it serves.
#[derive(Default)]
struct Settings {
    tls: Option<Arc<ServerConfig>>,
    closes: bool,
}

/// The handshakes that were done.
#[derive(Default)]
struct Handshakes {
    full: AtomicU32,
    resumed: AtomicU32,
}

fn main() -> Outcome<()> {
    let settings = Arc::new(settings()?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let handshakes = Arc::new(Handshakes::default());
    let counted = handshakes.clone();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (settings, handshakes) = (settings.clone(), handshakes.clone());
            // Whatever goes wrong with a connection is the end of it.
            thread::spawn(move || serve(stream, &settings, &handshakes));
        }
    });
    for command in io::stdin().lock().lines() {
        let count = |of: &AtomicU32| of.load(Ordering::Relaxed);
        match command?.as_str() {
            "port" => writeln!(io::stdout(), "port {port}")?,
            "handshakes" => writeln!(
                io::stdout(),
                "full {} resumed {}",
                count(&counted.full),
                count(&counted.resumed)
            )?,
            other => return Err(format!("no command: {other}").into()),
        }
        io::stdout().flush()?;
    }
    Ok(())
}

fn settings() -> Outcome<Settings> {
    let mut settings = Settings::default();
    let (mut root, mut tickets) = (None, true);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--tls" => root = Some(PathBuf::from(arguments.next().ok_or("which file?")?)),
            "--close" => settings.closes = true,
            "--no-tickets" => tickets = false,
            other => return Err(format!("no option: {other}").into()),
        }
    }
    if let Some(root) = root {
        let (config, pem) = config(tickets)?;
        fs::write(root, pem)?;
        settings.tls = Some(Arc::new(config));
    }
    Ok(settings)
}

/// A configuration, and its root as PEM.
fn config(tickets: bool) -> Outcome<(ServerConfig, String)> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(["127.0.0.1".to_owned()])?.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if tickets {
        // Without a store: any number of sessions can be resumed.
        config.ticketer = ring::Ticketer::new()?;
    } else {
        config.send_tls13_tickets = 0;
    }
    Ok((config, issuer.pem()))
}

fn serve(stream: TcpStream, settings: &Settings, handshakes: &Handshakes) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let Some(config) = &settings.tls else {
        return talk(stream, settings);
    };
    let mut stream = stream;
    let mut connection = ServerConnection::new(config.clone())?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    let count = match connection.handshake_kind() {
        Some(HandshakeKind::Resumed) => &handshakes.resumed,
        _ => &handshakes.full,
    };
    count.fetch_add(1, Ordering::Relaxed);
    let mut stream = StreamOwned::new(connection, stream);
    talk(&mut stream, settings)?;
    stream.conn.send_close_notify();
    Ok(stream.conn.complete_io(&mut stream.sock).map(drop)?)
}

fn talk(stream: impl Read + Write, settings: &Settings) -> Outcome<()> {
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut words = line.split_ascii_whitespace().map(str::to_owned);
        let (method, path) = (words.next(), words.next().ok_or("no path")?);
        let mut length = 0;
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            let (name, value) = match line.trim_end() {
                "" => break,
                field => field.split_once(':').ok_or("no field")?,
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            }
        }
        io::copy(&mut (&mut stream).take(length), &mut io::sink())?;
        let close = match settings.closes {
            true => "Connection: close\r\n",
            false => "",
        };
        let mut out = BufWriter::with_capacity(WRITE_SIZE, stream.get_mut());
        if method.as_deref() == Some("GET") {
            file(&mut out, &path, close)?;
        } else {
            let (status, kind, body) = match path.as_str() {
                work::UPLOAD_PATH => ("200 OK", "text/plain", "http://127.0.0.1/audio/1.mp3"),
                _ => ("201 Created", "application/json", work::RESPONSE),
            };
            write!(
                out,
                "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{close}\r\n{body}",
                body.len(),
            )?;
        }
        out.flush()?;
        drop(out);
        if settings.closes {
            return Ok(());
        }
    }
}

/// A file of as many bytes as its path says, in such chunks.
fn file(out: &mut impl Write, path: &str, close: &str) -> Outcome<()> {
    let (size, chunk) = work::size_and_chunk(path).ok_or("no file")?;
    let length = if chunk == 0 { WRITE_SIZE } else { chunk };
    // What does not begin as an MP3 file does is not taken, in pieces of one byte neither.
    let bytes: Vec<u8> = b"ID3".iter().copied().cycle().take(length + 2).collect();
    let framing = match chunk {
        0 => format!("Content-Length: {size}"),
        _ => "Transfer-Encoding: chunked".to_owned(),
    };
    write!(
        out,
        "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n{framing}\r\n{close}\r\n"
    )?;
    let mut left = size;
    while left > 0 {
        let begin = (size - left) % 3;
        let end = begin + left.min(length);
        let piece = bytes.get(begin..end).unwrap_or(&bytes);
        if chunk == 0 {
            out.write_all(piece)?;
        } else {
            write!(out, "{:x}\r\n", piece.len())?;
            out.write_all(piece)?;
            out.write_all(b"\r\n")?;
        }
        left -= piece.len();
    }
    if chunk > 0 {
        out.write_all(b"0\r\n\r\n")?;
    }
    Ok(())
}

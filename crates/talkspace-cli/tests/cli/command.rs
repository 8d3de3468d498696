//! One run of the command, and a peer that does what no service would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::serving::KEY;

pub(crate) const TRANSPORTS: [&str; 2] = ["hyper", "blocking"];

/// The command with a key, and nothing else from the environment of the tests.
pub(crate) fn talkspace(arguments: &[&str]) -> Command {
    let mut command = Command::new(crate::program());
    command.args(arguments).env("TALKSPACE_APP_KEY", KEY);
    for (other, _) in std::env::vars_os() {
        let is_ours = other
            .to_str()
            .is_some_and(|name| name.starts_with("TALKSPACE_"));
        if is_ours && other != "TALKSPACE_APP_KEY" {
            command.env_remove(other);
        }
    }
    // Any port that is free, unless it is said.
    command.env("TALKSPACE_SANDBOX_LISTEN", "127.0.0.1:0");
    command
}

/// The command in a shell, which knows it as `$T`.
#[cfg(unix)]
pub(crate) fn in_shell(script: &str, url: &str) -> Output {
    Command::new("sh")
        .args(["-c", script])
        .env("T", crate::program())
        .env("TALKSPACE_APP_KEY", KEY)
        .env("TALKSPACE_BASE_URL", url)
        .output()
        .unwrap()
}

pub(crate) fn run(command: &mut Command) -> Ran {
    Ran::of(command.output().unwrap())
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// The one document on standard output. An error in it has documented words
    /// alone.
    pub(crate) fn json(&self) -> Value {
        let whole = serde_json::from_slice(&self.stdout);
        let whole: Value = whole.unwrap_or_else(|why| panic!("{why}: {self:?}"));
        for error in [&whole["error"], &whole["waited"]["error"]] {
            for (name, words) in documented() {
                if let Some(word) = error[name].as_str() {
                    assert!(words.iter().any(|known| known == word), "{name}: {error}");
                }
            }
        }
        whole
    }
}

/// The words of each member of an error, as the help lists them.
pub(crate) fn documented() -> &'static [(String, Vec<String>)] {
    static WORDS: OnceLock<Vec<(String, Vec<String>)>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let help = run(&mut talkspace(&["--help"]));
        let (_, table) = help.text().split_once("The error in a document").unwrap();
        let mut members: Vec<(String, Vec<String>)> = Vec::new();
        for line in table.lines().skip(1) {
            match (line.strip_prefix("            "), members.last_mut()) {
                (Some(words), Some((_, all))) => {
                    let words = words.split(',').map(str::trim);
                    all.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
                }
                _ => {
                    let name = line.split_whitespace().next().unwrap_or_default();
                    members.push((name.to_owned(), Vec::new()));
                }
            }
        }
        members
    })
}

/// Begins a run, and does not wait for its end.
pub(crate) fn begin(command: &mut Command) -> Child {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[cfg(unix)]
pub(crate) fn signal(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args([signal, &pid]).status();
    assert!(sent.unwrap().success());
}

/// A server that does what the closure does.
pub(crate) fn peer(play: impl FnOnce(TcpListener) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || play(listener));
    url
}

/// The next request, whole, and what its response goes to.
pub(crate) fn request(listener: &TcpListener) -> (String, TcpStream) {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        text.push_str(&line);
        if line == "\r\n" || line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    text.push_str(&String::from_utf8_lossy(&body));
    (text, stream)
}

/// Responds. Who asked may have left.
pub(crate) fn respond(stream: &mut TcpStream, status: &str, body: &[u8]) {
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n"
    );
    let _ = stream.write_all(body);
}

/// An MP3 file of so many bytes, by the look of its beginning.
#[cfg(unix)]
pub(crate) fn sound(length: usize) -> Vec<u8> {
    b"ID3".iter().copied().cycle().take(length).collect()
}

/// Says a word to a peer, after everybody who has asked it something by now.
pub(crate) fn knock(url: &str, word: &str) {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "{word}\r\n\r\n").unwrap();
}

/// The names in a folder, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

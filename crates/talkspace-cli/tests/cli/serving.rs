//! A `talkspace sandbox` of its own, and a folder for what it keeps.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use talkspace_blocking::{Client, HttpTransport};
use talkspace_core::RequestOptions;
use talkspace_sandbox::SandboxBuilder;

/// The key of the example application, and what that has with content.
pub(crate) const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
pub(crate) const MEDIA: &str = "6e6a151be31b467f87225b18b0f36f00";

/// A folder of its own, gone at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = format!("talkspace-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn file(&self) -> String {
        self.0.join("state").to_str().unwrap().to_owned()
    }

    /// Makes a named pipe.
    #[cfg(unix)]
    pub(crate) fn pipe(&self) -> PathBuf {
        let pipe = self.0.join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        pipe
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The process, killed at the end.
pub(crate) struct Serving {
    pub(crate) child: Child,
    pub(crate) stdout: BufReader<ChildStdout>,
    pub(crate) url: String,
}

impl Serving {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(crate::program());
        command.arg("sandbox").args(arguments);
        Self::of(command, "127.0.0.1:0")
    }

    /// With what it says on standard error left to be read.
    pub(crate) fn telling(arguments: &[&str]) -> Self {
        let mut command = Command::new(crate::program());
        command.arg("sandbox").args(arguments);
        Self::ready(spawn(command, "127.0.0.1:0"))
    }

    /// In a shell that says first what it may do.
    #[cfg(unix)]
    pub(crate) fn limited(limits: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{limits}; exec \"$0\" sandbox \"$@\"")])
            .arg(crate::program())
            .args(arguments);
        Self::of(command, "127.0.0.1:0")
    }

    /// By this command, at this address unless it says another.
    pub(crate) fn of(command: Command, listen: &str) -> Self {
        let mut child = spawn(command, listen);
        let stderr = BufReader::new(child.stderr.take().unwrap());
        // What a thread of the test says is shown if the test fails; what the process says, always.
        thread::spawn(|| {
            let lines = stderr.lines().map_while(Result::ok);
            lines.for_each(|line| eprintln!("{line}"));
        });
        Self::ready(child)
    }

    fn ready(mut child: Child) -> Self {
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ").unwrap();
        Self {
            child,
            url: url.to_owned(),
            stdout,
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::builder(&self.url, KEY)
            .options(RequestOptions::default().max_retries(0))
            .build_blocking(HttpTransport::new())
            .unwrap()
    }

    pub(crate) fn authority(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.authority()).unwrap()
    }

    /// The whole response to this request, after which the connection is closed.
    pub(crate) fn send(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        // An error response may come before all is read.
        let _ = stream.write_all(request);
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        String::from_utf8(response).unwrap()
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// SIGKILL: nothing is flushed, closed or said.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn spawn(mut command: Command, listen: &str) -> Child {
    command.env("TALKSPACE_SANDBOX_LISTEN", listen);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

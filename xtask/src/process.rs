//! Runs other programs, and tells a person how far it has come.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take that does not say when it listens.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A command in the workspace's root, as a person would give it there: without what cargo says of
/// this program to it. A crate that reads such a variable when it is built (ring) would be
/// built anew, while tests that run beside it read its library.
pub(crate) fn command(root: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root).args(arguments);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_PKG_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a command, whose output goes where ours goes.
pub(crate) fn run(mut command: Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} ended with {status}")),
        Err(error) => Err(format!("cannot run {program}: {error}")),
    }
}

/// Runs a command and returns what it prints.
pub(crate) fn output(mut command: Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(output) => Err(format!(
            "{program} ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) => Err(format!("cannot run {program}: {error}")),
    }
}

/// A server that runs beside us. Dropping it ends it.
pub(crate) struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts a server that prints `listening on http://` and its address.
    pub(crate) fn start(command: Command) -> Result<Self, String> {
        Self::start_saying(command, "listening on http://")
    }

    /// Starts a server that prints these words, and its address or port, when it
    /// listens.
    pub(crate) fn start_saying(mut command: Command, words: &str) -> Result<Self, String> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {program}: {error}"))?;
        let mut server = Self {
            child,
            address: String::new(),
        };
        let stdout = server.child.stdout.take().ok_or("nothing to read")?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        server.address = lines
            .find_map(|line| {
                let (_, rest) = line.split_once(words)?;
                rest.split_whitespace().next().map(str::to_owned)
            })
            .ok_or_else(|| format!("{program} did not start"))?;
        // It would block if its output were not read.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }

    /// Starts a server that does not say when it listens, at an address that
    /// is free now.
    pub(crate) fn start_at(mut command: Command, address: String) -> Result<Self, String> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot run {program}: {error}"))?;
        let mut server = Self { child, address };
        let end = Instant::now() + TIMEOUT;
        while TcpStream::connect(&server.address).is_err() {
            let has_ended = server.child.try_wait().is_ok_and(|status| status.is_some());
            if has_ended || Instant::now() > end {
                return Err(format!("{program} did not start"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Its host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tells a person how far it has come.
pub(crate) fn say(text: &str) {
    // A reader that went away does not make a check fail.
    let _ = writeln!(io::stdout().lock(), "{text}");
}

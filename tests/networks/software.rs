//! Programs that a distribution brings, started by the tests.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;
use std::{env, fs, thread};

pub(crate) use talkspace_tests::software::find;

/// Far longer than a program takes to start on any machine.
const SOON: Duration = Duration::from_secs(60);

/// A program that runs until this is dropped.
pub(crate) struct Program {
    child: Child,
    lines: Receiver<String>,
    log: Vec<String>,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (tell, lines) = mpsc::channel();
        forward(child.stdout.take(), tell.clone());
        forward(child.stderr.take(), tell);
        Self {
            child,
            lines,
            log: Vec::new(),
        }
    }

    /// The next line of its output that has `text` in it, or `None` when it ends
    /// without.
    pub(crate) fn line_with(&mut self, text: &str) -> Option<String> {
        loop {
            match self.lines.recv_timeout(SOON) {
                Ok(line) => {
                    self.log.push(line.clone());
                    if line.contains(text) {
                        return Some(line);
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    panic!("no line with {text:?}: {:#?}", self.log)
                }
            }
        }
    }

    /// What it has written up to what was last waited for.
    pub(crate) fn log(&self) -> &[String] {
        &self.log
    }
}

fn forward(output: Option<impl Read + Send + 'static>, tell: Sender<String>) {
    let output = BufReader::new(output.unwrap());
    thread::spawn(move || {
        for line in output.split(b'\n') {
            let Ok(line) = line else { return };
            let line = String::from_utf8_lossy(&line).into_owned();
            if tell.send(line).is_err() {
                return;
            }
        }
    });
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that is removed when this is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("talkspace-networks-{}-{number}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.0.join(name);
        fs::write(&file, text).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

//! One process of a program: its lines, what it says on stderr, and its end.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::message::{self, Hello, Line, Reply};

/// How long a program may take to start and say hello.
const START: Duration = Duration::from_secs(60);
/// How long a process may take to end by itself once its input has ended.
pub(super) const FAREWELL: Duration = Duration::from_secs(10);
/// How long one may that breaks the protocol, before it is killed.
const PATIENCE: Duration = Duration::from_secs(1);
/// Of stderr, so many bytes are kept, the last.
const KEPT: usize = 4 * 1024;
/// A line longer than this is none of the protocol.
const LONGEST_LINE: u64 = 256 * 1024 * 1024;
/// How often a process is looked at that is about to end.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// What may come while an exchange goes on.
pub(super) enum Event {
    Reply(Reply),
    /// The caller cancels.
    Cancelled,
    /// No more lines come.
    Over,
}

/// A running process. Dropping it ends it, with all that it has started.
pub(super) struct Process {
    child: Mutex<Child>,
    /// Lines on their way to the program. Without it its input ends.
    lines: Mutex<Option<Sender<Vec<u8>>>>,
    state: Arc<State>,
    /// Over when all that it said on stderr is kept; nothing is ever sent.
    stderr_over: Mutex<Receiver<()>>,
    hello: Hello,
    next_id: AtomicU64,
    patience: Duration,
}

#[derive(Default)]
struct State {
    heard: Mutex<Heard>,
    stderr: Mutex<Vec<u8>>,
}

#[derive(Default)]
struct Heard {
    /// Where replies go, by id.
    waiting: HashMap<u64, Sender<Event>>,
    over: Option<Over>,
}

/// Why no more lines come.
#[derive(Clone)]
struct Over {
    why: String,
    /// Whether its output is over: then so is the program, or about to be.
    is_ending: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Process {
    /// Starts a program and waits for its hello.
    pub(super) fn start(
        command: &[String],
        variables: &[(&str, String)],
        patience: Duration,
    ) -> Result<Self, String> {
        let Some((program, arguments)) = command.split_first() else {
            return Err("no program is named".to_owned());
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // In a group of its own, so that what it starts can be ended with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .spawn()
            .map_err(|error| format!("{program} could not be started: {error}"))?;
        let (lines, to_write) = mpsc::channel::<Vec<u8>>();
        if let Some(mut stdin) = child.stdin.take() {
            thread::spawn(move || {
                for line in to_write {
                    // What the program does not read any more, its end tells.
                    if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
                        break;
                    }
                }
            });
        }
        let state = Arc::<State>::default();
        let (reads_stderr, stderr_over) = mpsc::channel();
        if let Some(stderr) = child.stderr.take() {
            let state = Arc::clone(&state);
            thread::spawn(move || {
                state.keep(stderr);
                drop(reads_stderr);
            });
        }
        let (introduce, introduced) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            let state = Arc::clone(&state);
            thread::spawn(move || {
                let over = state.read(stdout, &introduce);
                let mut heard = lock(&state.heard);
                heard.over.get_or_insert(over);
                for (_, sender) in heard.waiting.drain() {
                    let _ = sender.send(Event::Over);
                }
            });
        }
        let mut process = Self {
            child: Mutex::new(child),
            lines: Mutex::new(Some(lines)),
            state,
            stderr_over: Mutex::new(stderr_over),
            hello: Hello {
                name: String::new(),
                version: String::new(),
                language: String::new(),
                claims: Vec::new(),
            },
            next_id: AtomicU64::new(1),
            patience,
        };
        process.write(&message::hello());
        process.hello = introduced.recv_timeout(START).map_err(|end| match end {
            RecvTimeoutError::Timeout => {
                process.killed(&format!("it did not respond to `hello` within {START:?}"))
            }
            RecvTimeoutError::Disconnected => process.fault(),
        })?;
        Ok(process)
    }

    pub(super) const fn hello(&self) -> &Hello {
        &self.hello
    }

    /// How long beyond what it may take by itself a response is waited for.
    pub(super) const fn patience(&self) -> Duration {
        self.patience
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Writes a line to the program.
    pub(super) fn write(&self, line: &Value) {
        let mut line = line.to_string().into_bytes();
        line.push(b'\n');
        self.write_raw(line);
    }

    pub(super) fn write_raw(&self, line: Vec<u8>) {
        if let Some(lines) = &*lock(&self.lines) {
            // A writer that is gone had a program that does not read.
            let _ = lines.send(line);
        }
    }

    /// From here on replies of this id are received; and the sender, for a cancellation.
    pub(super) fn expect(&self, id: u64) -> (Sender<Event>, Receiver<Event>) {
        let (sender, receiver) = mpsc::channel();
        let mut heard = lock(&self.state.heard);
        if heard.over.is_none() {
            heard.waiting.insert(id, sender.clone());
        } else {
            let _ = sender.send(Event::Over);
        }
        (sender, receiver)
    }

    /// No more replies of this id are expected.
    pub(super) fn forget(&self, id: u64) {
        lock(&self.state.heard).waiting.remove(&id);
    }

    /// Whether no line comes from it any more.
    pub(super) fn is_over(&self) -> bool {
        lock(&self.state.heard).over.is_some()
    }

    /// Kills the process and says why, with the end of what it has said on stderr.
    pub(super) fn killed(&self, why: &str) -> String {
        lock(&self.state.heard).over.get_or_insert_with(|| Over {
            why: why.to_owned(),
            is_ending: false,
        });
        kill(&mut lock(&self.child));
        self.with_stderr(format!("{why}; it was killed"))
    }

    /// What ended a process that gives no more lines.
    pub(super) fn fault(&self) -> String {
        let over = lock(&self.state.heard).over.clone();
        let (why, is_ending) = match over {
            Some(Over { why, is_ending }) => (why, is_ending),
            None => ("it gives no more lines".to_owned(), false),
        };
        lock(&self.lines).take();
        let within = if is_ending { FAREWELL } else { PATIENCE };
        match self.wait(within) {
            Some(status) => self.with_stderr(format!("{why}, and ended with {status}")),
            None => self.killed(&why),
        }
    }

    /// Ends the input of the process and waits for its end.
    pub(super) fn leave(&self, within: Duration) -> Option<ExitStatus> {
        lock(&self.lines).take();
        self.wait(within)
    }

    fn wait(&self, within: Duration) -> Option<ExitStatus> {
        let since = Instant::now();
        loop {
            if let Ok(Some(status)) = lock(&self.child).try_wait() {
                return Some(status);
            }
            if since.elapsed() > within {
                return None;
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// What a process that has ended said on stderr. It may have left another behind
    /// that could add to it; that one is not waited for, for long.
    pub(super) fn stderr(&self) -> String {
        let _ = lock(&self.stderr_over).recv_timeout(FAREWELL);
        String::from_utf8_lossy(&lock(&self.state.stderr))
            .trim()
            .to_owned()
    }

    fn with_stderr(&self, text: String) -> String {
        let said = self.stderr();
        match said.is_empty() {
            true => format!("the program failed: {text}"),
            false => format!("the program failed: {text}; on stderr it said: {said}"),
        }
    }
}

impl State {
    /// Keeps the last of what a program says.
    fn keep(&self, mut stderr: impl Read) {
        let mut piece = [0; 1024];
        while let Ok(read @ 1..) = stderr.read(&mut piece) {
            let mut kept = lock(&self.stderr);
            kept.extend(piece.iter().take(read));
            let over = kept.len().saturating_sub(KEPT);
            kept.drain(..over);
        }
    }

    /// Hands on lines until there are no more, and says why.
    fn read(&self, stdout: impl Read, introduce: &Sender<Hello>) -> Over {
        let over = |why, is_ending| Over { why, is_ending };
        let mut stdout = BufReader::new(stdout);
        let mut line = Vec::new();
        loop {
            line.clear();
            match stdout
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut line)
            {
                Ok(0) => return over("it closed its output".to_owned(), true),
                Err(error) => return over(format!("its output could not be read: {error}"), true),
                Ok(_) if line.last() != Some(&b'\n') => {
                    let why = format!("it wrote {}, and no end of that line", start(&line));
                    // A line that is too long has more to come.
                    return over(why, (line.len() as u64) < LONGEST_LINE);
                }
                Ok(_) => {}
            }
            match message::parse(&line) {
                Ok(Line::Hello(hello)) => {
                    // Nobody waits for a second one.
                    let _ = introduce.send(hello);
                }
                Ok(Line::Reply(id, reply)) => {
                    let heard = lock(&self.heard);
                    // What comes after the end of an exchange is of no use.
                    if let Some(sender) = heard.waiting.get(&id) {
                        let _ = sender.send(Event::Reply(reply));
                    }
                }
                Err(wrong) => return over(format!("it wrote {}: {wrong}", start(&line)), false),
            }
        }
    }
}

/// The beginning of a line, for a message.
fn start(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end();
    let start: String = text.chars().take(200).collect();
    match start.len() < text.len() {
        true => format!("`{start}…`"),
        false => format!("`{start}`"),
    }
}

/// Kills a process and all of its group, and leaves no zombie.
fn kill(child: &mut Child) {
    // The number of the group cannot be another's yet: the process is not waited for.
    #[cfg(unix)]
    if let Ok(None) = child.try_wait() {
        let group = format!("kill -KILL -{}", child.id());
        let _ = Command::new("sh")
            .args(["-c", &group])
            .stderr(Stdio::null())
            .status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.is_over() || self.leave(FAREWELL).is_none() {
            kill(&mut lock(&self.child));
        }
    }
}

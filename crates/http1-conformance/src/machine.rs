//! How late this machine is, measured beside the cases.
//!
//! A limit of 200 ms is kept after 212 ms on one machine and after 350 ms on another that
//! is busy, by the same transport. So a thread measures all the while how late a plain timer
//! and a plain exchange over the loopback interface come, and "too late" is what stands out
//! from that.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// How often it is measured. Often enough that several samples fall into the shortest limit
/// of a case, seldom enough to cost nothing.
const TICK: Duration = Duration::from_millis(20);

/// What is exchanged: more than one segment of most interfaces.
const MESSAGE: usize = 4096;

/// The measurement, for as long as a handle exists.
pub(crate) struct Machine {
    samples: Arc<Mutex<Samples>>,
    _stop: Sender<()>,
}

struct Samples {
    /// When a sample ended and how late it was. Later entries are smaller, so the first one
    /// within a span of time is the worst of it.
    worst: VecDeque<(Instant, Duration)>,
    /// When the sample began that is under way.
    begun: Option<Instant>,
}

/// Suites that run at the same time share one measurement.
static SHARED: Mutex<Weak<Machine>> = Mutex::new(Weak::new());

impl Machine {
    /// The measurement of this process; it ends with the last handle.
    pub(crate) fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let machine = Arc::new(Self::start());
            *shared = Arc::downgrade(&machine);
            machine
        })
    }

    fn start() -> Self {
        let samples = Arc::new(Mutex::new(Samples {
            worst: VecDeque::new(),
            begun: None,
        }));
        let (stop, stopped) = mpsc::channel();
        // Without sockets or threads nothing else of the suite works either, and says so.
        if let Ok(mut stream) = echo() {
            let samples = Arc::clone(&samples);
            let measure = move || {
                while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    let exchanged = exchange(&mut stream);
                    if exchanged.is_err() {
                        break;
                    }
                    lock(&samples).end(Instant::now());
                }
                lock(&samples).begun = None;
            };
            let _ = thread::Builder::new()
                .name("machine".to_owned())
                .spawn(measure);
        }
        Self {
            samples,
            _stop: stop,
        }
    }

    /// The most that a timer and an exchange were late together, from `since` until now.
    pub(crate) fn lateness(&self, since: Instant) -> Duration {
        lock(&self.samples).lateness(since, Instant::now())
    }
}

/// How long processors have been waited for until now, as the system counts it. A thread that
/// mostly sleeps gets one at once on a busy machine, so lateness alone does not tell of those
/// that work.
pub(crate) struct Starved {
    /// By the threads of this process that there are now (Linux, in `schedstat`).
    threads: Option<Duration>,
    /// By any thread (Linux, in `pressure`), and so by those that have ended since.
    system: Option<Duration>,
}

impl Starved {
    pub(crate) fn now() -> Self {
        Self {
            threads: of_threads(),
            system: of_system(),
        }
    }

    /// What has come since, or `None` where the system does not count.
    pub(crate) fn since(self) -> Option<Duration> {
        let now = Self::now();
        let more = |now: Option<Duration>, before: Option<Duration>| {
            now.zip(before)
                .map(|(now, before)| now.saturating_sub(before))
        };
        more(now.threads, self.threads).max(more(now.system, self.system))
    }
}

fn of_threads() -> Option<Duration> {
    let mut sum = None;
    for task in fs::read_dir("/proc/self/task").ok()?.flatten() {
        let counts = fs::read_to_string(task.path().join("schedstat")).ok();
        let waited = counts.and_then(|counts| counts.split_whitespace().nth(1)?.parse().ok());
        if let Some(waited) = waited.map(Duration::from_nanos) {
            sum = Some(sum.unwrap_or(Duration::ZERO) + waited);
        }
    }
    sum
}

fn of_system() -> Option<Duration> {
    let pressure = fs::read_to_string("/proc/pressure/cpu").ok()?;
    let total = pressure.lines().next()?.split("total=").nth(1)?;
    total.trim().parse().ok().map(Duration::from_micros)
}

impl Samples {
    fn end(&mut self, now: Instant) {
        if let Some(begun) = self.begun.replace(now) {
            let late = late(begun, now);
            while self.worst.back().is_some_and(|(_, other)| *other <= late) {
                self.worst.pop_back();
            }
            self.worst.push_back((now, late));
        }
    }

    fn lateness(&self, since: Instant, now: Instant) -> Duration {
        let ended = self.worst.iter().find(|(at, _)| *at >= since);
        let ended = ended.map_or(Duration::ZERO, |(_, late)| *late);
        // A sample that should have ended by now is late already.
        let under_way = self.begun.map_or(Duration::ZERO, |begun| late(begun, now));
        ended.max(under_way)
    }
}

fn late(begun: Instant, ended: Instant) -> Duration {
    ended.saturating_duration_since(begun).saturating_sub(TICK)
}

fn lock(samples: &Mutex<Samples>) -> MutexGuard<'_, Samples> {
    samples.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection to a thread that sends back what it gets.
fn echo() -> io::Result<TcpStream> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let stream = TcpStream::connect(listener.local_addr()?)?;
    let (mut peer, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    peer.set_nodelay(true)?;
    thread::Builder::new()
        .name("machine echo".to_owned())
        .spawn(move || while exchange_back(&mut peer).is_ok() {})?;
    Ok(stream)
}

fn exchange(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(&[0; MESSAGE])?;
    stream.read_exact(&mut [0; MESSAGE])
}

fn exchange_back(stream: &mut TcpStream) -> io::Result<()> {
    stream.read_exact(&mut [0; MESSAGE])?;
    stream.write_all(&[0; MESSAGE])
}

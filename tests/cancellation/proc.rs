//! What the system says about this process.

use std::fs;
use std::time::{Duration, Instant};

/// How long the system may take to follow. A sandbox closes what is silent for
/// ten seconds, and then nothing would seem to be left.
const SETTLED: Duration = Duration::from_secs(8);
/// How often it is looked at, whatever the time: a machine that is too busy to
/// look is too busy to follow.
const LOOKS: u32 = 1000;

/// A connection in the table of the system, as its client sees it.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Bytes that the peer has not taken yet.
    pub(crate) unsent: u64,
}

/// The connections to `port` that their client has not closed. The table is
/// that of the whole system, so it may be long, and is not to be read often.
pub(crate) fn connections_to(port: u16) -> Vec<Connection> {
    const ESTABLISHED: &str = "01";
    const CLOSE_WAIT: &str = "08";
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let port = format!(":{port:04X}");
    let rows = table
        .lines()
        .filter(|row| row.contains(&port))
        .map(|row| row.split_whitespace().collect::<Vec<_>>());
    let ours =
        rows.filter(|row| row[2].ends_with(&port) && [ESTABLISHED, CLOSE_WAIT].contains(&row[3]));
    ours.map(|row| Connection {
        unsent: u64::from_str_radix(row[4].split(':').next().unwrap(), 16).unwrap(),
    })
    .collect()
}

/// Whether the queue of whoever listens at `port` has taken somebody.
pub(crate) fn has_taken_one(port: u16) -> bool {
    const LISTEN: &str = "0A";
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let port = format!(":{port:04X}");
    let mut rows = table.lines().map(|row| row.split_whitespace());
    rows.any(|mut row| {
        let (local, state) = (row.nth(1), row.nth(1));
        // Of a listener, the second number is that of its queue.
        let queues = row.next().unwrap_or_default();
        local.is_some_and(|local| local.ends_with(&port))
            && state == Some(LISTEN)
            && !queues.ends_with(":00000000")
    })
}

/// The threads of this process whose name begins like this.
pub(crate) fn threads(name: &str) -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    // A thread may end while it is looked at.
    let names = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|thread| thread.starts_with(name)).count()
}

/// Whether the thread of this name waits for something.
pub(crate) fn sleeps(name: &str) -> bool {
    let asleep = format!("({name}) S ");
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let about = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("stat")).ok());
    about.into_iter().any(|about| about.contains(&asleep))
}

/// Waits until it is so, and says what was not.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    let mut looks = 0;
    while !is_so() {
        looks += 1;
        let is_early = begin.elapsed() < SETTLED || looks < LOOKS;
        assert!(is_early, "it never came to this: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

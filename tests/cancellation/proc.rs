//! What the system says about this process.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use talkspace_conformance::wire::table::{Socket, State, Table};

/// How long the system may take to follow. A sandbox closes what is silent for
/// ten seconds, and then nothing would seem to be left.
const SETTLED: Duration = Duration::from_secs(8);
/// How often it is looked at, whatever the time: a machine that is too busy to
/// look is too busy to follow.
const LOOKS: u32 = 1000;

/// The connections to `port` of this machine that their client has not closed, as
/// it sees them.
pub(crate) fn connections_to(port: u16) -> Vec<Socket> {
    let table = Table::read().unwrap();
    let mut all = table.to(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    all.retain(|it| matches!(it.state, State::Established | State::CloseWait));
    all
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

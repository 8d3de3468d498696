//! What operations take while many conferences are open.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::time::Duration;

use bench::Outcome;
use talkspace_core::{AddToTalkspace, CloseTalkspace, ConferenceId, GetTalkspace, ListTalkspaces};

use crate::hall::Hall;

/// So few that a round is mostly over before another process gets the core,
/// and that 100 conferences do not become many more.
const BATCH: usize = 10;
/// How many are closed in a round, and as many created.
const CLOSED: usize = 2 * BATCH;
/// Who is added.
const GUEST: &str = "@theta";
/// All lists together have about so many entries.
const LISTED: usize = 2_000_000;
/// Rounds in a turn: the first ones find the caches as another size left them.
const TURN: usize = 50;

/// Nanoseconds, by what took them.
#[derive(Default)]
struct Times(BTreeMap<&'static str, Vec<f64>>);

impl Times {
    fn push(&mut self, name: &'static str, time: Duration, times: usize) {
        let each = time.as_secs_f64() * 1e9 / times as f64;
        self.0.entry(name).or_default().push(each);
    }
}

/// So many open conferences, and what was measured with them.
struct Size {
    open: usize,
    hall: Hall,
    times: Times,
}

/// Prints the medians of all rounds, a line for each size. The sizes take
/// turns, so that a disturbance hits them alike.
pub(crate) fn run(rounds: usize, sizes: &[&str]) -> Outcome<()> {
    let mut all = Vec::new();
    for open in sizes {
        let open = open.parse()?;
        let (hall, times) = (Hall::new(open)?, Times::default());
        all.push(Size { open, hall, times });
    }
    for turn in 0..rounds / TURN {
        for Size { open, hall, times } in &mut all {
            for round in turn * TURN..(turn + 1) * TURN {
                // A closed one stays; there must not be more of them than of open ones.
                if round > 0 && (round * CLOSED).is_multiple_of(*open) {
                    *hall = Hall::new(*open)?;
                }
                work(hall, times)?;
            }
        }
    }
    for Size { open, hall, times } in &mut all {
        for _ in 0..(LISTED / *open).clamp(9, 100) {
            let (time, lists) = hall.time(&[ListTalkspaces::new()])?;
            let entries = lists
                .iter()
                .map(|list| list.active.len() + list.inactive.len());
            times.push("list", time, entries.sum());
        }
    }
    for Size { open, times, .. } in all {
        let mut line = format!("open {open}");
        for (name, times) in times.0 {
            line += &format!(" {name} {:.1}", median(times).ok_or("no rounds")?);
        }
        writeln!(io::stdout(), "{line}")?;
    }
    Ok(())
}

/// One round, after which as many conferences are open as before. Each
/// operation has conferences of its own, which nothing has touched lately.
fn work(hall: &mut Hall, times: &mut Times) -> Outcome<()> {
    for _ in 0..CLOSED / BATCH {
        let (time, created) = hall.create(BATCH)?;
        times.push("create", time, BATCH);
        times.push("answer", hall.pick_up(), BATCH);
        hall.put(created);
    }

    let picks = hall.pick(BATCH);
    let gets: Vec<_> = picks.iter().map(GetTalkspace::new).collect();
    let (time, _) = hall.time(&gets)?;
    times.push("get", time, BATCH);
    hall.put(picks);

    let picks = hall.pick(BATCH);
    let add = |id| AddToTalkspace::new(id, GUEST);
    let adds: Vec<_> = picks.iter().map(add).collect();
    let (time, _) = hall.time(&adds)?;
    times.push("add", time, BATCH);
    hall.pick_up();
    hall.time(&closing(picks))?;

    let closes = closing(hall.pick(BATCH));
    let (time, _) = hall.time(&closes)?;
    times.push("close", time, BATCH);
    Ok(())
}

fn closing(ids: Vec<ConferenceId>) -> Vec<CloseTalkspace> {
    ids.into_iter().map(CloseTalkspace::new).collect()
}

fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}

//! What the system says about this process.

use std::fs;
use std::time::Duration;

use crate::Outcome;

/// Linux counts in these, whatever the processor.
const TICK: Duration = Duration::from_millis(10);

/// The most memory that was resident at a time.
pub(crate) fn peak_kib() -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("the system does not say")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// How long all threads were on a processor, those that ended included.
pub(crate) fn cpu() -> Outcome<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may hold anything.
    let (_, fields) = stat.rsplit_once(')').ok_or("the system does not say")?;
    // utime and stime are the 14th and 15th field; the state is the third.
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u32 = ticks.map(str::parse::<u32>).sum::<Result<_, _>>()?;
    Ok(TICK * ticks)
}

//! The main function of a blocking client.

use std::net::SocketAddr;
use std::thread;
use std::time::Instant;

use crate::Outcome;
use crate::command::{Command, Report, obey};
use crate::latency::Latencies;
use crate::stopwatch::Stopwatch;

/// Obeys the commands. `prepare` makes what all clients share, and returns what
/// makes a client: one for the requests that follow each other, and one for each
/// thread that keeps requests in flight. A client is called to create one TalkSpace.
///
/// # Errors
///
/// When a request fails, or creates no TalkSpace.
pub fn run<F, C>(prepare: impl FnOnce(SocketAddr) -> Outcome<F>) -> Outcome<()>
where
    F: Fn() -> Outcome<C> + Sync + 'static,
    C: FnMut() -> Outcome<()> + 'static,
{
    obey(|address| {
        let connect = prepare(address)?;
        let mut create = connect()?;
        Ok(Box::new(move |command| match command {
            Command::Requests(requests) => {
                let stopwatch = Stopwatch::new(1);
                for _ in 0..requests {
                    create()?;
                    stopwatch.count()?;
                }
                stopwatch.stop()
            }
            Command::Latency(requests) => {
                let mut latencies = Latencies::with_capacity(requests);
                for _ in 0..requests {
                    let start = Instant::now();
                    create()?;
                    latencies.push(start.elapsed());
                }
                Ok(Report::Each(latencies))
            }
            Command::Flight { width, requests } => {
                let each = requests / width;
                let stopwatch = Stopwatch::new(width);
                thread::scope(|scope| {
                    let work = || {
                        let mut create = connect()?;
                        (0..each).try_for_each(|_| {
                            create()?;
                            stopwatch.count()
                        })
                    };
                    let threads: Vec<_> = (0..width).map(|_| scope.spawn(work)).collect();
                    threads
                        .into_iter()
                        .try_for_each(|thread| thread.join().map_err(|_| "a thread panicked")?)
                })?;
                stopwatch.stop()
            }
        }))
    })
}

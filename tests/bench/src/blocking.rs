//! The main function of a blocking client.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use bytes::Bytes;

use crate::command::{Command, Report, obey};
use crate::latency::Latencies;
use crate::origin::Origin;
use crate::stopwatch::Stopwatch;
use crate::{Outcome, work};

/// A client as one thread has it.
pub trait Client: 'static {
    /// Creates a TalkSpace.
    ///
    /// # Errors
    ///
    /// When that fails.
    fn create(&mut self) -> Outcome<()>;

    /// Takes in what is at a path, and says how many bytes it has.
    ///
    /// # Errors
    ///
    /// When that fails, or is not measured.
    fn download(&mut self, _path: &str) -> Outcome<u64> {
        Err(work::NOT_MEASURED.into())
    }

    /// Sends a file from memory.
    ///
    /// # Errors
    ///
    /// When that fails, or is not measured.
    fn upload(&mut self, _file: Bytes) -> Outcome<()> {
        Err(work::NOT_MEASURED.into())
    }
}

/// Obeys the commands. `prepare` makes what all clients share, and returns what
/// makes a client: one for the requests that follow each other, and one for each
/// thread that keeps requests in flight.
///
/// # Errors
///
/// When a request fails, or creates no TalkSpace.
pub fn run<F, C>(prepare: impl FnOnce(&Origin) -> Outcome<F>) -> Outcome<()>
where
    F: Fn() -> Outcome<C> + Sync + 'static,
    C: Client,
{
    obey(|origin| {
        let connect = prepare(origin)?;
        let mut client = connect()?;
        Ok(Box::new(move |command| match command {
            Command::Requests(requests) => {
                let stopwatch = Stopwatch::new(1);
                for _ in 0..requests {
                    client.create()?;
                    stopwatch.count();
                }
                stopwatch.stop()
            }
            Command::Latency(requests) => {
                let mut latencies = Latencies::with_capacity(requests);
                for _ in 0..requests {
                    let start = Instant::now();
                    client.create()?;
                    latencies.push(start.elapsed());
                }
                Ok(Report::Each(latencies))
            }
            Command::Flight { width, requests } => {
                let stopwatch = Stopwatch::new(width);
                together(&connect, width, requests / width, &stopwatch)?;
                stopwatch.stop()
            }
            Command::Burst { width, times } => {
                let stopwatch = Stopwatch::new(width);
                for _ in 0..times {
                    together(&connect, width, 1, &stopwatch)?;
                }
                stopwatch.stop()
            }
            Command::Download { path, times } => {
                let stopwatch = Stopwatch::new(0);
                for _ in 0..times {
                    work::check_length(&path, client.download(&path)?)?;
                    stopwatch.count();
                }
                stopwatch.stop()
            }
            Command::Upload { size, times } => {
                let file = Bytes::from(vec![7; size]);
                let stopwatch = Stopwatch::new(0);
                for _ in 0..times {
                    client.upload(file.clone())?;
                    stopwatch.count();
                }
                stopwatch.stop()
            }
        }))
    })
}

/// Has so many threads send so many requests each, at the same time.
fn together<C: Client>(
    connect: &(impl Fn() -> Outcome<C> + Sync),
    width: u32,
    each: u32,
    stopwatch: &Stopwatch,
) -> Outcome<()> {
    // The first ones would be done before the last ones have a thread.
    let ready = Barrier::new(usize::try_from(width)?);
    thread::scope(|scope| {
        let work = || {
            let client = connect();
            ready.wait();
            let mut client = client?;
            for _ in 0..each {
                client.create()?;
                stopwatch.count();
            }
            Ok(())
        };
        let threads: Vec<_> = (0..width).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().map_err(|_| "a thread panicked")?)
    })
}

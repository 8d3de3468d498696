//! The main function of an async client.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use crate::Outcome;
use crate::command::{Command, Report, obey};
use crate::latency::Latencies;
use crate::stopwatch::Stopwatch;

/// A client as one task has it.
pub trait Create: Send + 'static {
    /// Creates a TalkSpace.
    fn create(&mut self) -> impl Future<Output = Outcome<()>> + Send;
}

/// Obeys the commands. `prepare` makes what all clients share, and returns what
/// makes a client: one for the requests that follow each other, and one for each
/// task that keeps requests in flight. All run on one thread.
///
/// # Errors
///
/// When a request fails, or creates no TalkSpace.
pub fn run<F, C>(prepare: impl FnOnce(SocketAddr) -> Outcome<F>) -> Outcome<()>
where
    F: AsyncFn() -> Outcome<C> + 'static,
    C: Create,
{
    obey(|address| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (connect, mut client) = runtime.block_on(async {
            let connect = prepare(address)?;
            let client = connect().await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>((connect, client))
        })?;
        Ok(Box::new(move |command| match command {
            Command::Requests(requests) => runtime.block_on(async {
                let stopwatch = Stopwatch::new(1);
                for _ in 0..requests {
                    client.create().await?;
                    stopwatch.count()?;
                }
                stopwatch.stop()
            }),
            Command::Latency(requests) => runtime.block_on(async {
                let mut latencies = Latencies::with_capacity(requests);
                for _ in 0..requests {
                    let start = Instant::now();
                    client.create().await?;
                    latencies.push(start.elapsed());
                }
                Ok(Report::Each(latencies))
            }),
            Command::Flight { width, requests } => runtime.block_on(async {
                let each = requests / width;
                let stopwatch = Arc::new(Stopwatch::new(width));
                let mut tasks = Vec::new();
                for _ in 0..width {
                    let mut client = connect().await?;
                    let stopwatch = Arc::clone(&stopwatch);
                    tasks.push(tokio::spawn(async move {
                        for _ in 0..each {
                            client.create().await?;
                            stopwatch.count()?;
                        }
                        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
                    }));
                }
                for task in tasks {
                    task.await??;
                }
                stopwatch.stop()
            }),
        }))
    })
}

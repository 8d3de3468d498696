//! The main function of an async client.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::command::{Command, Report, obey};
use crate::latency::Latencies;
use crate::origin::Origin;
use crate::stopwatch::Stopwatch;
use crate::{Failure, Outcome, work};

/// A client as one task has it.
pub trait Client: Send + 'static {
    /// Creates a TalkSpace.
    fn create(&mut self) -> impl Future<Output = Outcome<()>> + Send;

    /// Takes in what is at a path, and says how many bytes it has.
    fn download(&mut self, _path: &str) -> impl Future<Output = Outcome<u64>> + Send {
        async { Err(work::NOT_MEASURED.into()) }
    }

    /// Sends a file from memory.
    fn upload(&mut self, _file: Bytes) -> impl Future<Output = Outcome<()>> + Send {
        async { Err(work::NOT_MEASURED.into()) }
    }
}

/// Obeys the commands. `prepare` makes what all clients share, and returns what
/// makes a client: one for the requests that follow each other, and one for each
/// task that keeps requests in flight. All run on one thread.
///
/// # Errors
///
/// When a request fails, or creates no TalkSpace.
pub fn run<F, C>(prepare: impl FnOnce(&Origin) -> Outcome<F>) -> Outcome<()>
where
    F: AsyncFn() -> Outcome<C> + 'static,
    C: Client,
{
    obey(|origin| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (connect, mut client) = runtime.block_on(async {
            let connect = prepare(origin)?;
            let client = connect().await?;
            Ok::<_, Failure>((connect, client))
        })?;
        Ok(Box::new(move |command| {
            runtime.block_on(async {
                match command {
                    Command::Requests(requests) => {
                        let stopwatch = Stopwatch::new(1);
                        for _ in 0..requests {
                            client.create().await?;
                            stopwatch.count();
                        }
                        stopwatch.stop()
                    }
                    Command::Latency(requests) => {
                        let mut latencies = Latencies::with_capacity(requests);
                        for _ in 0..requests {
                            let start = Instant::now();
                            client.create().await?;
                            latencies.push(start.elapsed());
                        }
                        Ok(Report::Each(latencies))
                    }
                    Command::Flight { width, requests } => {
                        let stopwatch = Arc::new(Stopwatch::new(width));
                        let clients = clients(&connect, width).await?;
                        together(clients, requests / width, &stopwatch).await?;
                        stopwatch.stop()
                    }
                    Command::Burst { width, times } => {
                        let stopwatch = Arc::new(Stopwatch::new(width));
                        let mut clients = clients(&connect, width).await?;
                        for _ in 0..times {
                            clients = together(clients, 1, &stopwatch).await?;
                        }
                        stopwatch.stop()
                    }
                    Command::Download { path, times } => {
                        let stopwatch = Stopwatch::new(0);
                        for _ in 0..times {
                            work::check_length(&path, client.download(&path).await?)?;
                            stopwatch.count();
                        }
                        stopwatch.stop()
                    }
                    Command::Upload { size, times } => {
                        let file = Bytes::from(vec![7; size]);
                        let stopwatch = Stopwatch::new(0);
                        for _ in 0..times {
                            client.upload(file.clone()).await?;
                            stopwatch.count();
                        }
                        stopwatch.stop()
                    }
                }
            })
        }))
    })
}

async fn clients<C>(connect: &impl AsyncFn() -> Outcome<C>, width: u32) -> Outcome<Vec<C>> {
    let mut clients = Vec::new();
    for _ in 0..width {
        clients.push(connect().await?);
    }
    Ok(clients)
}

/// Has all clients send so many requests each, at the same time.
async fn together<C: Client>(
    clients: Vec<C>,
    each: u32,
    stopwatch: &Arc<Stopwatch>,
) -> Outcome<Vec<C>> {
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let stopwatch = stopwatch.clone();
            tokio::spawn(async move {
                for _ in 0..each {
                    client.create().await?;
                    stopwatch.count();
                }
                Ok::<_, Failure>(client)
            })
        })
        .collect();
    let mut clients = Vec::new();
    for task in tasks {
        clients.push(task.await??);
    }
    Ok(clients)
}

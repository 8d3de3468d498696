//! How late a request ends whose deadline has passed, on a real clock. It is the
//! machine's doing as much as the client's, so it is said and not judged.
//!
//! ```text
//! cargo test -p talkspace-tests --test faults overrun -- --nocapture --test-threads=1
//! ```

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use talkspace_core::{Error, ErrorKind, FailureKind, GetVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::client::{Engine, Plain, RUNTIME};

const REQUESTS: u32 = 4096;
const AT_ONCE: u32 = 32;

#[test]
fn by_hyper() {
    measure(Engine::Hyper);
}

#[test]
fn by_blocking() {
    measure(Engine::Blocking);
}

fn measure(engine: Engine) {
    let address = RUNTIME.block_on(unresponsive());
    let client = Plain::new(engine, &format!("http://{address}"));
    let mut late = match client {
        Plain::Hyper(client) => {
            let tasks = (0..AT_ONCE).map(|task| {
                let client = client.clone();
                RUNTIME.spawn(async move {
                    let mut late = Vec::new();
                    for limit in limits(task) {
                        let begin = Instant::now();
                        let options = client.options().timeout(limit);
                        let client = client.with_options(options);
                        let outcome = client.send(GetVersion::new()).await;
                        late.push(overrun(begin, limit, outcome.map(drop)));
                    }
                    late
                })
            });
            let tasks = tasks.collect::<Vec<_>>().into_iter();
            tasks
                .flat_map(|task| RUNTIME.block_on(task).unwrap())
                .collect::<Vec<_>>()
        }
        Plain::Blocking(client) => {
            let tasks = (0..AT_ONCE).map(|task| {
                let client = client.clone();
                thread::spawn(move || {
                    let send = |limit| {
                        let begin = Instant::now();
                        let options = client.options().timeout(limit);
                        let outcome = client.with_options(options).send(GetVersion::new());
                        overrun(begin, limit, outcome.map(drop))
                    };
                    limits(task).map(send).collect::<Vec<_>>()
                })
            });
            let tasks = tasks.collect::<Vec<_>>().into_iter();
            tasks.flat_map(|task| task.join().unwrap()).collect()
        }
    };
    late.sort_unstable();
    let share = |of_a_thousand| late[(late.len() - 1) * of_a_thousand / 1000];
    println!(
        "{engine:?}: {} requests ended {:.1?} after their deadline, 99.9 % within {:.1?}, all within {:.1?}",
        late.len(),
        share(500),
        share(999),
        share(1000),
    );
}

/// How long each request of a task may take: up to 30 ms, others for each.
fn limits(task: u32) -> impl Iterator<Item = Duration> {
    let requests = task * (REQUESTS / AT_ONCE)..(task + 1) * (REQUESTS / AT_ONCE);
    requests.map(|number| Duration::from_micros(1000 + u64::from(number) * 7919 % 29_000))
}

fn overrun(begin: Instant, limit: Duration, outcome: Result<(), Error>) -> Duration {
    let took = begin.elapsed();
    let error = outcome.unwrap_err();
    let timeout = ErrorKind::Transport(FailureKind::Timeout);
    assert_eq!(error.kind(), timeout, "{error}");
    assert!(took >= limit, "it ended {:?} early", limit - took);
    took - limit
}

/// A server that sends nothing, half a response, or one without end.
async fn unresponsive() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, number % 3));
        }
    });
    address
}

async fn serve(mut stream: TcpStream, kind: u32) {
    let mut request = [0; 1024];
    let mut read = 0;
    while !request[..read].ends_with(b"\r\n\r\n") {
        match stream.read(&mut request[read..]).await {
            Ok(more) if more > 0 => read += more,
            _ => return,
        }
    }
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n";
    let part = if kind == 0 { &[][..] } else { head };
    let mut written = stream.write_all(part).await;
    while kind == 2 && written.is_ok() {
        tokio::time::sleep(Duration::from_millis(1)).await;
        written = stream.write_all(b"0").await;
    }
    // Until the client has gone.
    let _ = stream.read(&mut [0]).await;
}

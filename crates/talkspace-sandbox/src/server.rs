//! The HTTP shell around the sandbox: a thread with a small runtime of its own,
//! so that tests of either world can use it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Either;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::{Semaphore, oneshot};

use crate::Sandbox;
use crate::admin::{self, Admin, Payload, Token};
use crate::cors;
use crate::crowd::{Crowd, Slot};
use crate::faults::{Broken, Fate, Line, Socket};
use crate::hosts::{Hosts, Reached, reachable};
use crate::log::{Log, Served};
use crate::methods;
use crate::mover::Mover;
use crate::receive::{drop_rest, receive, until};
use crate::requests::Asked;
use crate::room::Room;
use crate::service::Backend;

/// About the largest head of a request, in bytes: a read may end beyond it.
/// Two ids of the greatest length fit into it, every byte of them escaped.
const MAX_HEAD: usize = 32 * 1024;
/// How much of all bodies that are being received is kept at a time, in bytes.
const MAX_RECEIVED: usize = 64 * 1024 * 1024;
/// The most connections at a time; for a further one, that which has been idle
/// longest is closed.
const MAX_CONNECTIONS: usize = 10_000;
/// The longest time for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long open requests may take when the server is stopped.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// A sandbox that listens on a socket. Dropping it stops it.
///
/// ```
/// use talkspace_sandbox::Sandbox;
///
/// let server = Sandbox::start()?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Server {
    sandbox: Sandbox,
    address: SocketAddr,
    dropped: u64,
    token: Option<Token>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    mover: Option<Mover>,
}

impl Server {
    pub(crate) fn start(
        sandbox: Sandbox,
        listener: TcpListener,
        hosts: Hosts,
        log: Option<Log>,
        dropped: u64,
        token: Option<Token>,
        page: bool,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let is_local = address.ip().is_loopback();
        let token = token.or_else(|| (!is_local).then(Token::fresh));
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let shell = Arc::new(Shell {
            backend: sandbox.backend.clone(),
            hosts,
            log,
            room: Room::new(MAX_RECEIVED),
            admin: Admin::new(sandbox.clone(), token.clone(), page),
            stopping: Semaphore::const_new(0),
        });
        let thread = std::thread::Builder::new()
            .name("talkspace-sandbox".to_owned())
            .spawn(move || runtime.block_on(serve(listener, shell, stopped)))?;
        let mover = Mover::start(sandbox.backend.clone())?;
        Ok(Self {
            sandbox,
            address,
            dropped,
            token,
            stop: Some(stop),
            thread: Some(thread),
            mover: Some(mover),
        })
    }

    /// The base URL for clients, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", reachable(self.address))
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// What requests to `/_sandbox/` need where more than this machine can
    /// connect, as `Authorization: Bearer` and this. It is a secret: whoever has it
    /// steers the sandbox. Nothing where it listens on loopback alone and no
    /// [token was set](crate::SandboxBuilder::token).
    ///
    /// ```
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let server = Sandbox::builder().examples().listen("0.0.0.0:0")?;
    /// assert_eq!(server.token().map(str::len), Some(32));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(Token::as_str)
    }

    /// How many bytes at the end of its [state](crate::SandboxBuilder::state) were
    /// a torn write of a process that was killed, and are truncated now.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The sandbox behind the socket.
    #[must_use]
    pub const fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Stops: takes no more connections and lets open requests end, for 5 s.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The thread may have ended by itself; then nothing receives this.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
        drop(self.mover.take());
        self.sandbox.backend.stop_keeping();
    }
}

/// What serves the requests.
struct Shell {
    backend: Backend,
    hosts: Hosts,
    log: Option<Log>,
    room: Room,
    admin: Admin,
    /// It has no permits, and is closed when the server stops.
    stopping: Semaphore,
}

async fn serve(listener: TcpListener, shell: Arc<Shell>, mut stopped: oneshot::Receiver<()>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let crowd = Crowd::default();
    let graceful = GracefulShutdown::new();
    let accept = || async {
        let (stream, _) = listener.accept().await?;
        // There is always room for a new connection: an idle one is closed for it.
        if connections.available_permits() == 0 {
            crowd.make_room();
        }
        let permit = Arc::clone(&connections).acquire_owned().await;
        Ok::<_, io::Error>((stream, permit))
    };
    while let Some(accepted) = until(&mut stopped, accept()).await {
        let (stream, permit) = match accepted {
            Ok(accepted) => accepted,
            // The client has gone already.
            Err(error) if is_about_one(&error) => continue,
            // Out of descriptors, most likely: some come back when connections end.
            Err(_) => {
                if !crowd.make_room() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                tokio::task::yield_now().await;
                continue;
            }
        };
        // Responses are small and written at once; waiting to fill a segment only delays them.
        let _ = stream.set_nodelay(true);
        let (slot, mut ended) = crowd.enter();
        let (shell, slot) = (Arc::clone(&shell), Arc::new(slot));
        let line = Line::default();
        let socket = Socket::new(stream, line.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD)
            .serve_connection(
                TokioIo::new(socket),
                service_fn(move |request| {
                    route(Arc::clone(&shell), Arc::clone(&slot), line.clone(), request)
                }),
            );
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A broken connection is the client's to report.
            let _ = until(&mut ended, connection).await;
            drop(permit);
        });
    }
    drop(listener);
    shell.admin.stop();
    shell.stopping.close();
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await;
}

/// Whether it is about one connection, and not about all of them.
fn is_about_one(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

async fn route(
    shell: Arc<Shell>,
    slot: Arc<Slot>,
    line: Line,
    request: Request<Incoming>,
) -> Result<Response<Payload>, Broken> {
    if admin::is_for(request.uri().path()) {
        let Shell { hosts, room, .. } = &*shell;
        return Ok(shell.admin.serve(hosts, room, &slot, request).await);
    }
    let mut response = handle(&shell, slot, request).await;
    let stop = async {
        let _ = shell.stopping.acquire().await;
    };
    let fate = Fate::of(&mut response);
    let sent = Fate::on(fate, response, &line, stop).await?;
    Ok(sent.map(Either::Left))
}

async fn handle(shell: &Shell, slot: Arc<Slot>, request: Request<Incoming>) -> Response<Bytes> {
    let Shell {
        backend,
        hosts,
        log,
        room,
        ..
    } = shell;
    let since = Instant::now();
    let (head, mut body) = request.into_parts();
    let asked = Asked::now(&head);
    let reached = hosts.take(&head);
    let received = match &reached {
        Ok(_) if head.method == Method::OPTIONS => Err(None),
        Ok(_) => {
            let received = receive(&head, &mut body, backend, &slot, room.enter());
            received.await.map_err(Some)
        }
        Err(error) => Err(Some(error.clone())),
    };
    let (mut response, _) = match received {
        Ok(parameters) => {
            let other = reached.ok().and_then(|Reached(base)| base);
            let other = other.map(|base| backend.reached_by(&base));
            let response = other
                .as_ref()
                .unwrap_or(backend)
                .respond(&asked, parameters);
            slot.while_busy(response).await
        }
        Err(error) => {
            let mut response = match error {
                Some(error) => backend.fail(&asked, error),
                None => backend.options(&asked),
            };
            drop_rest(&head, body, slot, &mut response.0);
            response
        }
    };
    methods::finish(&head.method, &mut response);
    cors::finish(hosts, &head, &mut response);
    if let Some(log) = log {
        let status = response.status().as_u16();
        let served = Served::new(&head, status, since.elapsed(), backend.secrets());
        log(&served);
    }
    response
}

//! `talkspace sandbox`: the sandbox as a server of its own.

use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::task::Poll;
use std::time::Duration;

use clap::Args;
use talkspace_sandbox::{Sandbox, SandboxBuilder};
use tokio::runtime::Runtime;

use crate::{exit, print};

/// Runs a sandbox until it is interrupted or terminated. Requests that are
/// under way then have 5 s to end; a second signal ends it at once.
///
/// Everybody answers the phone after a short ring and presses 1, unless the
/// network id begins with `no-answer`, `rejects` or `unreachable`, or the phone
/// number ends in 0000 (no mobile phone), 0408 (never answered) or 0502
/// (cannot be called).
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address to listen on; port 0 takes a free one. Any but this
    /// machine's own lets others use the sandbox
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: String,

    /// An application's key; may be repeated. Without one, the example
    /// application with its people and media is there
    #[arg(long, value_name = "KEY")]
    app_key: Vec<String>,

    /// A person who is registered with every application; may be repeated
    #[arg(long, value_name = "ID=PHONE", value_parser = person)]
    register: Vec<(String, String)>,

    /// A media id that has content in every application; may be repeated
    #[arg(long, value_name = "ID")]
    media: Vec<String>,

    /// How long a phone rings before it is answered, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "0.2", value_parser = seconds)]
    ring: Duration,

    /// How long somebody speaks who is called to be recorded, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    speech: Duration,

    /// A file that keeps the state from one start to the next, even if the
    /// process is killed. Keys, grants and phone numbers are not in it
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// A further name that the sandbox is reached by; may be repeated. Requests
    /// for other hosts are refused, since pages of other sites may send them
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,

    /// Answer 502 to everything that places or ends a call
    #[arg(long)]
    outage: bool,

    /// Answer HTTP 200 to everything, with the status in the body alone
    #[arg(long)]
    always_http_200: bool,

    /// Answer a question about media without content with a 204 in the body
    #[arg(long)]
    no_content_in_body: bool,
}

fn person(text: &str) -> Result<(String, String), String> {
    // An id may hold a `=`, a phone number cannot.
    text.rsplit_once('=')
        .map(|(id, phone)| (id.to_owned(), phone.to_owned()))
        .filter(|(id, _)| !id.is_empty())
        .ok_or_else(|| "write ID=PHONE, such as eta=14151239876".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "write a number of seconds, such as 0.2".to_owned())
}

impl Serve {
    pub(crate) fn run(self) -> ExitCode {
        match self.serve() {
            Ok(code) => code,
            Err(error) => {
                print::failure(error);
                ExitCode::from(exit::USAGE)
            }
        }
    }

    fn serve(self) -> std::io::Result<ExitCode> {
        // Handlers are in place before the first line says that it is ready.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut signals = Signals::watch(&runtime)?;
        let listen = self.listen.clone();
        let server = self.builder().listen(listen)?;
        let address = server.local_addr();
        if !address.ip().is_loopback() {
            print::warning(format_args!(
                "whoever can reach {address} can use this sandbox"
            ));
        }
        print::out(&format!("listening on {}\n", server.url()));
        runtime.block_on(signals.next());
        let (stopped, mut stop) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            server.stop();
            let _ = stopped.send(());
        });
        // Whoever asks again does not want to wait for what is under way.
        let mut again = pin!(signals.next());
        let code = runtime.block_on(poll_fn(|context| {
            if Pin::new(&mut stop).poll(context).is_ready() {
                return Poll::Ready(ExitCode::SUCCESS);
            }
            let at_once = again.as_mut().poll(context);
            at_once.map(|()| ExitCode::from(exit::INTERRUPTED))
        }));
        Ok(code)
    }

    fn builder(self) -> SandboxBuilder {
        let mut builder = Sandbox::builder()
            .ring(self.ring)
            .speech(self.speech)
            .outage(self.outage)
            .always_http_200(self.always_http_200)
            .no_content_in_body(self.no_content_in_body);
        if let Some(file) = self.state {
            builder = builder.state(file);
        }
        for name in self.host {
            builder = builder.host(name);
        }
        if self.app_key.is_empty() {
            builder = builder.examples();
        }
        for key in self.app_key {
            builder = builder.app_key(key);
        }
        for (id, phone) in self.register {
            builder = builder.person(id, phone);
        }
        for id in self.media {
            builder = builder.media(id);
        }
        builder
    }
}

/// The signals that end the sandbox.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn watch(runtime: &Runtime) -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let _entered = runtime.enter();
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        poll_fn(|context| {
            let interrupted = self.interrupt.poll_recv(context).is_ready();
            let terminated = self.terminate.poll_recv(context).is_ready();
            if interrupted || terminated {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

/// The signals that end the sandbox.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn watch(_runtime: &Runtime) -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

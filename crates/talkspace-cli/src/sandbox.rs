//! `talkspace sandbox`: the sandbox as a server of its own.

mod address;

use std::future::poll_fn;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::task::Poll;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use talkspace_core::PhoneNumber;
use talkspace_sandbox::{Sandbox, SandboxBuilder, Server};

use crate::connection::KEY_VARIABLE;
use crate::failure::Failure;
use crate::hidden::Hidden;
use crate::report::{Manner, cannot_write};
use crate::seconds::Seconds;
use crate::signals::Signals;
use crate::{exit, print, secret};

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

    /// An application's key; may be repeated. Other users of this machine can
    /// see it, which is good enough for one that was made up. Without any key,
    /// the example application with its people and media is there
    #[arg(long, value_name = "KEY", value_parser = NonEmptyStringValueParser::new())]
    app_key: Vec<String>,

    /// A file that holds an application's key, `-` for standard input; may be
    /// repeated
    #[arg(long, value_name = "FILE")]
    app_key_file: Vec<PathBuf>,

    /// A person who is registered with every application; may be repeated
    #[arg(long, value_name = "ID=PHONE", value_parser = Hidden(person))]
    register: Vec<(String, String)>,

    /// A media id that has content in every application; may be repeated
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    media: Vec<String>,

    /// How long a phone rings before it is answered
    #[arg(long, value_name = "SECONDS", default_value = "0.2")]
    ring: Seconds,

    /// How long a person speaks whose phone is called to record them
    #[arg(long, value_name = "SECONDS", default_value = "1")]
    speech: Seconds,

    /// A file that keeps the state from one start to the next, even if the
    /// process is killed. Keys, grants and phone numbers are not in it
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// A further name that the sandbox is reached by; may be repeated. Requests
    /// for other hosts get 421, since pages of other sites may send them
    #[arg(long, value_name = "NAME", value_parser = address::host)]
    host: Vec<String>,

    /// What the URLs of media begin with, such as http://sandbox:8080. Else it
    /// is the address that the sandbox listens on
    #[arg(long, value_name = "URL", value_parser = address::url)]
    public_url: Option<String>,

    /// Print a line for each request on standard error: its method, the form of its
    /// path, the status code, the time taken, and its request id if it has one
    #[arg(long)]
    log: bool,

    /// Respond with 502 to every request that places or ends a phone call
    #[arg(long)]
    outage: bool,

    /// Respond with HTTP 200 to every request, with the status in the body alone
    #[arg(long)]
    always_http_200: bool,

    /// Respond to get-media-status of media without content with HTTP 200, and
    /// the status 204 in the body
    #[arg(long)]
    no_content_in_body: bool,
}

fn person(text: &str) -> Result<(String, String), String> {
    // An id may hold a `=`, a phone number cannot.
    let (id, phone) = text
        .rsplit_once('=')
        .filter(|(id, _)| !id.is_empty())
        .ok_or("write ID=PHONE, such as eta=14151239876")?;
    let phone: PhoneNumber = phone.parse().map_err(|why| format!("the phone is {why}"))?;
    Ok((id.to_owned(), phone.as_str().to_owned()))
}

impl Serve {
    pub(crate) fn run(self) -> ExitCode {
        match self.serve() {
            Ok(code) => code,
            Err(failure) => Manner::TEXT.finish(Err(failure)),
        }
    }

    fn serve(mut self) -> Result<ExitCode, Failure> {
        // Handlers are in place before the first line says that it is ready.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(unusable)?;
        let mut signals = Signals::watch(&runtime).map_err(unusable)?;
        for file in &self.app_key_file {
            let key = secret::from_file("application key", file).map_err(Failure::Usage)?;
            self.app_key.push(key);
        }
        let is_example = self.app_key.is_empty();
        let server = self.listen()?;
        print::out(&format!("listening on {}\n", server.url())).map_err(cannot_write)?;
        hint(&server, is_example);
        runtime.block_on(signals.next());
        let (stopped, mut stop) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            server.stop();
            let _ = stopped.send(());
        });
        // A second signal does not wait for requests that are under way.
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

    fn listen(self) -> Result<Server, Failure> {
        let listen = self.listen.clone();
        let addresses = listen.to_socket_addrs().map_err(|why| {
            let right = "write one like 127.0.0.1:8080";
            Failure::Usage(format!("--listen {listen} is no address: {why}; {right}"))
        })?;
        let addresses: Vec<SocketAddr> = addresses.collect();
        let server = self.builder().listen(&addresses[..]).map_err(|why| {
            // What is wrong with the state says so itself.
            let is_socket = why.raw_os_error().is_some();
            let whose = if is_socket {
                format!("cannot listen on {listen}: ")
            } else {
                String::new()
            };
            Failure::Usage(format!("{whose}{why}"))
        })?;
        let address = server.local_addr();
        if server.dropped() > 0 {
            print::warning(format_args!(
                "the state ended with {} bytes of a change that was not finished; they are dropped",
                server.dropped()
            ));
        }
        if !address.ip().is_loopback() {
            print::warning(format_args!(
                "anybody who can reach {address} can use this sandbox"
            ));
        }
        Ok(server)
    }

    fn builder(self) -> SandboxBuilder {
        let mut builder = Sandbox::builder()
            .ring(self.ring.0)
            .speech(self.speech.0)
            .outage(self.outage)
            .always_http_200(self.always_http_200)
            .no_content_in_body(self.no_content_in_body);
        if self.log {
            builder = builder.log(|served| print::note(served));
        }
        if let Some(file) = self.state {
            builder = builder.state(file);
        }
        if let Some(url) = self.public_url {
            builder = builder.public_url(url);
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

fn unusable(error: std::io::Error) -> Failure {
    Failure::Usage(error.to_string())
}

/// What to do next, for a person. A key that was made for this sandbox is not
/// shown; the example's is no secret.
fn hint(server: &Server, is_example: bool) {
    let url = server.url();
    let export = format!("in another shell: export TALKSPACE_BASE_URL={url}");
    if is_example {
        let key = SandboxBuilder::EXAMPLE_APP_KEY;
        print::note(format_args!("{export} {KEY_VARIABLE}={key}"));
        print::note("then, for instance: talkspace create-talkspace --network-id eta --wait");
    } else {
        print::note(export);
    }
}

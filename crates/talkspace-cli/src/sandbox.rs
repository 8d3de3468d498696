//! `talkspace sandbox`: the sandbox as a server of its own.

mod address;
mod lines;
mod look;
mod requests;
mod seeds;

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::process::ExitCode;
use std::task::Poll;
use std::time::Duration;

use clap::Args;
use clap::builder::BoolishValueParser;
use talkspace_core::PhoneNumber;
use talkspace_sandbox::{Habit, Line, Sandbox, SandboxBuilder, Server, unversioned};

use crate::failure::Failure;
use crate::hidden::Hidden;
use crate::report::{Manner, cannot_write};
use crate::seconds::Seconds;
use crate::signals::Signals;
use crate::{exit, print, secret};
use lines::Lines;
use look::Look;

/// How long a phone rings when nobody answers.
const RINGS_OUT: Duration = Duration::from_secs(30);

/// Runs a sandbox until it is interrupted or terminated. Requests that are
/// under way then have 5 s to end; a second signal ends it at once.
///
/// The first line on standard output is `listening on` and the URL, or with
/// --json a JSON object that has it; it comes when requests are taken. What else a
/// person needs goes to standard error. Options may come from the environment, as
/// compose files want it: what may be repeated is written in lines there.
///
/// At /_sandbox/ of that URL a browser shows what happens, and telephones are answered
/// by hand.
///
/// Everybody else answers the phone after a short ring and presses 1, unless the
/// network id begins with `no-answer`, `rejects` or `unreachable`, or the phone
/// number ends in 0000 (no mobile phone), 0408 (never answered) or 0502
/// (cannot be called).
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address to listen on, with or without a port; port 0 takes a free one. Any
    /// but this machine's own lets others use the sandbox
    #[arg(long, value_name = "ADDRESS", default_value = address::DEFAULT)]
    #[arg(env = "TALKSPACE_SANDBOX_LISTEN", hide_env_values = true)]
    listen: String,

    /// An application's key; may be repeated. Other users of this machine can
    /// see it, which is good enough for one that was made up. Without any key,
    /// the example application with its people and media is there
    #[arg(long, value_name = "KEY", value_parser = Hidden(Lines::<String>::text))]
    #[arg(env = "TALKSPACE_SANDBOX_APP_KEY", hide_env_values = true)]
    app_key: Vec<Lines<String>>,

    /// A file that holds an application's key, `-` for standard input; may be
    /// repeated
    #[arg(long, value_name = "FILE", value_parser = Lines::<PathBuf>::text)]
    #[arg(env = "TALKSPACE_SANDBOX_APP_KEY_FILE", hide_env_values = true)]
    app_key_file: Vec<Lines<PathBuf>>,

    /// A person who is registered with every application; may be repeated
    #[arg(long, value_name = "ID=PHONE", value_parser = Hidden(people))]
    #[arg(env = "TALKSPACE_SANDBOX_REGISTER", hide_env_values = true)]
    register: Vec<Lines<(String, PhoneNumber)>>,

    /// A media id that has content in every application; may be repeated
    #[arg(long, value_name = "ID", value_parser = Lines::<String>::text)]
    #[arg(env = "TALKSPACE_SANDBOX_MEDIA", hide_env_values = true)]
    media: Vec<Lines<String>>,

    /// How long a phone rings before it is answered; 0.2 by default
    #[arg(long, value_name = "SECONDS")]
    #[arg(env = "TALKSPACE_SANDBOX_RING", hide_env_values = true)]
    ring: Option<Seconds>,

    /// How long a person speaks whose phone is called to record them; 1 by default
    #[arg(long, value_name = "SECONDS")]
    #[arg(env = "TALKSPACE_SANDBOX_SPEECH", hide_env_values = true)]
    speech: Option<Seconds>,

    /// A file to start from: what GET /_sandbox/saved gave, or a JSON object with any of
    /// `app_keys`, `people` ({"eta": "14151239876"}), `media` ({"hello": null}), `ring`,
    /// `speech`, `outage` and `seed`. Without any key, that of the example application
    /// is taken. Of --ring, --speech and --outage, what is given wins over the file; one
    /// that was saved has its own people and media in place of those of options
    #[arg(long, value_name = "FILE")]
    #[arg(env = "TALKSPACE_SANDBOX_SEED_FILE", hide_env_values = true)]
    seed_file: Option<PathBuf>,

    /// A file that keeps the state from one start to the next, even if the
    /// process is killed. Keys, grants and phone numbers are not in it
    #[arg(long, value_name = "FILE")]
    #[arg(env = "TALKSPACE_SANDBOX_STATE", hide_env_values = true)]
    state: Option<PathBuf>,

    /// A further name that the sandbox is reached by, such as `sandbox`; may be
    /// repeated. Requests for other hosts get 421, since pages of other sites may send
    /// them
    #[arg(long, value_name = "NAME", value_parser = hosts)]
    #[arg(env = "TALKSPACE_SANDBOX_HOST", hide_env_values = true)]
    host: Vec<Lines<String>>,

    /// A site whose pages may use the sandbox, such as http://localhost:3000; may be
    /// repeated. Requests by pages of other sites get 403
    #[arg(long, value_name = "ORIGIN", value_parser = origins)]
    #[arg(env = "TALKSPACE_SANDBOX_ALLOW_ORIGIN", hide_env_values = true)]
    allow_origin: Vec<Lines<String>>,

    /// What the URLs of media begin with, such as http://sandbox:8080. Else it is
    /// the host and port that the request was for
    #[arg(long, value_name = "URL", value_parser = url)]
    #[arg(env = "TALKSPACE_SANDBOX_PUBLIC_URL", hide_env_values = true)]
    public_url: Option<String>,

    /// What requests to /_sandbox/ have to send as `Authorization: Bearer` and this.
    /// Other users of this machine can see an option. Without it, that is nothing, or
    /// where others can connect a secret that is printed
    #[arg(long, value_name = "TOKEN")]
    #[arg(env = "TALKSPACE_SANDBOX_TOKEN", hide_env_values = true)]
    token: Option<String>,

    /// Show browsers no page at /_sandbox/. What programs use there stays
    #[arg(long, value_parser = BoolishValueParser::new())]
    #[arg(env = "TALKSPACE_SANDBOX_NO_PAGE", hide_env_values = true)]
    no_page: bool,

    /// Print a line for each request on standard error: its method, the form of its
    /// path, the status code, the time taken, and its request id if it has one. A
    /// terminal gets them without this option. Those to /_sandbox/ have none, and one
    /// whose response a fault delays or keeps back has the line as if it had come
    #[arg(long, value_parser = BoolishValueParser::new())]
    #[arg(env = "TALKSPACE_SANDBOX_LOG", hide_env_values = true)]
    log: bool,

    /// Print no more than the first line, warnings, errors and a token that was made up
    #[arg(long, value_parser = BoolishValueParser::new())]
    #[arg(env = "TALKSPACE_SANDBOX_QUIET", hide_env_values = true)]
    quiet: bool,

    /// Print one line of JSON in place of the text
    #[arg(long, value_parser = BoolishValueParser::new())]
    #[arg(env = "TALKSPACE_SANDBOX_JSON", hide_env_values = true)]
    json: bool,

    /// Respond with 502 to every request that places or ends a phone call
    #[arg(long, num_args = 0, default_missing_value = "true")]
    #[arg(value_parser = BoolishValueParser::new())]
    #[arg(env = "TALKSPACE_SANDBOX_OUTAGE", hide_env_values = true)]
    outage: Option<bool>,

    /// Respond with HTTP 200 to every request, with the status in the body alone
    #[arg(long, value_parser = BoolishValueParser::new())]
    #[arg(env = "TALKSPACE_SANDBOX_ALWAYS_HTTP_200", hide_env_values = true)]
    always_http_200: bool,

    /// Respond to get-media-status of media without content with HTTP 200, and
    /// the status 204 in the body
    #[arg(long, value_parser = BoolishValueParser::new())]
    #[arg(env = "TALKSPACE_SANDBOX_NO_CONTENT_IN_BODY", hide_env_values = true)]
    no_content_in_body: bool,
}

fn people(text: &str) -> Result<Lines<(String, PhoneNumber)>, String> {
    Lines::read(text, person)
}

fn hosts(text: &str) -> Result<Lines<String>, String> {
    Lines::read(text, |name| {
        unversioned::host(name).map(|()| name.to_owned())
    })
}

fn origins(text: &str) -> Result<Lines<String>, String> {
    Lines::read(text, |site| {
        unversioned::origin(site).map(|()| site.to_owned())
    })
}

fn url(text: &str) -> Result<String, String> {
    unversioned::public_url(text).map(|()| text.trim().to_owned())
}

fn person(text: &str) -> Result<(String, PhoneNumber), String> {
    // An id may hold a `=`, a phone number cannot.
    let (id, phone) = text
        .rsplit_once('=')
        .filter(|(id, _)| !id.is_empty())
        .ok_or("write ID=PHONE, such as ada=14155550123")?;
    let phone: PhoneNumber = phone.parse().map_err(|why| format!("the phone is {why}"))?;
    Ok((id.to_owned(), phone))
}

impl Serve {
    pub(crate) fn run(self) -> ExitCode {
        let manner = Manner {
            json: self.json,
            ..Manner::TEXT
        };
        match self.serve() {
            Ok(code) => code,
            Err(failure) => manner.finish(Err(failure)),
        }
    }

    fn serve(&self) -> Result<ExitCode, Failure> {
        // Handlers are in place before the first line says that it is ready.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(unusable)?;
        let mut signals = Signals::watch(&runtime).map_err(unusable)?;
        let keys = self.keys()?;
        let (builder, is_example) = self.builder(&keys)?;
        let ring = unversioned::ring(&builder);
        let server = self.listen(builder)?;
        let look = self.look(&server, is_example, ring);
        look.first_line(self.json).map_err(cannot_write)?;
        match (self.json, self.quiet) {
            (true, _) => {}
            // Nobody could find it out.
            (false, true) => look.tell_token(),
            (false, false) => look.tell(),
        }
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

    /// The token that was given. A variable that is empty gives none.
    fn token(&self) -> Option<&str> {
        let token = self.token.as_deref().map(str::trim);
        token.filter(|token| !token.is_empty())
    }

    /// The keys of all applications that were given.
    fn keys(&self) -> Result<Vec<String>, Failure> {
        let files = Lines::all(&self.app_key_file);
        let read = |file: &PathBuf| secret::from_file("application key", file);
        let read: Result<Vec<String>, String> = files.map(read).collect();
        let mut keys: Vec<String> = Lines::all(&self.app_key).cloned().collect();
        keys.extend(read.map_err(Failure::Usage)?);
        Ok(keys)
    }

    fn listen(&self, builder: SandboxBuilder) -> Result<Server, Failure> {
        let addresses = address::find(&self.listen).map_err(Failure::Usage)?;
        let server = builder.listen(&addresses[..]).map_err(|why| {
            // What is wrong with the state says so itself.
            Failure::Usage(match why.raw_os_error() {
                Some(_) => address::cannot(&self.listen, &addresses, &why),
                None => self.not_begun(&why),
            })
        })?;
        let sandbox = server.sandbox();
        // One that was saved has that of then.
        if let Some(outage) = self.outage.filter(|it| *it != sandbox.snapshot().outage) {
            sandbox.set_outage(outage);
        }
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

    /// Why it could not begin. The options were checked before.
    fn not_begun(&self, why: &std::io::Error) -> String {
        let seed = why.get_ref().and_then(|why| why.downcast_ref());
        match (seed, &self.seed_file) {
            (Some(seed), Some(file)) => seeds::cannot(file, seed),
            _ => why.to_string(),
        }
    }

    /// What it begins with, and whether the key is the example application's.
    fn builder(&self, keys: &[String]) -> Result<(SandboxBuilder, bool), Failure> {
        let mut builder = Sandbox::builder()
            .always_http_200(self.always_http_200)
            .no_content_in_body(self.no_content_in_body)
            .page(!self.no_page);
        let is_watched = std::io::stderr().is_terminal() && !self.quiet && !self.json;
        if self.log || is_watched {
            builder = builder.log(|served| print::line(requests::line(served)));
        }
        if let Some(file) = &self.state {
            builder = builder.state(file);
        }
        if let Some(url) = &self.public_url {
            builder = builder.public_url(url);
        }
        if let Some(token) = self.token() {
            builder = builder.token(token);
        }
        for name in Lines::all(&self.host) {
            builder = builder.host(name);
        }
        for origin in Lines::all(&self.allow_origin) {
            builder = builder.allow_origin(origin);
        }
        if let Some(file) = &self.seed_file {
            builder = seeds::add(builder, file).map_err(Failure::Usage)?;
        }
        // After the file, since what is given on top of it is meant.
        if let Some(Seconds(ring)) = self.ring {
            builder = builder.ring(ring);
        }
        if let Some(Seconds(speech)) = self.speech {
            builder = builder.speech(speech);
        }
        if let Some(outage) = self.outage {
            builder = builder.outage(outage);
        }
        let is_example = keys.is_empty() && !unversioned::has_app_key(&builder);
        if is_example {
            builder = match self.seed_file {
                Some(_) => builder.app_key(SandboxBuilder::EXAMPLE_APP_KEY),
                None => builder.examples(),
            };
        }
        for key in keys {
            builder = builder.app_key(key.as_str());
        }
        for (id, phone) in Lines::all(&self.register) {
            builder = builder.person(id.as_str(), phone.as_str());
        }
        for id in Lines::all(&self.media) {
            builder = builder.media(id.as_str());
        }
        Ok((builder, is_example))
    }

    fn look(&self, server: &Server, is_example: bool, ring: Duration) -> Look {
        let given = Lines::all(&self.register);
        let mut people: Vec<String> = given.clone().map(|(id, _)| id.clone()).collect();
        let mut media: Vec<String> = Lines::all(&self.media).cloned().collect();
        let picks_up = |(id, phone): &&(String, PhoneNumber)| {
            Habit::of(&id.as_str().into()) == Habit::Answers && Line::of(phone) == Line::Mobile
        };
        let mut person = given.clone().find(picks_up).map(|(id, _)| id.clone());
        if self.seed_file.is_some() {
            (people, media, person) = there(server.sandbox());
        } else if is_example {
            let examples = SandboxBuilder::EXAMPLE_PEOPLE.map(str::to_owned);
            person = examples.first().cloned();
            people.splice(0..0, examples);
            media.splice(0..0, SandboxBuilder::EXAMPLE_MEDIA.map(str::to_owned));
        }
        let is_outage = server.sandbox().snapshot().outage;
        let is_sure = !is_outage && self.state.is_none() && ring < RINGS_OUT;
        let steered_at = format!("{}/_sandbox/", server.url());
        let made_up = server.token().filter(|_| self.token().is_none());
        // What is behind the `#` a browser keeps to itself.
        let fragment = made_up.map(|token| format!("#token={token}"));
        let page = format!("{steered_at}{}", fragment.unwrap_or_default());
        let look = Look {
            url: server.url(),
            page: (!self.no_page).then_some(page),
            steered_at,
            token: made_up.map(str::to_owned),
            public_url: self.public_url.clone(),
            app_key: is_example.then_some(SandboxBuilder::EXAMPLE_APP_KEY),
            key_file: self.key_file(),
            people,
            media,
            picks_up: person.filter(|_| is_sure),
            elsewhere: elsewhere(server),
            command: String::new(),
        };
        look.with_command()
    }

    /// The file with the first key, for a command that is to use it too.
    fn key_file(&self) -> Option<PathBuf> {
        let mut files = Lines::all(&self.app_key_file);
        files.find(|file| file.as_os_str() != "-").cloned()
    }
}

/// The people and media of a sandbox, and somebody there who picks up.
fn there(sandbox: &Sandbox) -> (Vec<String>, Vec<String>, Option<String>) {
    let mut people = sandbox.people();
    people.retain(|person| !person.apps.is_empty());
    let mut picks_up = people
        .iter()
        .filter(|it| it.habit == Habit::Answers && it.line == Some(Line::Mobile) && !it.held);
    let person = picks_up.next().map(|person| person.id.to_string());
    let people = people.iter().map(|person| person.id.to_string());
    let media = sandbox.media();
    let media: BTreeSet<String> = media.iter().map(|media| media.id.to_string()).collect();
    (people.collect(), media.into_iter().collect(), person)
}

/// The host in its URL, if that is not one of this machine alone.
fn elsewhere(server: &Server) -> Option<String> {
    let ip = server.local_addr().ip();
    let is_here = ip.is_loopback() || ip.is_unspecified();
    let url = server.url();
    let host = url.strip_prefix("http://").filter(|_| !is_here);
    host.map(str::to_owned)
}

fn unusable(error: std::io::Error) -> Failure {
    Failure::Usage(error.to_string())
}

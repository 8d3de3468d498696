//! What a sandbox knows when it begins.

use std::fmt;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use talkspace_core::{AppKey, MediaId, NetworkId, PhoneNumber};

use crate::admin::Token;
use crate::clock::Clock;
use crate::hosts::{Hosts, reachable};
use crate::journal::Claim;
use crate::keeper::Keeper;
use crate::log::{Log, Served};
use crate::requests::{KEPT, Requests};
use crate::reset::Start;
use crate::server::Server;
use crate::service::Backend;
use crate::state::{Settings, State};
use crate::{Sandbox, Saved};

mod fit;
mod invalid;
mod seeds;

pub use invalid::InvalidSeed;

#[cfg(test)]
mod tests;

/// Builds a [`Sandbox`].
#[derive(Clone)]
#[must_use]
pub struct SandboxBuilder {
    app_keys: Vec<AppKey>,
    people: Vec<(NetworkId, String)>,
    media: Vec<(MediaId, Option<Bytes>)>,
    ring: Duration,
    speech: Duration,
    public_url: Option<String>,
    always_http_200: bool,
    no_content_in_body: bool,
    outage: bool,
    clock: Option<Clock>,
    seed: Option<u64>,
    state: Option<PathBuf>,
    hosts: Vec<String>,
    sites: Vec<String>,
    token: Option<Token>,
    page: bool,
    log: Option<Log>,
    requests: usize,
    saved: Option<Saved>,
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The people's phone numbers are not for a log.
        f.debug_struct("SandboxBuilder")
            .field("app_keys", &self.app_keys.len())
            .field("people", &self.people.len())
            .field("media", &self.media.len())
            .finish_non_exhaustive()
    }
}

impl SandboxBuilder {
    /// The key of the [example](Self::examples) application.
    pub const EXAMPLE_APP_KEY: &'static str = "11111111-2222-3333-4444-555555555555";

    /// Who is registered in the [example](Self::examples) application.
    pub const EXAMPLE_PEOPLE: [&'static str; 2] = ["eta", "@theta"];

    /// What has content in the [example](Self::examples) application.
    pub const EXAMPLE_MEDIA: [&'static str; 2] = [
        "6e6a151be31b467f87225b18b0f36f00",
        "7dd9a82f99644f36a974af070824d64a",
    ];

    pub(crate) const fn new() -> Self {
        Self {
            app_keys: Vec::new(),
            people: Vec::new(),
            media: Vec::new(),
            ring: Duration::from_millis(200),
            speech: Duration::from_secs(1),
            public_url: None,
            always_http_200: false,
            no_content_in_body: false,
            outage: false,
            clock: None,
            seed: None,
            state: None,
            hosts: Vec::new(),
            sites: Vec::new(),
            token: None,
            page: cfg!(feature = "page"),
            log: None,
            requests: KEPT,
            saved: None,
        }
    }

    /// The example application with its people and a greeting: the ids that
    /// the examples of the spec use.
    pub fn examples(self) -> Self {
        let [eta, theta] = Self::EXAMPLE_PEOPLE;
        let [greeting, recording] = Self::EXAMPLE_MEDIA;
        self.app_key(Self::EXAMPLE_APP_KEY)
            .person(eta, "14151239876")
            .person(theta, "14151239877")
            .media(greeting)
            .media(recording)
    }

    /// An application. Each has conferences and media of its own.
    pub fn app_key(mut self, key: impl Into<AppKey>) -> Self {
        self.app_keys.push(key.into());
        self
    }

    /// A person who is registered with every application.
    pub fn person(mut self, id: impl Into<NetworkId>, phone: impl Into<String>) -> Self {
        self.people.push((id.into(), phone.into()));
        self
    }

    /// A media id whose content is a moment of silence, in every application.
    /// It counts as uploaded.
    pub fn media(mut self, id: impl Into<MediaId>) -> Self {
        self.media.push((id.into(), None));
        self
    }

    /// A media id with this content, in every application. It counts as
    /// uploaded, without a check whether it is an MP3 file.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, GetMediaStatus};
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().app_key("key").media_with("hello", "ID3").build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "key")
    ///     .build_blocking(sandbox.transport())?;
    /// assert_eq!(client.send(GetMediaStatus::new("hello"))?.file_size, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn media_with(mut self, id: impl Into<MediaId>, content: impl Into<Bytes>) -> Self {
        self.media.push((id.into(), Some(content.into())));
        self
    }

    /// What a seed file says, on top of what is here: one that was
    /// [saved](Sandbox::save), or a JSON object that a person wrote, all of whose fields
    /// may be left out.
    ///
    /// | field | what it is |
    /// |---|---|
    /// | `app_keys` | a list of [keys](Self::app_key) |
    /// | `people` | an object with a phone number for each network id, as of [`person`](Self::person) |
    /// | `media` | an object with a file in base64 for each id, or null for a moment of silence |
    /// | `ring`, `speech` | numbers of seconds |
    /// | `outage` | true or false |
    /// | `seed` | a whole number |
    ///
    /// With one that was saved, all is as it was then, in place of other people
    /// and media, and [`reset`](Sandbox::reset) comes back to that. The application keys are not
    /// in it. If a file keeps a [state](Self::state) already, that is there instead.
    ///
    /// ```
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let seeds = r#"{"app_keys": ["key"], "people": {"eta": "14151239876"}, "media": {"hello": null}}"#;
    /// let sandbox = Sandbox::builder().seed_file(seeds)?.build()?;
    /// assert_eq!(sandbox.people()[0].id.as_str(), "eta");
    ///
    /// let saved = sandbox.save();
    /// let again = Sandbox::builder().app_key("key").seed_file(saved.as_json())?.build()?;
    /// assert_eq!(again.people(), sandbox.people());
    ///
    /// let wrong = Sandbox::builder().seed_file(r#"{"peple": {}}"#).unwrap_err();
    /// assert!(wrong.to_string().starts_with("unknown field `peple`, expected one of `app_keys`"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidSeed`] says what is wrong and where, without a phone number or a key.
    pub fn seed_file(self, text: &str) -> Result<Self, InvalidSeed> {
        seeds::read(self, text)
    }

    /// Whether any application has a key.
    pub(crate) fn has_app_key(&self) -> bool {
        !self.app_keys.is_empty()
    }

    /// How long phones ring, so far.
    pub(crate) const fn rings(&self) -> Duration {
        self.ring
    }

    /// All is as it was saved.
    pub(crate) fn saved(mut self, saved: Saved) -> Self {
        self.saved = Some(saved);
        self
    }

    /// How long a phone rings before it is answered. Default 0.2 s.
    pub const fn ring(mut self, ring: Duration) -> Self {
        self.ring = ring;
        self
    }

    /// How long people speak when they are recorded, and listen when something
    /// is played to them. Default 1 s.
    pub const fn speech(mut self, speech: Duration) -> Self {
        self.speech = speech;
        self
    }

    /// What download URLs begin with, such as `https://sandbox.example`. By default it
    /// is the host and port that the request was for, so that whoever reached the
    /// server by a name or by a port that leads to it can download; without a server
    /// it is [`IN_MEMORY_URL`](Sandbox::IN_MEMORY_URL).
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Responds with HTTP 200 wherever the body is JSON, so that the status stands
    /// in the envelope alone. The sources leave open whether the service did.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateMedia};
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().app_key("key").always_http_200(true).build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "key")
    ///     .build_blocking(sandbox.transport())?;
    /// let status = client.send(CreateMedia::new())?.status;
    /// assert_eq!((status.http(), status.code()), (200, 201));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn always_http_200(mut self, always: bool) -> Self {
        self.always_http_200 = always;
        self
    }

    /// Responds to [`GetMediaStatus`](talkspace_core::GetMediaStatus) of media without
    /// content with HTTP 200 and the status 204 in the envelope, in place of an HTTP
    /// 204 without a body. The sources leave
    /// open which it was.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateMedia, GetMediaStatus};
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().app_key("key").no_content_in_body(true).build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "key")
    ///     .build_blocking(sandbox.transport())?;
    /// let media = client.send(CreateMedia::new())?.media_id;
    /// let status = client.send(GetMediaStatus::new(media))?.status;
    /// assert_eq!((status.http(), status.code()), (200, 204));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn no_content_in_body(mut self, in_body: bool) -> Self {
        self.no_content_in_body = in_body;
        self
    }

    /// Begins with an [outage](Sandbox::set_outage).
    pub const fn outage(mut self, outage: bool) -> Self {
        self.outage = outage;
        self
    }

    /// The clock. The machine's own by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Makes the ids that the sandbox gives the same in every run, and the grants: who
    /// knows the seed, or has a [saved](Sandbox::save) sandbox that began with it, knows them.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Keeps the state of a server in this file: what a response of success reported
    /// is there when a sandbox is next started with it, however the process of this
    /// one ended. The clock stands still meanwhile.
    ///
    /// A response is held until its change is in the file (write-ahead), and a change
    /// costs the same however much there is. Each start writes the file anew, without
    /// what is no longer so, and so does the sandbox when the file has become twice
    /// as long as it then was, and 4 MiB. The machine must not lose its power: the
    /// system is made to write to the disk only when the file is written anew and
    /// when the server is stopped. While nothing can be written, requests get
    /// 500 and are not applied.
    ///
    /// A process that is killed may leave a torn write at the tail, which no
    /// response reported; it is [truncated](Server::dropped) at the next start. A
    /// file that is cut or damaged anywhere else is an error, and left as it is.
    ///
    /// Keys, grants and phone numbers are not in the file. A key opens again what
    /// it opened; of a phone number only the line is kept, so that a change to the
    /// same number is no error after a start. [People](Self::person) and
    /// [media](Self::media) whom an application once had from its start do not
    /// come back when they were removed.
    ///
    /// It is for [`start`](Self::start) and [`listen`](Self::listen). One sandbox
    /// at a time uses a file, which its owner alone can read; a lock is beside it.
    ///
    /// ```
    /// use talkspace_sandbox::Sandbox;
    ///
    /// # let folder = std::env::temp_dir().join(format!("talkspace-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let file = folder.join("state.json");
    /// let server = Sandbox::builder().examples().state(&file).start()?;
    /// server.stop();
    /// assert!(file.exists());
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn state(mut self, file: impl Into<PathBuf>) -> Self {
        self.state = Some(file.into());
        self
    }

    /// Takes requests for this host too, such as `sandbox.internal`, or an address.
    /// Those for other hosts than this machine's get 421, since a page of another site
    /// may have found a name for this address. A port does not matter, and neither do
    /// upper case, brackets and a dot at the end. What is no host is an error of
    /// [`listen`](Self::listen).
    ///
    /// ```
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let server = Sandbox::builder().examples().host("sandbox.internal").start()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// Lets pages of this site use the sandbox, such as `http://localhost:3000`: their
    /// requests are taken, and their browser shows them the responses (CORS). Requests
    /// by pages of all other sites get 403. What is no origin is an error of
    /// [`listen`](Self::listen); one that stands for all, there is none.
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let builder = Sandbox::builder().examples();
    /// let server = builder.allow_origin("http://localhost:3000").start()?;
    ///
    /// let mut socket = std::net::TcpStream::connect(server.local_addr())?;
    /// write!(socket, "GET /api/rest/version HTTP/1.1\r\nhost: localhost\r\n\
    ///                 origin: http://localhost:3000\r\nconnection: close\r\n\r\n")?;
    /// let mut response = String::new();
    /// socket.read_to_string(&mut response)?;
    /// assert!(response.contains("access-control-allow-origin: http://localhost:3000\r\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.sites.push(origin.into());
        self
    }

    /// What requests to `/_sandbox/` have to send as `Authorization: Bearer` and this.
    /// By default that is 128 random bits where the server listens on more than
    /// loopback, and nothing where it does not.
    ///
    /// ```
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let server = Sandbox::builder().examples().token("between us").start()?;
    /// assert_eq!(server.token(), Some("between us"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(Token::given(token.into()));
        self
    }

    /// Whether a [server](Server) shows browsers a page at `/_sandbox/`; it does if
    /// nothing else is said. What programs use there is there either way.
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let server = Sandbox::builder().examples().page(true).start()?;
    /// let mut socket = std::net::TcpStream::connect(server.local_addr())?;
    /// write!(
    ///     socket,
    ///     "GET /_sandbox/ HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n\
    ///      connection: close\r\n\r\n"
    /// )?;
    /// let mut page = String::new();
    /// socket.read_to_string(&mut page)?;
    /// assert!(page.contains("<title>TalkSpace sandbox"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(feature = "page")]
    pub const fn page(mut self, page: bool) -> Self {
        self.page = page;
        self
    }

    /// Tells each request of a [server](Server) that was responded to. `log` runs on
    /// the thread that serves all requests, so it must not block for long. Requests to
    /// `/_sandbox/` are not told, and a response that a [fault](Sandbox::fault) delays
    /// or keeps back is told as if it had been sent.
    ///
    /// ```
    /// use std::io::Write;
    /// use std::sync::mpsc;
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let (log, lines) = mpsc::channel();
    /// let builder = Sandbox::builder().examples();
    /// let server = builder.log(move |served| _ = log.send(served.to_string())).start()?;
    ///
    /// let mut socket = std::net::TcpStream::connect(server.local_addr())?;
    /// write!(socket, "GET /api/rest/version HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
    /// assert!(lines.recv()?.starts_with("GET /api/rest/version 200 in "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn log(mut self, log: impl Fn(&Served) + Send + Sync + 'static) -> Self {
        self.log = Some(Arc::new(log));
        self
    }

    /// How many requests are kept to be looked at: the last 1,000 by default. All of them
    /// have 16 MiB together, and one has 16 KiB. 0 keeps none.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateMedia};
    /// use talkspace_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder().app_key("key").keep_requests(2).build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "key")
    ///     .build_blocking(sandbox.transport())?;
    /// for _ in 0..3 {
    ///     client.send(CreateMedia::new())?;
    /// }
    /// let log = sandbox.request_log(0);
    /// assert_eq!((log.entries.len(), log.total, log.dropped), (2, 3, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn keep_requests(mut self, most: usize) -> Self {
        self.requests = most;
        self
    }

    /// The sandbox, without a server.
    ///
    /// # Errors
    ///
    /// [`InvalidSeed`] when a person's phone number is none, a key or an id is empty, an id
    /// holds a line end, or two people or two media have one id.
    pub fn build(self) -> Result<Sandbox, InvalidSeed> {
        let state = State::new(self.settings());
        self.assemble(state, None)
    }

    fn settings(&self) -> Settings {
        let url = self.public_url.as_deref().unwrap_or(Sandbox::IN_MEMORY_URL);
        Settings {
            ring: self.ring,
            speech: self.speech,
            url: url.trim_end_matches('/').to_owned(),
            no_content_in_body: self.no_content_in_body,
        }
    }

    /// Adds to a state what it is to begin with. One that was there before has a
    /// time, at which it goes on.
    fn assemble(self, mut state: State, now: Option<Duration>) -> Result<Sandbox, InvalidSeed> {
        if self.app_keys.contains(&AppKey::new("")) {
            fit::name("an application key", "")?;
        }
        fit::names("the person", self.people.iter().map(|(id, _)| id.as_str()))?;
        fit::names("the media", self.media.iter().map(|(id, _)| id.as_str()))?;
        let people = self.people.into_iter().map(|(id, phone)| {
            let phone = phone.parse::<PhoneNumber>();
            let phone = phone.map_err(|why| InvalidSeed::phone(&id, why))?;
            Ok((id, phone))
        });
        let start = Start {
            app_keys: self.app_keys,
            people: people.collect::<Result<_, InvalidSeed>>()?,
            media: self.media,
            outage: self.outage,
            seed: self.seed,
            saved: self.saved,
        };
        let rng = start.begin(&mut state, now.is_some());
        let mut clock = self.clock.unwrap_or_else(Clock::real);
        if let Some(now) = now {
            clock = clock.resuming(now);
        }
        let saved = start.saved.clone().filter(|_| now.is_none());
        let sandbox = Sandbox {
            backend: Backend::new(
                state,
                clock,
                rng,
                self.always_http_200,
                Requests::new(self.requests),
                start,
            ),
        };
        if let Some(saved) = saved {
            sandbox.restore(&saved)?;
        }
        Ok(sandbox)
    }

    /// A server on a free port of this machine.
    ///
    /// # Errors
    ///
    /// Whatever binding a socket gives, and [`InvalidSeed`] as
    /// [`InvalidInput`](std::io::ErrorKind::InvalidInput).
    pub fn start(self) -> std::io::Result<Server> {
        self.listen(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// A server at this address.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and [`InvalidInput`](std::io::ErrorKind::InvalidInput)
    /// when a [host](Self::host), an [origin](Self::allow_origin) or the
    /// [public URL](Self::public_url) is none, or a header field cannot hold the
    /// [token](Self::token).
    pub fn listen(mut self, address: impl ToSocketAddrs) -> std::io::Result<Server> {
        let is_sent = self.token.as_ref().is_none_or(Token::can_be_sent);
        if !is_sent {
            let why = "the token cannot be sent in a header field: it is one line of ASCII, \
                       without blanks around it";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, why));
        }
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let public = self.public_url.as_deref();
        let hosts = Hosts::new(address, public, &self.hosts, &self.sites)
            .map_err(|why| std::io::Error::new(std::io::ErrorKind::InvalidInput, why))?;
        self.public_url
            .get_or_insert_with(|| format!("http://{}", reachable(address)));
        let log = self.log.take();
        let (token, page) = (self.token.take(), self.page);
        let claim = self.state.take().map(|path| Claim::on(&path)).transpose()?;
        let mut state = State::new(self.settings());
        let mut now = None;
        let mut dropped = 0;
        if let Some(claim) = &claim {
            dropped = claim.read(|change| {
                now = Some(state.restore(change)?);
                Ok(())
            })?;
        }
        let mut sandbox = self
            .assemble(state, now)
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidInput, error))?;
        if let Some(claim) = claim {
            let journal = claim.renew(|take| sandbox.backend.hand_over(take))?;
            sandbox.backend.keep(Keeper::start(journal)?);
        }
        Server::start(sandbox, listener, hosts, log, dropped, token, page)
    }
}

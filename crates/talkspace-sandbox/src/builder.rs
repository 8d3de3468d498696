//! What a sandbox knows when it begins.

use std::error::Error as StdError;
use std::fmt;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;

use talkspace_core::{AppKey, InvalidPhoneNumber, MediaId, NetworkId, PhoneNumber};

use crate::Sandbox;
use crate::clock::Clock;
use crate::server::Server;
use crate::service::Backend;
use crate::state::State;

/// The content that seeded media has unless it brings its own: a silent
/// MPEG 1 layer III frame of 128 kbit/s and 44.1 kHz, of 26 ms.
const SILENCE: [u8; 417] = {
    let mut frame = [0; 417];
    frame[0] = 0xFF;
    frame[1] = 0xFB;
    frame[2] = 0x90;
    frame[3] = 0x64;
    frame
};

/// Builds a [`Sandbox`].
#[derive(Clone, Debug)]
#[must_use]
pub struct SandboxBuilder {
    app_keys: Vec<AppKey>,
    people: Vec<(NetworkId, String)>,
    media: Vec<MediaId>,
    ring: Duration,
    outage: bool,
    clock: Option<Clock>,
    seed: Option<u64>,
}

impl SandboxBuilder {
    /// The key of the [example](Self::examples) application.
    pub const EXAMPLE_APP_KEY: &'static str = "11111111-2222-3333-4444-555555555555";

    pub(crate) const fn new() -> Self {
        Self {
            app_keys: Vec::new(),
            people: Vec::new(),
            media: Vec::new(),
            ring: Duration::from_millis(200),
            outage: false,
            clock: None,
            seed: None,
        }
    }

    /// The example application with its people and a greeting: the ids that
    /// the examples of the spec use.
    pub fn examples(self) -> Self {
        self.app_key(Self::EXAMPLE_APP_KEY)
            .person("eta", "14151239876")
            .person("@theta", "14151239877")
            .media("6e6a151be31b467f87225b18b0f36f00")
            .media("7dd9a82f99644f36a974af070824d64a")
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

    /// A media id with content, in every application.
    pub fn media(mut self, id: impl Into<MediaId>) -> Self {
        self.media.push(id.into());
        self
    }

    /// How long a phone rings before it is answered. Default 0.2 s.
    pub const fn ring(mut self, ring: Duration) -> Self {
        self.ring = ring;
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

    /// Makes the ids that the sandbox gives the same in every run.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The sandbox, without a server.
    ///
    /// # Errors
    ///
    /// [`InvalidSeed`] when a person's phone number is none.
    pub fn build(self) -> Result<Sandbox, InvalidSeed> {
        let mut state = State::new(self.ring);
        state.outage = self.outage;
        for key in self.app_keys {
            state.add_app(key);
        }
        for (id, phone) in self.people {
            match phone.parse::<PhoneNumber>() {
                Ok(_) => state.add_person(id),
                Err(why) => return Err(InvalidSeed { person: id, why }),
            }
        }
        for id in &self.media {
            state.add_media(id, &SILENCE);
        }
        let clock = self.clock.unwrap_or_else(Clock::real);
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..));
        Ok(Sandbox {
            backend: Backend::new(state, clock, seed),
        })
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
    /// As [`start`](Self::start).
    pub fn listen(self, address: impl ToSocketAddrs) -> std::io::Result<Server> {
        let sandbox = self
            .build()
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidInput, error))?;
        Server::start(sandbox, TcpListener::bind(address)?)
    }
}

/// A sandbox cannot begin like this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSeed {
    person: NetworkId,
    why: InvalidPhoneNumber,
}

impl fmt::Display for InvalidSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the phone of {} is {}", self.person, self.why)
    }
}

impl StdError for InvalidSeed {}

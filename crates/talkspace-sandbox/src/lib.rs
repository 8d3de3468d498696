//! A stateful stand-in for the TalkSpace service, which is gone: for tests, and to
//! develop against.
//!
//! ```
//! use talkspace_core::{BlockingClient, CreateTalkspace};
//! use talkspace_sandbox::{Sandbox, SandboxBuilder};
//!
//! let sandbox = Sandbox::builder().examples().build()?;
//! let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
//!     .build_blocking(sandbox.transport())?;
//! client.send(CreateTalkspace::new("eta"))?;
//! assert_eq!(sandbox.rings("eta"), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It speaks the service's wire as far as that is known, quirks included, and
//! comes in three forms that run the same code:
//!
//! * a server in a test, on a free port of this machine: [`Sandbox::start`],
//!   stopped when dropped, usable from async and from blocking code;
//! * a server of its own: `talkspace sandbox`;
//! * a transport without any socket: [`Sandbox::transport`].
//!
//! | you want to | go to |
//! |---|---|
//! | set people, media, keys, or have them in a file | [`SandboxBuilder`], [`seed_file`](SandboxBuilder::seed_file) |
//! | let time pass without waiting | [`Clock::frozen`], [`Sandbox::advance`] |
//! | answer, decline, hang up and speak yourself | [`Sandbox::telephone`] |
//! | assert what was applied | [`Sandbox::rings`], [`Sandbox::applied`] |
//! | see who is called, who is in, and who is muted | [`Sandbox::talkspace`], [`Sandbox::calls`] |
//! | wait until something is so, without sleeping | [`Sandbox::wait_until`] |
//! | be told of what happens | [`Sandbox::watch`] |
//! | see what was sent, and wait for it | [`Sandbox::requests`], [`Sandbox::wait_for_request`] |
//! | see why something failed | [`Sandbox::request_log`] |
//! | lose a response, delay it, or fail a request | [`Sandbox::fault`] |
//! | begin anew, all or one application | [`Sandbox::reset`], [`Sandbox::reset_app`] |
//! | come back to a moment | [`Sandbox::save`], [`Sandbox::restore`] |
//! | decide each response yourself | [`Fake`] |
//!
//! The feature `page` has a [server](Server) show what happens to a browser, at
//! `/_sandbox/`. The feature `serde` turns that of `talkspace-core` on.
//!
//! # Who answers the phone
//!
//! Everybody answers after 0.2 s, presses 1, and speaks for 1 s when asked to
//! record; [`SandboxBuilder::ring`] and [`SandboxBuilder::speech`] change that.
//! Some do not, which is told by how their network id begins or their phone
//! number ends:
//!
//! | network id or phone | what happens |
//! |---|---|
//! | `no-answer…` | the phone rings for 30 s and nobody answers |
//! | `rejects…` | the call is rejected at the first ring |
//! | `unreachable…` | no call can be placed: 502 |
//! | `…0000` | no mobile phone, so nobody is registered with it: 400 |
//! | `…0408` | as `no-answer…` |
//! | `…0502` | as `unreachable…` |
//!
//! [`Habit::TABLE`] and [`Line::TABLE`] have the same as data.
//!
//! That is the crowd. A [`Telephone`] that a program holds is not the crowd's: there
//! the program answers, presses 1, declines, hangs up and speaks.
//!
//! Until somebody has answered and pressed 1, they can be neither muted nor moved, details
//! do not show them, and a registration is unknown.
//!
//! # What is heard
//!
//! The crowd says nothing: a recording is silence, as a playable MP3 file of the
//! length of the call, up to an hour, but for what was
//! [said](PhoneCall::speak) at a telephone that is held. That of a TalkSpace lasts from the first
//! joining to the end, which is when it is closed or the last one leaves. If
//! people meet there again, another recording takes the place of that one.
//!
//! Media cannot be removed from the request that records into it until that is
//! over. What is being played can be; it is heard to its end, which takes as long
//! as speaking.
//!
//! # From any language
//!
//! A server is looked into and steered at `/_sandbox/`, by JSON over HTTP:
//!
//! ```text
//! curl localhost:8080/_sandbox/
//! curl 'localhost:8080/_sandbox/calls?person=eta&state=in_call&wait=30'
//! curl -X PATCH -d '{"held":true}' -H 'content-type: application/json' localhost:8080/_sandbox/people/eta
//! curl -N localhost:8080/_sandbox/events
//! ```
//!
//! With the feature `page` a browser gets a page there in place of JSON, which needs no
//! token itself, and gets all that it shows from here.
//!
//! `/_sandbox/openapi.json` describes all of it: TalkSpaces, people, calls and media as
//! [values](view); telephones that are held, answered and hung up; the clock, frozen and
//! advanced; outages; the requests that came, each as curl, as Rust and as a command, to be
//! sent again; all of it saved and restored; and what happens, as server-sent events. `wait` holds the response
//! until there is something to respond with, in place of polling. An error is
//! `{"error":"call_over","message":"Call 1 is over.","status":409}`.
//!
//! No page of another site gets at it, to read or to change, whatever
//! [`allow_origin`](SandboxBuilder::allow_origin) says. Where the server listens on more
//! than loopback it wants a [token](Server::token).
//!
//! # Safe to run
//!
//! It listens on this machine alone unless it is told otherwise, and takes
//! requests for this machine's names alone, so that a page from elsewhere cannot
//! reach it by a name of its own; [`SandboxBuilder::host`] adds names. A request by a
//! page of another site, as its browser says in `Origin` or `Sec-Fetch-Site`, gets 403,
//! whatever its method and path are. That holds for a link on such a page, too: an
//! address that a person types or has as a bookmark is of no page, and works. A client
//! that is no browser sends neither header field, and need not.
//! [`SandboxBuilder::allow_origin`] names a site whose pages may use it, outside of
//! `/_sandbox/`. Their browser says the origin of what a script fetches, and of media
//! only with `crossorigin`, as in `<audio crossorigin src="…">`.
//!
//! No request delays the others: it is read in small turns, and gets an error
//! response as soon as there is too much of something
//! ([`Parameters::MAX`](talkspace_core::server::Parameters::MAX) and the like), or
//! its grant is not good. A body may have 1 MiB, and an upload 25 MiB and what is
//! around them. All bodies that are being received have 64 MiB together, and at
//! most twice that in memory while they grow; for more, the one that received bytes
//! least recently gets 503, one without a grant first.
//!
//! For a connection beyond the 10,000th, the one that has been idle longest is
//! closed. An idle one keeps no more than the head of a request, 32 KiB.
//! When the sandbox is stopped, requests that are under way have 5 s to end.
//!
//! With [`SandboxBuilder::state`] what a response of success reported outlives the
//! process, however that ends.
//!
//! # What the sources leave open
//!
//! * A parameter that comes twice is a 400, rather than half done.
//! * A grant whose upload failed can be used again.
//! * Registering somebody anew, or changing a phone again, before the phone
//!   was answered puts the newer call in the place of the older.
//! * Ending a registration ends that person's calls, and empties the media
//!   that they spoke. The media ids stay.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod admin;
mod builder;
mod clock;
mod cors;
mod crowd;
mod events;
mod fake;
mod faults;
mod hosts;
mod journal;
mod keeper;
mod log;
mod look;
mod memory;
mod methods;
mod mover;
mod mp3;
#[cfg(feature = "page")]
mod page;
mod receive;
mod requests;
mod reset;
mod room;
mod saved;
mod server;
mod service;
mod state;
mod telephone;
mod turn;
pub mod view;

/// The README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

use std::time::Duration;

use talkspace_core::{ConferenceId, NetworkId};

pub use builder::{InvalidSeed, SandboxBuilder};
pub use clock::Clock;
pub use events::{Missed, Watch};
pub use fake::Fake;
pub use faults::{ActiveFault, Fault};
pub use log::Served;
pub use memory::InMemory;
pub use mp3::WavError;
pub use requests::{Hint, NotReceived, Received, RequestLog};
pub use reset::ResetError;
pub use saved::{RestoreError, Saved};
pub use server::Server;
pub use state::{Habit, Line};
pub use telephone::{PhoneCall, Telephone, TelephoneError, Wanted, Why};

use service::Backend;

/// A sandbox: the state of a service, and the ways to it. Clones share it.
///
/// ```
/// use talkspace_core::{BlockingClient, CreateTalkspace};
/// use talkspace_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().app_key("key").person("eta", "14151239876").build()?;
/// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, "key")
///     .build_blocking(sandbox.transport())?;
/// let made = client.send(CreateTalkspace::new("eta"))?;
/// assert_eq!(made.message, "Created, leader is eta");
/// assert_eq!(sandbox.rings("eta"), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sandbox {
    backend: Backend,
}

impl Sandbox {
    /// A base URL for clients over [`transport`](Self::transport). Nothing
    /// listens there.
    pub const IN_MEMORY_URL: &'static str = "http://127.0.0.1";

    /// Starts with an empty sandbox: no applications, no people, no media.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }

    /// Starts a server on a free port of this machine with the example
    /// [application](SandboxBuilder::examples) and its people.
    ///
    /// # Errors
    ///
    /// Whatever binding a socket gives.
    pub fn start() -> std::io::Result<Server> {
        Self::builder().examples().start()
    }

    /// A transport that hands requests straight to the sandbox.
    #[must_use]
    pub fn transport(&self) -> InMemory {
        InMemory::new(self.backend.clone())
    }

    /// How often the phone of a person has rung, registered or not: the truth
    /// about what was applied.
    #[must_use]
    pub fn rings(&self, id: impl Into<NetworkId>) -> u64 {
        let id = id.into();
        self.backend.with(|state| state.rings(&id))
    }

    /// Takes the telephone of a person from the crowd: from now on whoever has this
    /// says what happens there. Taking it again gives it again.
    ///
    /// ```
    /// use talkspace_core::{BlockingClient, CreateTalkspace, GetTalkspace};
    /// use talkspace_sandbox::{Sandbox, SandboxBuilder};
    ///
    /// let sandbox = Sandbox::builder().examples().build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
    ///     .build_blocking(sandbox.transport())?;
    /// let eta = sandbox.telephone("eta")?;
    /// let id = client.send(CreateTalkspace::new("eta"))?.conference_id;
    ///
    /// let call = eta.rings()?;
    /// call.answer()?;
    /// call.press_1()?;
    /// assert_eq!(client.send(GetTalkspace::new(&id))?.participants.len(), 1);
    /// call.hang_up()?;
    /// assert!(client.send(GetTalkspace::new(&id))?.participants.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`StateIsKept`](TelephoneError::StateIsKept) when the sandbox keeps its
    /// [state](SandboxBuilder::state) in a file.
    pub fn telephone(&self, person: impl Into<NetworkId>) -> Result<Telephone, TelephoneError> {
        Telephone::take(self.backend.clone(), person.into())
    }

    /// Whether somebody has joined a TalkSpace and is muted there, which no
    /// response of the service says.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use talkspace_core::{BlockingClient, CreateTalkspace, MuteParticipant};
    /// use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder};
    ///
    /// let sandbox = Sandbox::builder().examples().clock(Clock::frozen()).build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
    ///     .build_blocking(sandbox.transport())?;
    /// let id = client.send(CreateTalkspace::new("eta"))?.conference_id;
    /// sandbox.advance(Duration::from_secs(1));
    /// assert!(!sandbox.is_muted(&id, "eta"));
    /// client.send(MuteParticipant::new(&id, "eta"))?;
    /// assert!(sandbox.is_muted(&id, "eta"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_muted(&self, talkspace: &ConferenceId, id: impl Into<NetworkId>) -> bool {
        let id = id.into();
        self.backend.with(|state| state.is_muted(talkspace, &id))
    }

    /// Simulates an outage, or ends it: operations that document a 502 return it
    /// meanwhile, and no phone call is placed or ended.
    pub fn set_outage(&self, outage: bool) {
        self.backend.act(|state, _, _| state.outage = outage);
    }

    /// Moves a [frozen](Clock::frozen) clock on: phones ring and are answered. When
    /// this returns, that has happened.
    pub fn advance(&self, by: Duration) {
        self.backend.clock().advance(by);
        self.backend.with(|_| ());
    }

    /// The sandbox's clock.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        self.backend.clock()
    }
}

/// What the command reads its options with. No part of the public promise.
#[doc(hidden)]
pub mod unversioned {
    use std::time::Duration;

    use crate::SandboxBuilder;
    use crate::hosts::{Host, Origin, base_url};

    /// A word that a POSIX shell leaves as it is.
    #[must_use]
    pub fn shell_word(word: &str) -> String {
        crate::requests::quote(word)
    }

    /// Whether there is an application with a key.
    #[must_use]
    pub fn has_app_key(builder: &SandboxBuilder) -> bool {
        builder.has_app_key()
    }

    /// How long phones ring, as options and a seed file have it.
    #[must_use]
    pub const fn ring(builder: &SandboxBuilder) -> Duration {
        builder.rings()
    }

    /// Whether this is a host, for [`host`](crate::SandboxBuilder::host).
    ///
    /// # Errors
    ///
    /// What would be right.
    pub fn host(text: &str) -> Result<(), String> {
        Host::parse(text).map(drop)
    }

    /// Whether this is an origin, for [`allow_origin`](crate::SandboxBuilder::allow_origin).
    ///
    /// # Errors
    ///
    /// What would be right.
    pub fn origin(text: &str) -> Result<(), String> {
        Origin::parse(text).map(drop)
    }

    /// Whether this is a base URL, for [`public_url`](crate::SandboxBuilder::public_url).
    ///
    /// # Errors
    ///
    /// What would be right.
    pub fn public_url(text: &str) -> Result<(), String> {
        base_url(text).map(drop)
    }
}

#[cfg(test)]
mod tests;

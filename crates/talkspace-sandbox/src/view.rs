//! What is in a sandbox, as values: TalkSpaces, people, calls and media.
//!
//! A [`Snapshot`] has all of it. They are serializable, and
//! [`/_sandbox/`](crate#from-any-language) has them as JSON: durations are numbers of
//! seconds. No key, no grant and no phone number is in it: an application is its
//! number, from 1 on, in the order in which they were named. A network id that
//! somebody chose is in it as it is, even one that is a number.

use std::time::Duration;

use serde::{Serialize, Serializer};
use talkspace_core::{ConferenceId, MediaId, NetworkId};

use crate::{Habit, Line, Why};

mod events;
mod told;

pub use events::{Event, What};
pub use told::NeverSo;

/// All that is in a sandbox at a moment.
///
/// ```
/// use talkspace_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().examples().build()?;
/// let seen = sandbox.snapshot();
/// assert_eq!(seen.people.len(), 2);
/// assert!(seen.calls.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// Which sandbox it is of: each has another one.
    pub run: String,
    /// The number of the last [event](Event) that is in it.
    pub seq: u64,
    /// How late it is on the sandbox's clock.
    pub clock: Time,
    /// Whether there is an [outage](crate::Sandbox::set_outage).
    pub outage: bool,
    /// How many applications there are.
    pub apps: usize,
    /// Those who are registered, whose phone has rung, or whose telephone is held, by
    /// their ids.
    pub people: Vec<Person>,
    /// The calls that are going on, the oldest first.
    pub calls: Vec<Call>,
    /// All TalkSpaces: those of the first application first, each's oldest first.
    pub talkspaces: Vec<Talkspace>,
    /// All media, by application and id.
    pub media: Vec<Media>,
}

/// What a [`Clock`](crate::Clock) says.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Time {
    /// The time since the sandbox was built.
    #[serde(serialize_with = "seconds")]
    pub now: Duration,
    /// Whether it stands still.
    pub frozen: bool,
}

/// A TalkSpace.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Talkspace {
    /// Its id.
    pub id: ConferenceId,
    /// Whose it is.
    pub app: usize,
    /// Whether somebody is in it or called into it.
    pub state: TalkspaceState,
    /// When the first joined of those who have met since it was last empty.
    #[serde(serialize_with = "maybe_seconds")]
    pub since: Option<Duration>,
    /// The media that it is recorded into.
    pub recorded_into: Option<MediaId>,
    /// Who is in it or called into it, in the order of their calls.
    pub people: Vec<Participant>,
}

/// Whether something happens in a TalkSpace.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TalkspaceState {
    /// Somebody is in it, or called into it.
    Active,
    /// Nobody is, but somebody can be added.
    Inactive,
    /// It was closed.
    Closed,
}

/// Somebody who is in a TalkSpace, or called into it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Participant {
    /// The person.
    pub id: NetworkId,
    /// The number of the call.
    pub call: u64,
    /// How far that is: [`Ringing`](CallState::Ringing),
    /// [`Answered`](CallState::Answered) or [`InCall`](CallState::InCall).
    pub state: CallState,
    /// Since when it has been so.
    #[serde(serialize_with = "seconds")]
    pub since: Duration,
    /// Whether the person is muted, or will be on joining.
    pub muted: bool,
}

/// Somebody whom the service knows, or called.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// The network id.
    pub id: NetworkId,
    /// The applications with which the person is registered.
    pub apps: Vec<usize>,
    /// What is at the end of the person's line. Nothing for those who are not
    /// registered.
    #[serde(serialize_with = "maybe_line")]
    pub line: Option<Line>,
    /// The last two digits of the phone number. Nothing for those who are not
    /// registered, and for those of a [state](crate::SandboxBuilder::state) that was
    /// read.
    pub ends: Option<String>,
    /// What becomes of calls of the crowd's telephone.
    #[serde(serialize_with = "habit")]
    pub habit: Habit,
    /// Whether a program [holds](crate::Telephone) the telephone.
    pub held: bool,
    /// How often it has rung.
    pub rings: u64,
}

/// A call of the service to somebody.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// What tells it from all others: later ones have greater numbers.
    pub call: u64,
    /// The application that it is made for.
    pub app: usize,
    /// Who is called.
    pub person: NetworkId,
    /// What for. The TalkSpace is the one that the person is in now.
    #[serde(flatten, serialize_with = "why")]
    pub why: Why,
    /// What is played to whoever answers.
    pub greeting: Option<MediaId>,
    /// How far it is.
    pub state: CallState,
    /// Since when it has been so.
    #[serde(serialize_with = "seconds")]
    pub since: Duration,
    /// When that ends by itself, if it does.
    #[serde(serialize_with = "maybe_seconds")]
    pub until: Option<Duration>,
    /// Whether the person is muted in the TalkSpace, or will be on joining.
    pub muted: bool,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallState {
    /// The telephone rings.
    Ringing,
    /// It was answered, and 1 was not pressed yet.
    Answered,
    /// The person is in a TalkSpace.
    InCall,
    /// The person is being recorded.
    Speaking,
    /// Something is played to the person.
    Listening,
}

/// Media of an application.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Media {
    /// Its id.
    pub id: MediaId,
    /// Whose it is.
    pub app: usize,
    /// The length of its file, if it has one.
    pub bytes: Option<u64>,
    /// Where the file is from.
    #[serde(flatten, serialize_with = "origin")]
    pub origin: Option<Origin>,
    /// When the grants to upload into it end that can be used. The grants
    /// themselves are not told.
    #[serde(serialize_with = "all_seconds")]
    pub grants: Vec<Duration>,
}

/// Where the file of media is from.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Origin {
    /// It was uploaded, or there from the start.
    Uploaded,
    /// This person was recorded.
    Spoken(NetworkId),
    /// A TalkSpace was recorded.
    Talkspace,
}

impl Snapshot {
    /// A TalkSpace, closed or not.
    #[must_use]
    pub fn talkspace(&self, id: &ConferenceId) -> Option<&Talkspace> {
        self.talkspaces.iter().find(|other| other.id == *id)
    }

    /// Somebody, by the network id.
    #[must_use]
    pub fn person(&self, id: impl Into<NetworkId>) -> Option<&Person> {
        let id = id.into();
        let place = self.people.binary_search_by(|other| other.id.cmp(&id));
        self.people.get(place.ok()?)
    }

    /// The call to which something happens next by itself.
    #[must_use]
    pub fn next(&self) -> Option<&Call> {
        let timed = self.calls.iter().filter(|call| call.until.is_some());
        timed.min_by_key(|call| call.until)
    }
}

impl Talkspace {
    /// Whether somebody has joined it, and not left.
    #[must_use]
    pub fn has(&self, person: impl Into<NetworkId>) -> bool {
        let state = self.participant(person).map(|other| other.state);
        state == Some(CallState::InCall)
    }

    /// Whether somebody has joined it and is muted.
    #[must_use]
    pub fn is_muted(&self, person: impl Into<NetworkId>) -> bool {
        let other = self.participant(person);
        other.is_some_and(|other| other.state == CallState::InCall && other.muted)
    }

    /// Somebody who is in it or called into it.
    #[must_use]
    pub fn participant(&self, person: impl Into<NetworkId>) -> Option<&Participant> {
        let person = person.into();
        self.people.iter().find(|other| other.id == person)
    }
}

pub(crate) fn seconds<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    time.as_secs_f64().serialize(to)
}

fn maybe_seconds<S: Serializer>(time: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    time.as_ref().map(Duration::as_secs_f64).serialize(to)
}

fn all_seconds<S: Serializer>(times: &[Duration], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(times.iter().map(Duration::as_secs_f64))
}

fn maybe_line<S: Serializer>(line: &Option<Line>, to: S) -> Result<S::Ok, S::Error> {
    let line = line.map(|line| match line {
        Line::Mobile => "mobile",
        Line::Landline => "landline",
        Line::Unanswered => "unanswered",
        Line::Unreachable => "unreachable",
    });
    line.serialize(to)
}

fn habit<S: Serializer>(habit: &Habit, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(match habit {
        Habit::Answers => "answers",
        Habit::NeverAnswers => "never_answers",
        Habit::Rejects => "rejects",
        Habit::Unreachable => "unreachable",
    })
}

fn why<S: Serializer>(why: &Why, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(tag = "why", rename_all = "snake_case")]
    enum Json<'a> {
        Register,
        ChangePhone,
        Join { talkspace: &'a ConferenceId },
        Speak { into: &'a MediaId },
        Listen { media: &'a [MediaId] },
    }
    match why {
        Why::Register => Json::Register,
        Why::ChangePhone => Json::ChangePhone,
        Why::Join(talkspace) => Json::Join { talkspace },
        Why::Speak(into) => Json::Speak { into },
        Why::Listen(media) => Json::Listen { media },
    }
    .serialize(to)
}

fn origin<S: Serializer>(origin: &Option<Origin>, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Json<'a> {
        origin: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        person: Option<&'a NetworkId>,
    }
    let (origin, person) = match origin {
        None => (None, None),
        Some(Origin::Uploaded) => (Some("uploaded"), None),
        Some(Origin::Spoken(person)) => (Some("spoken"), Some(person)),
        Some(Origin::Talkspace) => (Some("talkspace"), None),
    };
    Json { origin, person }.serialize(to)
}

#[cfg(test)]
mod tests;

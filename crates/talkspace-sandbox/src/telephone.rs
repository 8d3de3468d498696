//! Telephones that a program holds in the place of the crowd.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use talkspace_core::{ConferenceId, MediaFile, MediaId, NetworkId};

use crate::look::PATIENCE;
use crate::mp3::{Speech, WavError};
use crate::service::Backend;
use crate::state::Report;

/// The telephone of a person, held by a program in the place of the
/// [crowd](crate#who-answers-the-phone): what rings there is answered when the program
/// says so. A call goes [`rings`](Self::rings), [`answer`](PhoneCall::answer),
/// [`press_1`](PhoneCall::press_1), [`hang_up`](PhoneCall::hang_up);
/// [`Sandbox::telephone`](crate::Sandbox::telephone) takes one, with an example.
///
/// Ids such as `no-answer…` and numbers such as `…0502` mean nothing while it is held:
/// it rings for 30 s of the sandbox's clock, unless it is answered or declined. Whoever
/// has answered has 30 s to press 1. It stays held when this is dropped, until it is
/// [given back](Self::give_back).
#[derive(Clone, Debug)]
pub struct Telephone {
    backend: Backend,
    person: NetworkId,
}

/// A call at a [`Telephone`]. Dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct PhoneCall {
    telephone: Telephone,
    number: u64,
}

/// What is wanted of a telephone in a call at this moment.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Wanted {
    /// It rings.
    Ring {
        /// What for.
        why: Why,
        /// What is played to whoever answers.
        greeting: Option<MediaId>,
    },
    /// It was answered. The person hears the greeting and may press 1.
    Press1 {
        /// What for.
        why: Why,
        /// What is played.
        greeting: Option<MediaId>,
    },
    /// The person is in a TalkSpace.
    Talk {
        /// Which one. Moving changes it.
        talkspace: ConferenceId,
        /// Whether the others do not hear the person.
        muted: bool,
        /// What the TalkSpace is recorded into, if it is.
        recorded_into: Option<MediaId>,
    },
    /// The person is recorded, until they hang up, or for an hour.
    Speak {
        /// What the recording goes into.
        into: MediaId,
    },
    /// Something is played to the person, for the time of
    /// [`speech`](crate::SandboxBuilder::speech).
    Listen {
        /// What is played.
        media: Vec<MediaId>,
    },
}

/// What a telephone rings for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Why {
    /// To be registered.
    Register,
    /// To have another phone number, which it is that rings.
    ChangePhone,
    /// To join this TalkSpace.
    Join(ConferenceId),
    /// To be recorded into this media.
    Speak(MediaId),
    /// To hear these media.
    Listen(Vec<MediaId>),
}

impl Telephone {
    pub(crate) fn take(backend: Backend, person: NetworkId) -> Result<Self, TelephoneError> {
        if backend.is_kept() {
            return Err(TelephoneError::StateIsKept);
        }
        backend.act(|state, _, _| state.hold(&person));
        Ok(Self { backend, person })
    }

    /// One at which something is to be done, held or not.
    pub(crate) const fn of(backend: Backend, person: NetworkId) -> Self {
        Self { backend, person }
    }

    /// Whose it is.
    #[must_use]
    pub const fn person(&self) -> &NetworkId {
        &self.person
    }

    /// Blocks until the telephone rings, and gives the oldest call that does. One
    /// that is neither answered nor declined is given again.
    ///
    /// It needs no runtime, and it does not sleep: a frozen clock has to be advanced
    /// by somebody else, if that is what makes it ring.
    ///
    /// # Errors
    ///
    /// [`Silent`](TelephoneError::Silent) when it has not rung after a minute of
    /// real time, whatever the sandbox's [clock](crate::Clock).
    pub fn rings(&self) -> Result<PhoneCall, TelephoneError> {
        let is_ringing = |wanted: &Wanted| matches!(wanted, Wanted::Ring { .. });
        let ringing = self.backend.wait(PATIENCE, || {
            let mut calls = self.calls().into_iter();
            calls.find(|call| call.wanted().as_ref().is_some_and(is_ringing))
        });
        ringing.ok_or_else(|| TelephoneError::Silent(self.person.clone()))
    }

    /// The calls that there are now, the oldest first: those that ring, and those
    /// that go on.
    #[must_use]
    pub fn calls(&self) -> Vec<PhoneCall> {
        let wishes = self.backend.with(|state| state.wanted(&self.person));
        let numbers = wishes.into_iter().map(|wish| wish.call);
        numbers.map(|number| self.call(number)).collect()
    }

    /// Gives it back to the crowd. What rings is treated by the person's habits, as
    /// if it began to now; a TalkSpace that was joined goes on.
    pub fn give_back(self) {
        self.backend
            .act(|state, now, _| state.give_back(&self.person, now));
    }

    pub(crate) fn call(&self, number: u64) -> PhoneCall {
        PhoneCall {
            telephone: self.clone(),
            number,
        }
    }
}

impl PhoneCall {
    /// Who is called.
    #[must_use]
    pub const fn person(&self) -> &NetworkId {
        self.telephone.person()
    }

    /// What tells the call from all others of the sandbox: later ones have greater
    /// numbers.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// What is wanted of the telephone in this call. Nothing when the call is over,
    /// for whichever reason: it was hung up here or by a request, the TalkSpace was
    /// closed, nobody answered, or the person was called anew for the same.
    #[must_use]
    pub fn wanted(&self) -> Option<Wanted> {
        let Telephone { backend, person } = &self.telephone;
        let mut wishes = backend.with(|state| state.wanted(person)).into_iter();
        let wish = wishes.find(|wish| wish.call == self.number);
        wish.map(|wish| wish.wanted)
    }

    /// The files that the person hears now: the greeting after the answer, or the
    /// media that are played. Media without content is not among them.
    #[must_use]
    pub fn hears(&self) -> Vec<Bytes> {
        let Telephone { backend, person } = &self.telephone;
        backend.with(|state| state.hears(person, self.number))
    }

    /// Blocks until this can be said of what is [wanted](Self::wanted), such as that
    /// the call is over: `|wanted| wanted.is_none()`.
    ///
    /// # Errors
    ///
    /// [`Unchanged`](TelephoneError::Unchanged) when it cannot after a minute of real
    /// time.
    pub fn wait_until(
        &self,
        is_so: impl Fn(Option<&Wanted>) -> bool,
    ) -> Result<(), TelephoneError> {
        let look = || is_so(self.wanted().as_ref()).then_some(());
        let so = self.telephone.backend.wait(PATIENCE, look);
        so.ok_or_else(|| TelephoneError::Unchanged(self.wanted()))
    }

    /// The person answers the telephone that rings. That is not yet agreeing.
    ///
    /// # Errors
    ///
    /// [`CallOver`](TelephoneError::CallOver), [`NotNow`](TelephoneError::NotNow) and
    /// [`NotHeld`](TelephoneError::NotHeld), as everything that is done in a call.
    pub fn answer(&self) -> Result<(), TelephoneError> {
        self.report(Report::Answered)
    }

    /// The person, having answered, presses 1: to be registered, to join, to speak
    /// or to listen.
    ///
    /// # Errors
    ///
    /// As [`answer`](Self::answer).
    pub fn press_1(&self) -> Result<(), TelephoneError> {
        self.report(Report::Pressed1)
    }

    /// The person rejects the call while it rings.
    ///
    /// # Errors
    ///
    /// As [`answer`](Self::answer).
    pub fn decline(&self) -> Result<(), TelephoneError> {
        self.report(Report::Declined)
    }

    /// The person, having answered, hangs up: before 1 is pressed that is a refusal; then
    /// it leaves the TalkSpace, stops listening, or ends the recording, which keeps what was
    /// said.
    ///
    /// # Errors
    ///
    /// As [`answer`](Self::answer).
    pub fn hang_up(&self) -> Result<(), TelephoneError> {
        self.report(Report::HungUp)
    }

    /// The person speaks: the recording of this call or of the TalkSpace has this
    /// file at the time when it was said, if the person is not muted. What is said
    /// before something else is over comes after it: voices are not mixed.
    ///
    /// It is an MP3 file, of which the tags are left out, or a WAV file, which is
    /// encoded: PCM of 8 to 32 bits, one or two channels, which become one, and a
    /// sampling rate that MP3 has: 8, 11.025, 12, 16, 22.05, 24, 32, 44.1 or 48 kHz.
    ///
    /// # Errors
    ///
    /// As [`answer`](Self::answer), [`NotMp3`](TelephoneError::NotMp3),
    /// [`NotWav`](TelephoneError::NotWav), [`OtherFormat`](TelephoneError::OtherFormat),
    /// and [`TooMuch`](TelephoneError::TooMuch).
    pub fn speak(&self, file: impl Into<Bytes>) -> Result<(), TelephoneError> {
        self.spoke(&file.into(), Duration::ZERO)
    }

    /// The person has said this, and began to so long ago: what a microphone gave is
    /// in the recording when it was said.
    pub(crate) fn spoke(&self, file: &Bytes, ago: Duration) -> Result<(), TelephoneError> {
        self.report(Report::Spoke(Speech::of(file)?.begun(ago)))
    }

    fn report(&self, report: Report) -> Result<(), TelephoneError> {
        let Telephone { backend, person } = &self.telephone;
        backend.act(|state, now, rng| state.report(person, self.number, report, now, rng))
    }
}

/// Why something did not happen at a telephone.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TelephoneError {
    /// The sandbox keeps its [state](crate::SandboxBuilder::state) in a file, which
    /// has no phone numbers: a held telephone could not be found again after the next start.
    StateIsKept,
    /// The telephone of this person was given back.
    NotHeld(NetworkId),
    /// The telephone of this person did not ring for a minute.
    Silent(NetworkId),
    /// This call of this person is over.
    CallOver(NetworkId),
    /// The call is not at a point where this can be done, such as pressing 1 before it was
    /// answered.
    NotNow {
        /// What was to be done: a word for people to read.
        tried: &'static str,
        /// What is wanted at this moment.
        wanted: Wanted,
    },
    /// What was waited for did not become so for a minute. This is wanted; nothing
    /// when the call is over.
    Unchanged(Option<Wanted>),
    /// What was to be said has something else than a frame of MP3 at this byte, and is
    /// no WAV file.
    NotMp3 {
        /// The place in the file, from 0 on.
        at: usize,
    },
    /// What was to be said is a WAV file, of a kind that is not taken.
    NotWav(WavError),
    /// What was to be said has another sampling rate, number of channels or version
    /// of MPEG than what was said in the same recording before, or changes it: few
    /// players go on where that happens.
    OtherFormat,
    /// What is said in one recording would have so many bytes, more than
    /// [`MediaFile::MAX_LEN`].
    TooMuch(u64),
}

impl fmt::Display for TelephoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StateIsKept => f.write_str(
                "no telephone can be held while the state is kept in a file: phone numbers \
                 are not kept there",
            ),
            Self::NotHeld(person) => write!(f, "{person}'s telephone was given back"),
            Self::Silent(person) => {
                let waited = PATIENCE.as_secs();
                write!(f, "{person}'s telephone did not ring for {waited} s")
            }
            Self::CallOver(person) => write!(f, "this call to {person} is over"),
            Self::NotNow { tried, wanted } => {
                write!(f, "the call cannot be {tried} now: {}", wanted.told())
            }
            Self::Unchanged(wanted) => {
                let is = wanted.as_ref().map_or("it is over", Wanted::told);
                let waited = PATIENCE.as_secs();
                write!(
                    f,
                    "the call did not change as expected for {waited} s: {is}"
                )
            }
            Self::NotMp3 { at } => {
                write!(
                    f,
                    "there is no whole MP3 frame at byte {at} of what is said, which is no WAV \
                     file either"
                )
            }
            Self::NotWav(why) => write!(f, "{why}"),
            Self::OtherFormat => f.write_str(
                "what is said in a recording has one sampling rate and number of channels: \
                 this has another one",
            ),
            Self::TooMuch(bytes) => write!(
                f,
                "what is said has {bytes} bytes in all; a recording has {} at most",
                MediaFile::MAX_LEN
            ),
        }
    }
}

impl StdError for TelephoneError {}

impl Wanted {
    const fn told(&self) -> &'static str {
        match self {
            Self::Ring { .. } => "it rings",
            Self::Press1 { .. } => "it was answered, and 1 was not pressed yet",
            Self::Talk { .. } => "the person is in a TalkSpace",
            Self::Speak { .. } => "the person is being recorded",
            Self::Listen { .. } => "something is played to the person",
        }
    }
}

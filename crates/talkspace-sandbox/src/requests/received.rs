//! A request as it is shown.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::Method;
use talkspace_core::PhoneNumber;
use talkspace_core::observe::RequestId;
use talkspace_core::operation::{OperationInfo, ParameterKind};
use talkspace_core::server::ServerOperation;

use super::hint::Hint;
use super::record::{Lacks, Record};

/// The longest value of a parameter that is shown, in characters.
const SHOWN: usize = 200;

/// A request that a sandbox has received, in the order of their responses.
///
/// No key of an application of the sandbox and no upload grant is in it, wherever in the
/// request that was: `…` stands there. A phone number can be read as the
/// [request](Self::request) that it came in, and is shown by its last two digits.
/// `Display` is one line.
///
/// ```
/// use talkspace_core::{BlockingClient, CreateTalkspace};
/// use talkspace_sandbox::{Sandbox, SandboxBuilder};
///
/// let sandbox = Sandbox::builder().examples().build()?;
/// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
///     .build_blocking(sandbox.transport())?;
/// client.send(CreateTalkspace::new("eta"))?;
///
/// let log = sandbox.request_log(0);
/// let received = &log.entries[0];
/// assert_eq!((received.number(), received.status()), (1, 201));
/// assert_eq!(received.person(), Some("eta"));
/// assert_eq!(received.changes()[0], "call 1 rings eta");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Received(pub(super) Arc<Record>);

/// The requests that a sandbox keeps: the last 1,000, or as many as
/// [it was told](crate::SandboxBuilder::keep_requests), in 16 MiB at most.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestLog {
    /// Those that were asked for, the oldest first.
    pub entries: Vec<Received>,
    /// How many have come, which is the number of the last one.
    pub total: u64,
    /// How many of these are not kept any more.
    pub dropped: u64,
}

impl RequestLog {
    pub(super) fn new(entries: Vec<Received>, total: u64, kept: usize) -> Self {
        Self {
            entries,
            total,
            dropped: total - kept as u64,
        }
    }
}

impl Received {
    pub(super) const fn of(record: Arc<Record>) -> Self {
        Self(record)
    }

    /// Its number: the first is 1, and there is none without a request.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// When it was done, by the sandbox's [clock](crate::Clock).
    #[must_use]
    pub fn at(&self) -> Duration {
        self.0.at
    }

    /// When it was responded to, by the machine's clock.
    #[must_use]
    pub fn wall(&self) -> SystemTime {
        self.0.wall
    }

    /// How long it took, from its head to its response.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.0.took
    }

    /// The method that it came with, if it is one that HTTP knows: HEAD for one that is
    /// applied as GET, and OPTIONS for one that is of no operation.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        self.0.method.as_ref()
    }

    /// The operation that it is of. `None` if it is of none, or that was not to be found out.
    #[must_use]
    pub fn operation(&self) -> Option<&'static OperationInfo> {
        self.0.operation
    }

    /// The path as the spec has it, with parameters in braces. Of another path what is
    /// like a word of the spec, and `…` for the rest.
    #[must_use]
    pub fn path(&self) -> &str {
        let failed = self.0.failed.as_ref();
        let unknown = failed.map(|failed| failed.path.as_str());
        let known = self.0.operation.map(|info| info.path);
        known.or(unknown).unwrap_or(self.0.path)
    }

    /// The status in the envelope; that of the HTTP line where there is no envelope.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The status code of the HTTP line.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        self.0.http_status
    }

    /// The id in its `x-request-id`, if it is one that a client of
    /// `talkspace-core` makes.
    #[must_use]
    pub fn request_id(&self) -> Option<RequestId> {
        self.0.request_id
    }

    /// The number of the application whose key it had, from 0 on.
    #[must_use]
    pub fn app(&self) -> Option<usize> {
        self.0.app
    }

    /// The call that it placed, by the number that it has at a
    /// [telephone](crate::PhoneCall::number).
    #[must_use]
    pub fn call(&self) -> Option<u64> {
        self.0.call
    }

    /// The person it is about.
    #[must_use]
    pub fn person(&self) -> Option<&str> {
        self.0.get("networkid")
    }

    /// The TalkSpace it is about, or which it created.
    #[must_use]
    pub fn talkspace(&self) -> Option<&str> {
        self.0
            .get("conferenceid")
            .or_else(|| self.made("createTalkspace"))
    }

    /// The media it is about, or which it created.
    #[must_use]
    pub fn media(&self) -> Option<&str> {
        self.0.get("mediaid").or_else(|| self.made("createMedia"))
    }

    fn made(&self, operation: &str) -> Option<&str> {
        let info = self.0.operation.filter(|info| info.id == operation);
        info.and(self.0.made.as_deref())
    }

    /// The request itself, if it is one of this operation and can be read. In place of a grant
    /// it has another text, and of a file the first 64 bytes.
    #[must_use]
    pub fn request<O: ServerOperation>(&self) -> Option<O> {
        let info = self.0.operation.filter(|info| info.id == O::INFO.id);
        info.and_then(|_| O::from_parameters(&self.0.parameters).ok())
    }

    /// The parameters that the operation has, each with its value as it may be shown.
    /// The key is not among them.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let known = self.0.operation.map_or(&[][..], |info| info.parameters);
        let shown = known.iter().filter_map(|info| {
            let value = match info.kind {
                ParameterKind::File => format!("{} bytes", self.0.file?),
                kind => shown(kind, self.0.get(info.name)?),
            };
            Some((info.name, value))
        });
        shown.collect()
    }

    /// Whether its parameters were too long to be kept: more than 16 KiB.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.0.lacks == Some(Lacks::Parameters)
    }

    /// The number of the request that this one is again, if the sandbox was told to
    /// send one [again](crate#from-any-language).
    #[must_use]
    pub fn again_of(&self) -> Option<u64> {
        self.0.again_of
    }

    /// What has changed, as lines for people, such as `call 42 rings eta`.
    #[must_use]
    pub fn changes(&self) -> Vec<String> {
        let Some(info) = self.0.operation.filter(|_| self.0.failed.is_none()) else {
            return Vec::new();
        };
        let person = self.person().map(|id| shown(ParameterKind::Text, id));
        let person = person.unwrap_or_default();
        let talkspace = self.talkspace().unwrap_or_default();
        let media = self.media().unwrap_or_default();
        let mut changes = Vec::new();
        if let Some(call) = self.0.call {
            let muted = match self.0.get("muted") {
                Some("true") => ", muted",
                _ => "",
            };
            changes.push(format!("call {call} rings {person}{muted}"));
        }
        let change = match info.id {
            "createTalkspace" => format!("there is a TalkSpace {talkspace}"),
            "closeTalkspace" => format!("TalkSpace {talkspace} is closed"),
            "hangUp" => format!("{person} is not in TalkSpace {talkspace} any more"),
            "moveParticipant" => {
                let to = self.0.get("toconferenceid").unwrap_or_default();
                format!("{person} is in TalkSpace {to}")
            }
            "muteParticipant" => format!("{person} is muted"),
            "unmuteParticipant" => format!("{person} is not muted"),
            "deleteRegistrant" => format!("{person} is not registered any more"),
            "createMedia" => format!("there is media {media}"),
            "removeMedia" => format!("media {media} is removed"),
            "requestUploadGrant" => format!("there is a grant for media {media}"),
            "uploadMedia" => format!("a file of {} bytes is stored", self.0.file.unwrap_or(0)),
            _ => return changes,
        };
        changes.push(change);
        changes
    }

    /// The number of the [fault](crate::Fault) that met it. Its response may not have come,
    /// or not as it is told here.
    #[must_use]
    pub fn fault(&self) -> Option<u64> {
        self.0.fault
    }

    /// Why it was not applied, as its response said.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        let failed = self.0.failed.as_ref()?;
        Some(failed.message.as_str()).filter(|message| !message.is_empty())
    }

    /// What would have been right, if that can be said.
    #[must_use]
    pub fn hint(&self) -> Option<&Hint> {
        self.0.failed.as_ref()?.hint.as_ref()
    }
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.method().map_or("-", Method::as_str);
        write!(f, "{} {method} {}", self.number(), self.path())?;
        if let Some(info) = self.operation() {
            write!(f, " {}", info.id)?;
        }
        write!(f, " {} in {:.1?}", self.status(), self.took())?;
        if let Some(other) = self.again_of() {
            write!(f, ", request {other} again")?;
        }
        for change in self.changes() {
            write!(f, ", {change}")?;
        }
        if let Some(message) = self.message() {
            write!(f, ", {message}")?;
        }
        if let Some(hint) = self.hint() {
            write!(f, ", {hint}")?;
        }
        match self.fault() {
            Some(fault) => write!(f, ", by fault {fault}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Received({self})")
    }
}

/// A value as it may be shown, in one line.
pub(super) fn shown(kind: ParameterKind, value: &str) -> String {
    match kind {
        ParameterKind::AppKey | ParameterKind::Secret => "…".to_owned(),
        ParameterKind::Phone => phone(value),
        // An id may be somebody's number, too.
        _ if value.parse::<PhoneNumber>().is_ok() => phone(value),
        _ => {
            let mut shown: String = value
                .chars()
                .take(SHOWN)
                .flat_map(char::escape_debug)
                .collect();
            if value.chars().nth(SHOWN).is_some() {
                shown.push('…');
            }
            shown
        }
    }
}

/// A phone number by its last two digits, if it has enough to hide the others.
fn phone(value: &str) -> String {
    let digits: Vec<char> = value.chars().filter(char::is_ascii_digit).collect();
    match digits.as_slice() {
        [_, _, _, _, _, .., one, other] => format!("…{one}{other}"),
        _ => "…".to_owned(),
    }
}

//! What became of a request that may have been applied, as a pure state machine.
//!
//! A poll is a list and some details, or the details of one TalkSpace alone.
//! Responses and time are passed in, so both clients run the very same rules.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::client::poll::is_not_yet;
use crate::client::poll_options::{Backoff, PollOptions};
use crate::error::Error;
use crate::request::response::{GetTalkspaceResponse, ListTalkspacesResponse};
use crate::request::{AddToTalkspace, CreateTalkspace, GetTalkspace, ListTalkspaces};
use crate::send::RequestOptions;
use crate::value::{ConferenceId, NetworkId};

#[cfg(test)]
mod tests;

/// The most TalkSpaces whose details one poll requests.
const MAX_DETAILS: usize = 16;

/// What is known of a request that [may have been
/// applied](crate::Delivery::MaybeSent), after polling.
///
/// The service marks nothing with the request that made it. What identifies a
/// new TalkSpace is that it was not there before, and that its leader is in it;
/// so list the TalkSpaces before one is created:
///
/// ```
/// use talkspace_core::{BlockingClient, CreateTalkspace, Delivery, ListTalkspaces, PollOptions, Reconciliation};
/// # use std::sync::atomic::{AtomicBool, Ordering};
/// # use talkspace_core::FailureKind;
/// # use talkspace_core::transport::{TransportError, blocking_transport_fn};
///
/// // This transport applies what it is sent, and then loses the response.
/// # let created = AtomicBool::new(false);
/// # let transport = blocking_transport_fn(move |request| {
/// #     if request.method() == http::Method::POST {
/// #         assert!(!created.swap(true, Ordering::Relaxed), "sent twice");
/// #         return Err(TransportError::new(FailureKind::Closed, Delivery::MaybeSent));
/// #     }
/// #     Ok(http::Response::new(match (request.uri().path(), created.load(Ordering::Relaxed)) {
/// #         ("/api/rest/conference", false) => r#"{"ConferenceListResponse":{"status":200}}"#.into(),
/// #         ("/api/rest/conference", true) => r#"{"ConferenceListResponse":{"status":200,"active":"63c9"}}"#.into(),
/// #         _ => r#"{"ConferenceDetailsResponse":{"status":200,"participants":"eta"}}"#.into(),
/// #     }))
/// # });
/// let client = BlockingClient::builder("https://sandbox.example", "key").build_blocking(transport)?;
///
/// let before = client.send(ListTalkspaces::new())?;
/// let request = CreateTalkspace::new("eta");
/// let conference_id = match client.send(request.clone()) {
///     Ok(made) => made.conference_id,
///     Err(error) if error.delivery() == Delivery::MaybeSent => {
///         match client.reconcile_create(&request, Some(&before), PollOptions::default())? {
///             Reconciliation::Applied { conference_id, .. } => conference_id,
///             // A person decides: the phone may have rung, or may ring yet.
///             _ => return Err(error.into()),
///         }
///     }
///     Err(error) => return Err(error.into()),
/// };
/// assert_eq!(conference_id.as_str(), "63c9");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it cannot know
///
/// * Whether a request is still on its way. What is not seen now may be applied
///   later; the longer the [`PollOptions`], the less likely.
/// * Whether a phone rings: details are only sure to show who has answered.
/// * Who else uses the application's key. A TalkSpace that another program
///   created for the same leader in the meantime is not told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reconciliation {
    /// It was applied: the person is in this TalkSpace, and was not before.
    #[non_exhaustive]
    Applied {
        /// The TalkSpace.
        conference_id: ConferenceId,
        /// Who is in it.
        details: GetTalkspaceResponse,
    },
    /// Nothing shows that it was applied. For a TalkSpace there is no new one;
    /// for a person, they are not in it, though their phone may have rung.
    NotSeen,
    /// It may have been applied, in one of these TalkSpaces: they cannot be told
    /// apart, or the person was there already, or is not there yet.
    Ambiguous(Vec<ConferenceId>),
}

/// What a client does next to find out.
#[derive(Debug)]
pub(crate) enum Step {
    /// Send it, and hand the response to [`Reconciler::listed`].
    List(ListTalkspaces),
    /// Send it, and hand the response to [`Reconciler::shown`].
    Show(GetTalkspace),
    Wait(Duration),
    Done(Reconciliation),
}

/// Polls until the result is sure, or the timeout elapses.
#[derive(Debug)]
pub(crate) struct Reconciler {
    person: NetworkId,
    place: Place,
    /// Whether the person being in the place shows that the request was applied.
    conclusive: bool,
    backoff: Backoff,
    poll: Option<Poll>,
}

/// Where the person would be.
#[derive(Debug)]
enum Place {
    /// In a TalkSpace that is none of these.
    New(HashSet<ConferenceId>),
    This(ConferenceId),
}

/// One poll, as far as it has got.
#[derive(Debug, Default)]
struct Poll {
    /// Where the person may be.
    candidates: Vec<ConferenceId>,
    /// Those of them whose details are still to be requested.
    unread: Vec<ConferenceId>,
    /// Those of them where the person is.
    with_person: Vec<(ConferenceId, GetTalkspaceResponse)>,
}

impl Reconciler {
    pub(crate) fn create(
        request: &CreateTalkspace,
        before: Option<&ListTalkspacesResponse>,
        options: PollOptions,
        now: Instant,
    ) -> Self {
        let known = before.map(|before| before.active.iter().chain(&before.inactive));
        Self {
            person: request.network_id.clone(),
            place: Place::New(known.into_iter().flatten().cloned().collect()),
            conclusive: before.is_some(),
            backoff: options.begin(now),
            poll: None,
        }
    }

    pub(crate) fn add(
        request: &AddToTalkspace,
        before: Option<&GetTalkspaceResponse>,
        options: PollOptions,
        now: Instant,
    ) -> Self {
        let person = request.network_id.clone();
        Self {
            place: Place::This(request.conference_id.clone()),
            conclusive: before.is_some_and(|before| !before.participants.contains(&person)),
            person,
            backoff: options.begin(now),
            poll: None,
        }
    }

    /// The options of the next request of a poll.
    pub(crate) fn request_options(&self, request: RequestOptions, now: Instant) -> RequestOptions {
        self.backoff.request_options(request, now)
    }

    /// Takes a failure: how long to wait before the next poll, if that may help.
    ///
    /// # Errors
    ///
    /// The failure itself, where it is one for good or the timeout elapses.
    pub(crate) fn failed(&mut self, now: Instant, error: Error) -> Result<Duration, Error> {
        self.poll = None;
        match self.backoff.next(now) {
            Some(wait) if is_not_yet(&error) => Ok(wait),
            _ => Err(error),
        }
    }

    pub(crate) fn next(&mut self, now: Instant) -> Step {
        let poll = match (&mut self.poll, &self.place) {
            (Some(poll), _) => poll,
            (None, Place::New(_)) => return Step::List(ListTalkspaces::new()),
            (none, Place::This(id)) => none.insert(Poll {
                unread: vec![id.clone()],
                ..Poll::default()
            }),
        };
        if let Some(id) = poll.unread.pop() {
            return Step::Show(GetTalkspace::new(id));
        }
        let poll = self.poll.take().unwrap_or_default();
        let (finding, sure) = poll.judge(self.conclusive);
        if sure {
            return Step::Done(finding);
        }
        self.backoff
            .next(now)
            .map_or(Step::Done(finding), Step::Wait)
    }

    pub(crate) fn listed(&mut self, list: ListTalkspacesResponse) {
        let Place::New(known) = &self.place else {
            return;
        };
        let is_new = |id: &ConferenceId| !known.contains(id);
        let mut candidates: Vec<_> = list.active.into_iter().filter(is_new).collect();
        // The others are empty, but one of them may have been left again.
        let unread = match candidates.len() {
            0..=MAX_DETAILS => candidates.clone(),
            _ => Vec::new(),
        };
        candidates.extend(list.inactive.into_iter().filter(is_new));
        self.poll = Some(Poll {
            candidates,
            unread,
            ..Poll::default()
        });
    }

    pub(crate) fn shown(&mut self, id: ConferenceId, details: GetTalkspaceResponse) {
        if let Some(poll) = &mut self.poll {
            if details.participants.contains(&self.person) {
                poll.with_person.push((id, details));
            }
        }
    }
}

impl Poll {
    /// What was found, and whether that is sure: no other poll could find more.
    fn judge(self, conclusive: bool) -> (Reconciliation, bool) {
        let mut found = self.with_person;
        match (found.pop(), found.is_empty()) {
            (Some((conference_id, details)), true) if conclusive => {
                let applied = Reconciliation::Applied {
                    conference_id,
                    details,
                };
                (applied, true)
            }
            (Some(last), _) => {
                let ids = found.into_iter().chain([last]).map(|(id, _)| id);
                (Reconciliation::Ambiguous(ids.collect()), true)
            }
            (None, _) if self.candidates.is_empty() => (Reconciliation::NotSeen, false),
            (None, _) => (Reconciliation::Ambiguous(self.candidates), false),
        }
    }
}

//! The search for the result of a request, as a pure state machine.
//!
//! A poll is a list and some looks, or one look alone. Responses and time are
//! passed in, so both clients run the very same rules.

use std::time::{Duration, Instant};

use crate::client::poll::is_not_yet;
use crate::client::poll_options::Backoff;
use crate::client::sure::{Before, Candidate, Sure, SureOptions};
use crate::codec::Operation;
use crate::codec::{Place, SureRequest};
use crate::error::Error;
use crate::send::RequestOptions;

#[cfg(test)]
mod tests;

/// The most places that one poll looks at.
const MAX_LOOKS: usize = 16;

/// What a client does next.
pub(crate) enum Step<O: SureRequest> {
    /// Send it, and hand the response to [`Search::listed`].
    List(O::List),
    /// Send it, and hand the response to [`Search::looked`].
    Look(O::Look),
    Wait(Duration),
}

/// Polls until the result is sure, or the timeout elapses.
pub(crate) struct Search<'r, O: SureRequest> {
    request: &'r O,
    before: Option<&'r Before<O>>,
    /// Whether seeing the result shows that the request was applied.
    conclusive: bool,
    /// What went wrong with the request.
    error: Error,
    backoff: Backoff,
    poll: Option<Poll<O>>,
    /// What the last whole poll found.
    found: Vec<Candidate<O::Look>>,
    /// What went wrong with the last look.
    failure: Option<Error>,
}

/// One poll, as far as it has got.
struct Poll<O: SureRequest> {
    unread: Vec<O::Look>,
    candidates: Vec<Candidate<O::Look>>,
}

impl<'r, O: SureRequest> Search<'r, O> {
    /// A search that begins `now`, after `error` left the request in doubt.
    pub(crate) fn new(
        request: &'r O,
        before: Option<&'r Before<O>>,
        error: Error,
        options: SureOptions,
        now: Instant,
    ) -> Self {
        let is_without = before.is_some_and(|before| before.is_without(request));
        Self {
            request,
            before,
            conclusive: options.exclusive && is_without,
            error,
            backoff: options.polling.begin(now),
            poll: None,
            found: Vec::new(),
            failure: None,
        }
    }

    /// The options of the next request of a poll.
    pub(crate) fn request_options(&self, request: RequestOptions, now: Instant) -> RequestOptions {
        self.backoff.request_options(request, now)
    }

    /// What to do now, or `None` when there is nothing more to do: then
    /// [`verdict`](Self::verdict) has the end.
    pub(crate) fn next(&mut self, now: Instant) -> Option<Step<O>> {
        if let Some(error) = self.failure.take() {
            self.poll = None;
            let wait = self.backoff.next(now).filter(|_| is_not_yet(&error));
            self.failure = Some(error).filter(|_| wait.is_none());
            return wait.map(Step::Wait);
        }
        let mut poll = match (self.poll.take(), self.request.place()) {
            (_, Place::Nowhere) => return None,
            (Some(poll), _) => poll,
            (None, Place::New(list)) => return Some(Step::List(list)),
            (None, Place::Here(look)) => Poll {
                unread: vec![look],
                candidates: Vec::new(),
            },
        };
        if let Some(look) = poll.unread.pop() {
            self.poll = Some(poll);
            return Some(Step::Look(look));
        }
        let is_seen = self.judge(poll.candidates);
        let wait = self.backoff.next(now).filter(|_| !is_seen);
        wait.map(Step::Wait)
    }

    /// Takes the list of all places.
    pub(crate) fn listed(&mut self, list: Result<<O::List as Operation>::Response, Error>) {
        let listed = match list {
            Ok(list) => O::listed(&list),
            Err(error) => return self.failure = Some(error),
        };
        let is_new = |place: &O::Look| !self.before.is_some_and(|before| before.has(place));
        let mut unread: Vec<_> = listed.open.into_iter().filter(is_new).collect();
        let mut closed: Vec<_> = listed.closed.into_iter().filter(is_new).collect();
        if unread.len() > MAX_LOOKS {
            closed.append(&mut unread);
        }
        let candidates = closed
            .into_iter()
            .map(|look| Candidate { look, seen: None });
        self.poll = Some(Poll {
            unread,
            candidates: candidates.collect(),
        });
    }

    /// Takes what one place shows.
    pub(crate) fn looked(
        &mut self,
        look: O::Look,
        seen: Result<<O::Look as Operation>::Response, Error>,
    ) {
        match (seen, &mut self.poll) {
            (Ok(seen), Some(poll)) => poll.candidates.push(Candidate {
                look,
                seen: Some(seen),
            }),
            (Ok(_), None) => {}
            (Err(error), _) => self.failure = Some(error),
        }
    }

    /// Keeps where the result is seen, or else may be. Returns whether it is seen:
    /// then no other poll could find more.
    fn judge(&mut self, candidates: Vec<Candidate<O::Look>>) -> bool {
        let shows = |candidate: &Candidate<O::Look>| self.shows(candidate);
        let (shown, others): (Vec<_>, Vec<_>) = candidates.into_iter().partition(shows);
        let is_seen = !shown.is_empty();
        self.found = match self.request.place() {
            _ if is_seen => shown,
            // Any of the new places may be the one, if it is not seen yet.
            Place::New(_) => others,
            Place::Here(_) | Place::Nowhere => Vec::new(),
        };
        is_seen
    }

    fn shows(&self, candidate: &Candidate<O::Look>) -> bool {
        let seen = candidate.seen.as_ref();
        seen.is_some_and(|seen| self.request.shows(seen))
    }

    /// What is known in the end.
    pub(crate) fn verdict(self) -> Sure<O> {
        if let ([one], true) = (&*self.found, self.conclusive) {
            if let Some(seen) = one.seen.as_ref().filter(|seen| self.request.shows(seen)) {
                return Sure::Applied {
                    response: self.request.response(&one.look, seen),
                    seen: Some(one.clone()),
                };
            }
        }
        Sure::InDoubt {
            error: self.error,
            candidates: self.found,
            look_error: self.failure,
        }
    }
}

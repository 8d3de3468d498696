//! What is known of a request in the end.

use std::fmt;

use crate::codec::Operation;
use crate::codec::SureRequest;
use crate::error::{Error, ErrorKind};
use crate::transport::Delivery;
use crate::value::Status;

/// What became of a request that must not be sent twice: there is no fourth case.
///
/// ```
/// use talkspace_core::{BlockingClient, CreateTalkspace, PollOptions, Sure, SureOptions};
/// # use std::sync::atomic::{AtomicBool, Ordering};
/// # use talkspace_core::{Delivery, FailureKind};
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
/// // Nobody else calls this person into a new TalkSpace meanwhile.
/// let options = SureOptions::from(PollOptions::default()).exclusive();
/// let conference_id = match client.send_surely(CreateTalkspace::new("eta"), options) {
///     Sure::Applied { response, .. } => response.conference_id,
///     Sure::NotApplied(error) => return Err(error.into()),
///     // A person decides: the phone may have rung, or may ring yet.
///     Sure::InDoubt { error, candidates, .. } => {
///         for candidate in candidates {
///             eprintln!("perhaps {}", candidate.look.conference_id);
///         }
///         return Err(error.into());
///     }
/// };
/// assert_eq!(conference_id.as_str(), "63c9");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it cannot know
///
/// * Whether a request is still on its way. What is not seen now may be applied
///   later; so that nothing is seen never means `NotApplied`.
/// * Whether a phone rings: details are only sure to show who has answered.
/// * Who did what. The service marks nothing with the request that made it, so
///   what is seen means `Applied` only if the application
///   [rules out](crate::SureOptions::exclusive) that anything else did it.
#[must_use]
pub enum Sure<O: SureRequest> {
    /// It was applied, once.
    #[non_exhaustive]
    Applied {
        /// The response. Where it was lost, one with the documented status and the
        /// ids that are known from what was seen.
        response: O::Response,
        /// What showed it, where the response was lost.
        seen: Option<Candidate<O::Look>>,
    },
    /// It was not applied, and will not be: nothing was sent, or the service
    /// responded with a status that says so. The error may be that of the look
    /// before the request, which then was not sent.
    NotApplied(Error),
    /// It may have been applied, or may still be.
    #[non_exhaustive]
    InDoubt {
        /// What went wrong with the request.
        error: Error,
        /// Where it may have been applied; empty if nothing was seen.
        candidates: Vec<Candidate<O::Look>>,
        /// What went wrong with looking, if that failed.
        look_error: Option<Error>,
    },
}

/// What may be the result of a request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Candidate<L: Operation> {
    /// The request that shows it: send it to look again.
    pub look: L,
    /// What it showed last, if it was sent.
    pub seen: Option<L::Response>,
}

impl<O: SureRequest> Sure<O> {
    /// The response, or the error: of a request that was not applied, and of one
    /// that is in doubt. [`Error::delivery`] tells the two apart.
    ///
    /// # Errors
    ///
    /// The error of the request, unless it was applied.
    pub fn into_result(self) -> Result<O::Response, Error> {
        match self {
            Self::Applied { response, .. } => Ok(response),
            Self::NotApplied(error) | Self::InDoubt { error, .. } => Err(error),
        }
    }

    pub(crate) const fn responded(response: O::Response) -> Self {
        Self::Applied {
            response,
            seen: None,
        }
    }
}

/// Whether a request that failed so was surely not applied.
pub(crate) fn is_not_applied(error: &Error) -> bool {
    match (error.delivery(), error.kind(), error.status()) {
        (Delivery::NotSent, ..) => true,
        (Delivery::Responded, ErrorKind::Status, Some(status)) => says_not_applied(status),
        // The service was unavailable to the attempts that arrived.
        (Delivery::Responded, ErrorKind::Transport(_), _) => true,
        _ => false,
    }
}

/// Whether a status of failure says that nothing was done. A redirect may follow
/// something that was done (RFC 9110 §15.4.4), and a gateway may not know.
const fn says_not_applied(status: Status) -> bool {
    match status.code() {
        408 => false,
        400..=499 | 501 | 505 => true,
        502..=504 => status.envelope().is_some(),
        _ => false,
    }
}

impl<O: SureRequest> fmt::Debug for Sure<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied { response, seen } => f
                .debug_struct("Applied")
                .field("response", response)
                .field("seen", seen)
                .finish(),
            Self::NotApplied(error) => f.debug_tuple("NotApplied").field(error).finish(),
            Self::InDoubt {
                error,
                candidates,
                look_error,
            } => f
                .debug_struct("InDoubt")
                .field("error", error)
                .field("candidates", candidates)
                .field("look_error", look_error)
                .finish(),
        }
    }
}

//! How the result of a request is looked for, and that there may be no way.

use std::hash::Hash;

use http::{Method, Request};

use crate::codec::operation::Operation;
use crate::codec::raw_response::{RawResponse, ResponseError};
use crate::codec::target::Target;
use crate::operation::{Effect, OperationInfo};
use crate::transport::Body;
use crate::value::InvalidRequest;

/// A request that must not be sent twice, and how its result is looked for.
///
/// The requests whose [effect](Effect) is `once` or `rings` implement it, as the
/// spec says it. Everything in here is pure, as in [`Operation`].
///
/// ```
/// use talkspace_core::sure::{Place, SureRequest};
/// use talkspace_core::{AddToTalkspace, BlastMedia, GetTalkspace};
///
/// let adding = AddToTalkspace::new("63c9", "eta");
/// assert_eq!(adding.place(), Place::Here(GetTalkspace::new("63c9")));
/// assert_eq!(BlastMedia::new(["6e6a"], "eta").place(), Place::Nowhere);
/// ```
pub trait SureRequest: Operation {
    /// The request whose response shows the result, or [`NoLook`].
    type Look: Operation + Eq + Hash;

    /// The request that lists where the result can be, if this request does not
    /// say where, or [`NoLook`].
    type List: Operation;

    /// Where the result would be.
    fn place(&self) -> Place<Self::Look, Self::List>;

    /// The places in a list. Default: none.
    #[must_use]
    fn listed(_list: &<Self::List as Operation>::Response) -> Listed<Self::Look> {
        Listed::default()
    }

    /// Whether this response shows the result. Default: no.
    fn shows(&self, _seen: &<Self::Look as Operation>::Response) -> bool {
        false
    }

    /// The response of success as far as it is known from what was seen.
    fn response(
        &self,
        look: &Self::Look,
        seen: &<Self::Look as Operation>::Response,
    ) -> Self::Response;
}

/// Where the result of a request would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place<Look, List> {
    /// The response to this request would show it.
    Here(Look),
    /// In a place that this request's response lists, and did not list before.
    New(List),
    /// Nothing shows it.
    Nowhere,
}

/// The places in a list.
///
/// ```
/// use talkspace_core::response::ListTalkspacesResponse;
/// use talkspace_core::sure::SureRequest;
/// use talkspace_core::{CreateTalkspace, GetTalkspace};
///
/// let mut list = ListTalkspacesResponse::new();
/// list.active = vec!["63c9".into()];
/// list.inactive = vec!["6d34".into()];
/// let listed = CreateTalkspace::listed(&list);
/// assert_eq!(listed.open, [GetTalkspace::new("63c9")]);
/// assert_eq!(listed.closed, [GetTalkspace::new("6d34")]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed<Look> {
    /// Those where the result can be seen.
    pub open: Vec<Look>,
    /// Those where it may have been, and cannot be seen any more.
    pub closed: Vec<Look>,
}

impl<Look> Listed<Look> {
    /// These places.
    pub fn new(
        open: impl IntoIterator<Item = Look>,
        closed: impl IntoIterator<Item = Look>,
    ) -> Self {
        Self {
            open: open.into_iter().collect(),
            closed: closed.into_iter().collect(),
        }
    }
}

impl<Look> Default for Listed<Look> {
    fn default() -> Self {
        Self::new([], [])
    }
}

/// In place of a request that looks: there is none, since the API shows the
/// result nowhere. It has no values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoLook {}

impl Operation for NoLook {
    const INFO: &'static OperationInfo =
        &OperationInfo::new("noLook", Method::GET, "/", Effect::Reads);

    type Response = Self;

    fn encode(&self, _target: &Target) -> Result<Request<Body>, InvalidRequest> {
        match *self {}
    }

    fn decode(&self, _raw: &RawResponse<'_>) -> Result<Self, ResponseError> {
        match *self {}
    }
}

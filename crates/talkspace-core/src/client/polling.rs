//! Polling helpers, on both clients.

use std::ops::ControlFlow;

use crate::client::asynchronous::Client;
use crate::client::blocking::BlockingClient;
use crate::client::poll::Polling;
use crate::client::poll_options::PollOptions;
use crate::codec::Operation;
use crate::error::Error;
use crate::request::response::{
    GetMediaStatusOutcome, GetMediaStatusResponse, GetRegistrationStatusOutcome,
    GetRegistrationStatusResponse, GetTalkspaceResponse,
};
use crate::request::{GetMediaStatus, GetRegistrationStatus, GetTalkspace, RegistrationQuery};
use crate::value::{ConferenceId, MediaId, NetworkId};

impl Client {
    /// Polls: sends `request` again and again until `predicate` returns true for
    /// its response. [`PollOptions`] holds the overall timeout and the backoff.
    ///
    /// The timeout binds the whole: a poll has what is left of it at most. A poll
    /// that only reads, and fails with what may be retried, counts as *not yet*.
    /// Dropping the future ends the polling.
    ///
    /// # Errors
    ///
    /// [`Error`] of kind [`PollTimeout`](crate::ErrorKind::PollTimeout) when the
    /// timeout elapses, with the [last response](Error::last_response), and the
    /// error of a poll that fails for good.
    pub async fn wait_until<O: Operation>(
        &self,
        request: O,
        options: PollOptions,
        predicate: impl Fn(&O::Response) -> bool,
    ) -> Result<O::Response, Error> {
        let mut polling = Polling::begin(O::INFO, options, self.options(), self.transport.now());
        loop {
            let options = polling.request_options(self.transport.now());
            let response = self.send_under(request.clone(), options).await;
            let response = response.map(|response| response.body);
            match polling.polled(self.transport.now(), response, &predicate) {
                ControlFlow::Continue(wait) => self.transport.sleep(wait).await,
                ControlFlow::Break(outcome) => return outcome,
            }
        }
    }

    /// Polls [`GetMediaStatus`] until a media id has content: it was recorded or
    /// uploaded.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub async fn wait_for_media(
        &self,
        media_id: impl Into<MediaId>,
        options: PollOptions,
    ) -> Result<GetMediaStatusResponse, Error> {
        let request = GetMediaStatus::new(media_id);
        self.wait_until(request, options, has_content).await
    }

    /// Polls [`GetRegistrationStatus`] until a person is registered with this
    /// application: the phone was answered, and 1 was pressed.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub async fn wait_for_registration(
        &self,
        network_id: impl Into<NetworkId>,
        options: PollOptions,
    ) -> Result<GetRegistrationStatusResponse, Error> {
        let request = registration(network_id.into());
        self.wait_until(request, options, is_registered).await
    }

    /// Polls [`GetTalkspace`] until a person is in a TalkSpace: the phone was
    /// answered, and 1 was pressed.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub async fn wait_for_participant(
        &self,
        conference_id: impl Into<ConferenceId>,
        network_id: impl Into<NetworkId>,
        options: PollOptions,
    ) -> Result<GetTalkspaceResponse, Error> {
        let (request, person) = (GetTalkspace::new(conference_id), network_id.into());
        self.wait_until(request, options, |details| is_in(details, &person))
            .await
    }
}

impl BlockingClient {
    /// Polls: sends `request` again and again until `predicate` returns true for
    /// its response. [`PollOptions`] holds the overall timeout and the backoff.
    ///
    /// The timeout binds the whole: a poll has what is left of it at most. A poll
    /// that only reads, and fails with what may be retried, counts as *not yet*.
    ///
    /// # Errors
    ///
    /// [`Error`] of kind [`PollTimeout`](crate::ErrorKind::PollTimeout) when the
    /// timeout elapses, with the [last response](Error::last_response); of a
    /// transport's [`Cancelled`](crate::FailureKind::Cancelled) once it was
    /// [cancelled](Self::with_cancel); and the error of a poll that fails for good.
    pub fn wait_until<O: Operation>(
        &self,
        request: O,
        options: PollOptions,
        predicate: impl Fn(&O::Response) -> bool,
    ) -> Result<O::Response, Error> {
        let mut polling = Polling::begin(O::INFO, options, self.options(), self.transport.now());
        loop {
            let options = polling.request_options(self.transport.now());
            let response = self.send_under(request.clone(), options);
            let response = response.map(|response| response.body);
            match polling.polled(self.transport.now(), response, &predicate) {
                ControlFlow::Continue(wait) => self.transport.sleep(wait, &self.cancel),
                ControlFlow::Break(outcome) => return outcome,
            }
        }
    }

    /// Polls [`GetMediaStatus`] until a media id has content: it was recorded or
    /// uploaded.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub fn wait_for_media(
        &self,
        media_id: impl Into<MediaId>,
        options: PollOptions,
    ) -> Result<GetMediaStatusResponse, Error> {
        let request = GetMediaStatus::new(media_id);
        self.wait_until(request, options, has_content)
    }

    /// Polls [`GetRegistrationStatus`] until a person is registered with this
    /// application: the phone was answered, and 1 was pressed.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub fn wait_for_registration(
        &self,
        network_id: impl Into<NetworkId>,
        options: PollOptions,
    ) -> Result<GetRegistrationStatusResponse, Error> {
        let request = registration(network_id.into());
        self.wait_until(request, options, is_registered)
    }

    /// Polls [`GetTalkspace`] until a person is in a TalkSpace: the phone was
    /// answered, and 1 was pressed.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub fn wait_for_participant(
        &self,
        conference_id: impl Into<ConferenceId>,
        network_id: impl Into<NetworkId>,
        options: PollOptions,
    ) -> Result<GetTalkspaceResponse, Error> {
        let (request, person) = (GetTalkspace::new(conference_id), network_id.into());
        self.wait_until(request, options, |details| is_in(details, &person))
    }
}

fn has_content(status: &GetMediaStatusResponse) -> bool {
    status.outcome == GetMediaStatusOutcome::Ready
}

fn registration(network_id: NetworkId) -> GetRegistrationStatus {
    GetRegistrationStatus::new(network_id).query(RegistrationQuery::Related)
}

fn is_registered(status: &GetRegistrationStatusResponse) -> bool {
    status.outcome == GetRegistrationStatusOutcome::Registered
}

fn is_in(details: &GetTalkspaceResponse, person: &NetworkId) -> bool {
    details.participants.contains(person)
}

//! Polling helpers, on both clients.

use std::time::Instant;

use crate::client::asynchronous::Client;
use crate::client::blocking::BlockingClient;
use crate::client::poll_options::PollOptions;
use crate::codec::Operation;
use crate::error::Error;
use crate::request::response::{
    GetMediaStatusOutcome, GetMediaStatusResponse, GetRegistrationStatusOutcome,
    GetRegistrationStatusResponse, GetTalkspaceResponse,
};
use crate::request::{GetMediaStatus, GetRegistrationStatus, GetTalkspace, RegistrationQuery};
use crate::transport::CancelToken;
use crate::value::{ConferenceId, MediaId, NetworkId};

impl Client {
    /// Polls: sends `request` again and again until `predicate` returns true for
    /// its response. [`PollOptions`] holds the overall timeout and the backoff.
    ///
    /// Dropping the future ends the polling.
    ///
    /// # Errors
    ///
    /// [`Error`] of kind [`PollTimeout`](crate::ErrorKind::PollTimeout) when the
    /// timeout elapses, and the error of a poll that fails.
    pub async fn wait_until<O: Operation>(
        &self,
        request: O,
        options: PollOptions,
        predicate: impl Fn(&O::Response) -> bool,
    ) -> Result<O::Response, Error> {
        let mut backoff = options.begin(Instant::now());
        let mut polls = 0;
        loop {
            let response = self.send(request.clone()).await?;
            polls += 1;
            if predicate(&response) {
                return Ok(response);
            }
            match backoff.next(Instant::now()) {
                Some(wait) => self.transport.sleep(wait).await,
                None => return Err(Error::poll_timeout(O::INFO, polls)),
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
    /// # Errors
    ///
    /// [`Error`] of kind [`PollTimeout`](crate::ErrorKind::PollTimeout) when the
    /// timeout elapses, of a transport's
    /// [`Cancelled`](crate::FailureKind::Cancelled) once `cancel` was used, and
    /// the error of a poll that fails.
    pub fn wait_until<O: Operation>(
        &self,
        request: O,
        options: PollOptions,
        cancel: &CancelToken,
        predicate: impl Fn(&O::Response) -> bool,
    ) -> Result<O::Response, Error> {
        let mut backoff = options.begin(Instant::now());
        let mut polls = 0;
        loop {
            let response = self.send_with(request.clone(), self.options(), cancel)?;
            polls += 1;
            if predicate(&response.body) {
                return Ok(response.body);
            }
            match backoff.next(Instant::now()) {
                Some(wait) => self.transport.sleep(wait, cancel),
                None => return Err(Error::poll_timeout(O::INFO, polls)),
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
        cancel: &CancelToken,
    ) -> Result<GetMediaStatusResponse, Error> {
        let request = GetMediaStatus::new(media_id);
        self.wait_until(request, options, cancel, has_content)
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
        cancel: &CancelToken,
    ) -> Result<GetRegistrationStatusResponse, Error> {
        let request = registration(network_id.into());
        self.wait_until(request, options, cancel, is_registered)
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
        cancel: &CancelToken,
    ) -> Result<GetTalkspaceResponse, Error> {
        let (request, person) = (GetTalkspace::new(conference_id), network_id.into());
        self.wait_until(request, options, cancel, |details| is_in(details, &person))
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

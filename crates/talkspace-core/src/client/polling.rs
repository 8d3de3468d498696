//! Waits until something is so, on both clients.

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
    /// Asks again and again until an answer is the one that is waited for.
    ///
    /// Dropping the future ends the waiting.
    ///
    /// # Errors
    ///
    /// [`Error`] of kind [`StillWaiting`](crate::ErrorKind::PollTimeout) when
    /// patience ends, and whatever a question itself gives.
    pub async fn wait_until<O: Operation>(
        &self,
        question: O,
        patience: PollOptions,
        is_so: impl Fn(&O::Response) -> bool,
    ) -> Result<O::Response, Error> {
        let mut pauses = patience.begin(Instant::now());
        let mut asked = 0;
        loop {
            let answer = self.send(question.clone()).await?;
            asked += 1;
            if is_so(&answer) {
                return Ok(answer);
            }
            match pauses.next(Instant::now()) {
                Some(pause) => self.transport.sleep(pause).await,
                None => return Err(Error::poll_timeout(O::INFO, asked)),
            }
        }
    }

    /// Waits until a media id has content: it was recorded or uploaded.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub async fn wait_for_media(
        &self,
        media_id: impl Into<MediaId>,
        patience: PollOptions,
    ) -> Result<GetMediaStatusResponse, Error> {
        let question = GetMediaStatus::new(media_id);
        self.wait_until(question, patience, has_content).await
    }

    /// Waits until a person is registered with this application: the phone was
    /// answered, and 1 was pressed.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub async fn wait_for_registration(
        &self,
        network_id: impl Into<NetworkId>,
        patience: PollOptions,
    ) -> Result<GetRegistrationStatusResponse, Error> {
        let question = registration(network_id.into());
        self.wait_until(question, patience, is_registered).await
    }

    /// Waits until a person is in a TalkSpace: the phone was answered, and 1
    /// was pressed.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub async fn wait_for_participant(
        &self,
        conference_id: impl Into<ConferenceId>,
        network_id: impl Into<NetworkId>,
        patience: PollOptions,
    ) -> Result<GetTalkspaceResponse, Error> {
        let (question, person) = (GetTalkspace::new(conference_id), network_id.into());
        self.wait_until(question, patience, |details| is_in(details, &person))
            .await
    }
}

impl BlockingClient {
    /// Asks again and again until an answer is the one that is waited for.
    ///
    /// # Errors
    ///
    /// [`Error`] of kind [`StillWaiting`](crate::ErrorKind::PollTimeout) when
    /// patience ends, of a transport's
    /// [`Cancelled`](crate::FailureKind::Cancelled) once `cancel` was used, and
    /// whatever a question itself gives.
    pub fn wait_until<O: Operation>(
        &self,
        question: O,
        patience: PollOptions,
        cancel: &CancelToken,
        is_so: impl Fn(&O::Response) -> bool,
    ) -> Result<O::Response, Error> {
        let mut pauses = patience.begin(Instant::now());
        let mut asked = 0;
        loop {
            let answer = self.send_with(question.clone(), self.options(), cancel)?;
            asked += 1;
            if is_so(&answer.body) {
                return Ok(answer.body);
            }
            match pauses.next(Instant::now()) {
                Some(pause) => self.transport.sleep(pause, cancel),
                None => return Err(Error::poll_timeout(O::INFO, asked)),
            }
        }
    }

    /// Waits until a media id has content: it was recorded or uploaded.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub fn wait_for_media(
        &self,
        media_id: impl Into<MediaId>,
        patience: PollOptions,
        cancel: &CancelToken,
    ) -> Result<GetMediaStatusResponse, Error> {
        let question = GetMediaStatus::new(media_id);
        self.wait_until(question, patience, cancel, has_content)
    }

    /// Waits until a person is registered with this application: the phone was
    /// answered, and 1 was pressed.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub fn wait_for_registration(
        &self,
        network_id: impl Into<NetworkId>,
        patience: PollOptions,
        cancel: &CancelToken,
    ) -> Result<GetRegistrationStatusResponse, Error> {
        let question = registration(network_id.into());
        self.wait_until(question, patience, cancel, is_registered)
    }

    /// Waits until a person is in a TalkSpace: the phone was answered, and 1
    /// was pressed.
    ///
    /// # Errors
    ///
    /// As [`wait_until`](Self::wait_until).
    pub fn wait_for_participant(
        &self,
        conference_id: impl Into<ConferenceId>,
        network_id: impl Into<NetworkId>,
        patience: PollOptions,
        cancel: &CancelToken,
    ) -> Result<GetTalkspaceResponse, Error> {
        let (question, person) = (GetTalkspace::new(conference_id), network_id.into());
        self.wait_until(question, patience, cancel, |details| {
            is_in(details, &person)
        })
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

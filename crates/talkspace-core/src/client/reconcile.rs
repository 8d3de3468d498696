//! Finds out what became of a request that may have been applied, on both clients.

use std::time::Instant;

use crate::client::asynchronous::Client;
use crate::client::blocking::BlockingClient;
use crate::client::poll_options::PollOptions;
use crate::client::reconciliation::{Reconciler, Reconciliation, Step};
use crate::error::Error;
use crate::request::response::{GetTalkspaceResponse, ListTalkspacesResponse};
use crate::request::{AddToTalkspace, CreateTalkspace};
use crate::transport::CancelToken;

impl Client {
    /// Finds out whether a TalkSpace was created, after an error that left it
    /// open. [`Reconciliation`] has an example, and says what cannot be known.
    ///
    /// `before` is the list of both groups from before the request was sent.
    /// Without it older TalkSpaces cannot be told from a new one, so the result
    /// is never [`Applied`](Reconciliation::Applied).
    ///
    /// It polls until the leader has answered the phone or the timeout elapses,
    /// and never sends the request again. Each poll sends one
    /// [`ListTalkspaces`](crate::ListTalkspaces), and one
    /// [`GetTalkspace`](crate::GetTalkspace) for each active TalkSpace that is
    /// new; for none, if there are more than 16.
    ///
    /// # Errors
    ///
    /// The [`Error`] of a poll that fails.
    pub async fn reconcile_create(
        &self,
        request: &CreateTalkspace,
        before: Option<&ListTalkspacesResponse>,
        options: PollOptions,
    ) -> Result<Reconciliation, Error> {
        let now = Instant::now();
        self.reconcile(Reconciler::create(request, before, options, now))
            .await
    }

    /// Finds out whether a person was added to a TalkSpace, after an error that
    /// left it open.
    ///
    /// `before` has the details from before the request was sent. Without them,
    /// and if the person was there already, the result is never
    /// [`Applied`](Reconciliation::Applied).
    ///
    /// It polls until the person has answered the phone or the timeout elapses,
    /// and never sends the request again. Each poll sends one
    /// [`GetTalkspace`](crate::GetTalkspace).
    ///
    /// # Errors
    ///
    /// The [`Error`] of a poll that fails.
    pub async fn reconcile_add(
        &self,
        request: &AddToTalkspace,
        before: Option<&GetTalkspaceResponse>,
        options: PollOptions,
    ) -> Result<Reconciliation, Error> {
        let now = Instant::now();
        self.reconcile(Reconciler::add(request, before, options, now))
            .await
    }

    async fn reconcile(&self, mut reconciler: Reconciler) -> Result<Reconciliation, Error> {
        loop {
            match reconciler.next(Instant::now()) {
                Step::List(request) => reconciler.listed(self.send(request).await?),
                Step::Show(request) => {
                    let id = request.conference_id.clone();
                    reconciler.shown(id, self.send(request).await?);
                }
                Step::Wait(wait) => self.transport.sleep(wait).await,
                Step::Done(result) => return Ok(result),
            }
        }
    }
}

impl BlockingClient {
    /// Finds out whether a TalkSpace was created, after an error that left it
    /// open. [`Reconciliation`] has an example, and says what cannot be known.
    ///
    /// `before` is the list of both groups from before the request was sent.
    /// Without it older TalkSpaces cannot be told from a new one, so the result
    /// is never [`Applied`](Reconciliation::Applied).
    ///
    /// It polls until the leader has answered the phone or the timeout elapses,
    /// and never sends the request again. Each poll sends one
    /// [`ListTalkspaces`](crate::ListTalkspaces), and one
    /// [`GetTalkspace`](crate::GetTalkspace) for each active TalkSpace that is
    /// new; for none, if there are more than 16.
    ///
    /// # Errors
    ///
    /// The [`Error`] of a poll that fails; one of a transport's
    /// [`Cancelled`](crate::FailureKind::Cancelled) once `cancel` was used.
    pub fn reconcile_create(
        &self,
        request: &CreateTalkspace,
        before: Option<&ListTalkspacesResponse>,
        options: PollOptions,
        cancel: &CancelToken,
    ) -> Result<Reconciliation, Error> {
        let now = Instant::now();
        self.reconcile(Reconciler::create(request, before, options, now), cancel)
    }

    /// Finds out whether a person was added to a TalkSpace, after an error that
    /// left it open.
    ///
    /// `before` has the details from before the request was sent. Without them,
    /// and if the person was there already, the result is never
    /// [`Applied`](Reconciliation::Applied).
    ///
    /// It polls until the person has answered the phone or the timeout elapses,
    /// and never sends the request again. Each poll sends one
    /// [`GetTalkspace`](crate::GetTalkspace).
    ///
    /// # Errors
    ///
    /// The [`Error`] of a poll that fails; one of a transport's
    /// [`Cancelled`](crate::FailureKind::Cancelled) once `cancel` was used.
    pub fn reconcile_add(
        &self,
        request: &AddToTalkspace,
        before: Option<&GetTalkspaceResponse>,
        options: PollOptions,
        cancel: &CancelToken,
    ) -> Result<Reconciliation, Error> {
        let now = Instant::now();
        self.reconcile(Reconciler::add(request, before, options, now), cancel)
    }

    fn reconcile(
        &self,
        mut reconciler: Reconciler,
        cancel: &CancelToken,
    ) -> Result<Reconciliation, Error> {
        loop {
            match reconciler.next(Instant::now()) {
                Step::List(request) => {
                    let response = self.send_with(request, self.options(), cancel)?;
                    reconciler.listed(response.body);
                }
                Step::Show(request) => {
                    let id = request.conference_id.clone();
                    let response = self.send_with(request, self.options(), cancel)?;
                    reconciler.shown(id, response.body);
                }
                Step::Wait(wait) => self.transport.sleep(wait, cancel),
                Step::Done(result) => return Ok(result),
            }
        }
    }
}

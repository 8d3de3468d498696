//! Finds out what became of a call that may have been applied, on both clients.

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
    /// Without it older TalkSpaces cannot be told from a new one, so the answer
    /// is never [`Applied`](Reconciliation::Applied).
    ///
    /// It looks until the leader has answered the phone or patience ends, and
    /// never sends the request again. A look is one list and the details of
    /// the active TalkSpaces that are new; of none, if there are more than 16.
    ///
    /// # Errors
    ///
    /// Whatever a look itself gives.
    pub async fn reconcile_create(
        &self,
        request: &CreateTalkspace,
        before: Option<&ListTalkspacesResponse>,
        patience: PollOptions,
    ) -> Result<Reconciliation, Error> {
        let now = Instant::now();
        self.reconcile(Reconciler::create(request, before, patience, now))
            .await
    }

    /// Finds out whether somebody was added to a TalkSpace, after an error that
    /// left it open.
    ///
    /// `before` has the details from before the request was sent. Without them,
    /// and if the person was there already, the answer is never
    /// [`Applied`](Reconciliation::Applied).
    ///
    /// It looks until the person has answered the phone or patience ends, and
    /// never sends the request again. A look is one request for details.
    ///
    /// # Errors
    ///
    /// Whatever a look itself gives.
    pub async fn reconcile_add(
        &self,
        request: &AddToTalkspace,
        before: Option<&GetTalkspaceResponse>,
        patience: PollOptions,
    ) -> Result<Reconciliation, Error> {
        let now = Instant::now();
        self.reconcile(Reconciler::add(request, before, patience, now))
            .await
    }

    async fn reconcile(&self, mut reconciler: Reconciler) -> Result<Reconciliation, Error> {
        loop {
            match reconciler.next(Instant::now()) {
                Step::List(question) => reconciler.listed(self.send(question).await?),
                Step::Show(question) => {
                    let id = question.conference_id.clone();
                    reconciler.shown(id, self.send(question).await?);
                }
                Step::Wait(pause) => self.transport.sleep(pause).await,
                Step::Done(finding) => return Ok(finding),
            }
        }
    }
}

impl BlockingClient {
    /// Finds out whether a TalkSpace was created, after an error that left it
    /// open. [`Reconciliation`] has an example, and says what cannot be known.
    ///
    /// `before` is the list of both groups from before the request was sent.
    /// Without it older TalkSpaces cannot be told from a new one, so the answer
    /// is never [`Applied`](Reconciliation::Applied).
    ///
    /// It looks until the leader has answered the phone or patience ends, and
    /// never sends the request again. A look is one list and the details of
    /// the active TalkSpaces that are new; of none, if there are more than 16.
    ///
    /// # Errors
    ///
    /// Whatever a look itself gives, and [`Error`] of a transport's
    /// [`Cancelled`](crate::FailureKind::Cancelled) once `cancel` was used.
    pub fn reconcile_create(
        &self,
        request: &CreateTalkspace,
        before: Option<&ListTalkspacesResponse>,
        patience: PollOptions,
        cancel: &CancelToken,
    ) -> Result<Reconciliation, Error> {
        let now = Instant::now();
        self.reconcile(Reconciler::create(request, before, patience, now), cancel)
    }

    /// Finds out whether somebody was added to a TalkSpace, after an error that
    /// left it open.
    ///
    /// `before` has the details from before the request was sent. Without them,
    /// and if the person was there already, the answer is never
    /// [`Applied`](Reconciliation::Applied).
    ///
    /// It looks until the person has answered the phone or patience ends, and
    /// never sends the request again. A look is one request for details.
    ///
    /// # Errors
    ///
    /// Whatever a look itself gives, and [`Error`] of a transport's
    /// [`Cancelled`](crate::FailureKind::Cancelled) once `cancel` was used.
    pub fn reconcile_add(
        &self,
        request: &AddToTalkspace,
        before: Option<&GetTalkspaceResponse>,
        patience: PollOptions,
        cancel: &CancelToken,
    ) -> Result<Reconciliation, Error> {
        let now = Instant::now();
        self.reconcile(Reconciler::add(request, before, patience, now), cancel)
    }

    fn reconcile(
        &self,
        mut reconciler: Reconciler,
        cancel: &CancelToken,
    ) -> Result<Reconciliation, Error> {
        loop {
            match reconciler.next(Instant::now()) {
                Step::List(question) => {
                    let answer = self.send_with(question, self.options(), cancel)?;
                    reconciler.listed(answer.body);
                }
                Step::Show(question) => {
                    let id = question.conference_id.clone();
                    let answer = self.send_with(question, self.options(), cancel)?;
                    reconciler.shown(id, answer.body);
                }
                Step::Wait(pause) => self.transport.sleep(pause, cancel),
                Step::Done(finding) => return Ok(finding),
            }
        }
    }
}

//! Finds out what became of a request that may have been applied, on both clients.

use crate::client::asynchronous::Client;
use crate::client::blocking::BlockingClient;
use crate::client::poll_options::PollOptions;
use crate::client::reconciliation::{Reconciler, Reconciliation, Step};
use crate::error::Error;
use crate::request::response::{GetTalkspaceResponse, ListTalkspacesResponse};
use crate::request::{AddToTalkspace, CreateTalkspace};

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
    /// The [`Error`] of a poll that fails for good, or that still failed when the
    /// timeout elapsed.
    pub async fn reconcile_create(
        &self,
        request: &CreateTalkspace,
        before: Option<&ListTalkspacesResponse>,
        options: PollOptions,
    ) -> Result<Reconciliation, Error> {
        let now = self.transport.now();
        let reconciler = Reconciler::create(request, before, options, now);
        self.reconcile(reconciler).await
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
    /// The [`Error`] of a poll that fails for good, or that still failed when the
    /// timeout elapsed.
    pub async fn reconcile_add(
        &self,
        request: &AddToTalkspace,
        before: Option<&GetTalkspaceResponse>,
        options: PollOptions,
    ) -> Result<Reconciliation, Error> {
        let now = self.transport.now();
        let reconciler = Reconciler::add(request, before, options, now);
        self.reconcile(reconciler).await
    }

    async fn reconcile(&self, mut reconciler: Reconciler) -> Result<Reconciliation, Error> {
        loop {
            let now = self.transport.now();
            let options = reconciler.request_options(self.options(), now);
            let outcome = match reconciler.next(now) {
                Step::List(request) => {
                    let list = self.send_under(request, options).await;
                    list.map(|list| reconciler.listed(list.body))
                }
                Step::Show(request) => {
                    let id = request.conference_id.clone();
                    let details = self.send_under(request, options).await;
                    details.map(|details| reconciler.shown(id, details.body))
                }
                Step::Wait(wait) => {
                    self.transport.sleep(wait).await;
                    continue;
                }
                Step::Done(result) => return Ok(result),
            };
            if let Err(error) = outcome {
                let wait = reconciler.failed(self.transport.now(), error)?;
                self.transport.sleep(wait).await;
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
    /// The [`Error`] of a poll that fails for good, or that still failed when the
    /// timeout elapsed; one of a transport's
    /// [`Cancelled`](crate::FailureKind::Cancelled) once it was
    /// [cancelled](Self::with_cancel).
    pub fn reconcile_create(
        &self,
        request: &CreateTalkspace,
        before: Option<&ListTalkspacesResponse>,
        options: PollOptions,
    ) -> Result<Reconciliation, Error> {
        let now = self.transport.now();
        let reconciler = Reconciler::create(request, before, options, now);
        self.reconcile(reconciler)
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
    /// The [`Error`] of a poll that fails for good, or that still failed when the
    /// timeout elapsed; one of a transport's
    /// [`Cancelled`](crate::FailureKind::Cancelled) once it was
    /// [cancelled](Self::with_cancel).
    pub fn reconcile_add(
        &self,
        request: &AddToTalkspace,
        before: Option<&GetTalkspaceResponse>,
        options: PollOptions,
    ) -> Result<Reconciliation, Error> {
        let now = self.transport.now();
        let reconciler = Reconciler::add(request, before, options, now);
        self.reconcile(reconciler)
    }

    fn reconcile(&self, mut reconciler: Reconciler) -> Result<Reconciliation, Error> {
        loop {
            let now = self.transport.now();
            let options = reconciler.request_options(self.options(), now);
            let outcome = match reconciler.next(now) {
                Step::List(request) => {
                    let list = self.send_under(request, options);
                    list.map(|list| reconciler.listed(list.body))
                }
                Step::Show(request) => {
                    let id = request.conference_id.clone();
                    let details = self.send_under(request, options);
                    details.map(|details| reconciler.shown(id, details.body))
                }
                Step::Wait(wait) => {
                    self.transport.sleep(wait, &self.cancel);
                    continue;
                }
                Step::Done(result) => return Ok(result),
            };
            if let Err(error) = outcome {
                let wait = reconciler.failed(self.transport.now(), error)?;
                self.transport.sleep(wait, &self.cancel);
            }
        }
    }
}

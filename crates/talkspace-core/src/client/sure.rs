//! Sure requests, on both clients.

mod before;
mod options;
mod search;
mod upload_to;
mod verdict;

use std::time::Instant;

use crate::client::asynchronous::Client;
use crate::client::blocking::BlockingClient;
use crate::codec::{Place, SureRequest};
use crate::error::Error;
use crate::send::RequestOptions;

pub use before::Before;
pub use options::SureOptions;
use search::{Search, Step};
pub use upload_to::UploadTo;
use verdict::is_not_applied;
pub use verdict::{Candidate, Sure};

impl Client {
    /// Sends a request that must not be sent twice, and says what became of it:
    /// applied, not applied, or in doubt. [`Sure`] has an example, and says what
    /// cannot be known.
    ///
    /// It looks before it sends, and again if the request is left in doubt; a
    /// request that may have been sent is not sent again. The page of each request
    /// says what is looked at. Where the API shows nothing, the verdict in doubt is
    /// immediate.
    ///
    /// The [timeout](RequestOptions::timeout) of the client bounds the look before
    /// and the request, `options` (or [`PollOptions`](crate::PollOptions) alone)
    /// what comes after. An [upload](crate::sure::UploadTo) must say for which media
    /// it is.
    ///
    /// Dropping the future loses the verdict. What must survive that is done in two
    /// steps, with [`look`](Self::look) and [`reconcile`](Self::reconcile).
    pub async fn send_surely<O: SureRequest>(
        &self,
        request: O,
        options: impl Into<SureOptions>,
    ) -> Sure<O> {
        let whole = Whole::begin(self.options(), self.transport.now());
        let before = match self.look(&request).await {
            Ok(before) => before,
            Err(error) => return Sure::NotApplied(error),
        };
        let client = self.with_options(whole.left(self.transport.now()));
        match client.send(request.clone()).await {
            Ok(response) => Sure::responded(response),
            Err(error) if is_not_applied(&error) => Sure::NotApplied(error),
            Err(error) => {
                let options = options.into();
                self.search(&request, Some(&before), error, options).await
            }
        }
    }

    /// Looks at what there is before a request is sent, for
    /// [`reconcile`](Self::reconcile). Where the API shows nothing, nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error`] of the request that looks.
    pub async fn look<O: SureRequest>(&self, request: &O) -> Result<Before<O>, Error> {
        Ok(match request.place() {
            Place::Here(look) => Before::here(look.clone(), self.send(look).await?),
            Place::New(list) => Before::listed(&self.send(list).await?),
            Place::Nowhere => Before::nothing(),
        })
    }

    /// Finds out what became of a request that was sent by [`send`](Self::send), and
    /// may have been applied: its error says so, or its future was dropped.
    ///
    /// It polls until the result is seen or the timeout elapses, and never sends the
    /// request itself. Without `before`, the result is never
    /// [`Applied`](Sure::Applied). An error in doubt says that the request was
    /// cancelled.
    ///
    /// ```
    /// # use talkspace_core::{Client, Error};
    /// use talkspace_core::{AddToTalkspace, PollOptions, Sure, SureOptions};
    ///
    /// # async fn example(client: &Client) -> Result<(), Error> {
    /// let request = AddToTalkspace::new("63c9", "eta");
    /// let before = client.look(&request).await?;
    /// drop(client.send(request.clone())); // By a timeout, for instance.
    ///
    /// let options = SureOptions::from(PollOptions::default()).exclusive();
    /// let sure = client.reconcile(&request, Some(&before), options).await;
    /// let is_there = matches!(sure, Sure::Applied { .. });
    /// # let _ = is_there;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn reconcile<O: SureRequest>(
        &self,
        request: &O,
        before: Option<&Before<O>>,
        options: impl Into<SureOptions>,
    ) -> Sure<O> {
        let error = Error::dropped(O::INFO);
        self.search(request, before, error, options.into()).await
    }

    async fn search<O: SureRequest>(
        &self,
        request: &O,
        before: Option<&Before<O>>,
        error: Error,
        options: SureOptions,
    ) -> Sure<O> {
        let mut search = Search::new(request, before, error, options, self.transport.now());
        loop {
            let now = self.transport.now();
            let client = self.with_options(search.request_options(self.options(), now));
            match search.next(now) {
                Some(Step::List(list)) => search.listed(client.send(list).await),
                Some(Step::Look(look)) => search.looked(look.clone(), client.send(look).await),
                Some(Step::Wait(wait)) => self.transport.sleep(wait).await,
                None => return search.verdict(),
            }
        }
    }
}

impl BlockingClient {
    /// Sends a request that must not be sent twice, and says what became of it:
    /// applied, not applied, or in doubt. [`Sure`] has an example, and says what
    /// cannot be known.
    ///
    /// It looks before it sends, and again if the request is left in doubt; a
    /// request that may have been sent is not sent again. The page of each request
    /// says what is looked at. Where the API shows nothing, the verdict in doubt is
    /// immediate.
    ///
    /// The [timeout](RequestOptions::timeout) of the client bounds the look before
    /// and the request, `options` (or [`PollOptions`](crate::PollOptions) alone)
    /// what comes after. An [upload](crate::sure::UploadTo) must say for which media
    /// it is.
    ///
    /// [Cancelled](Self::with_cancel) in the midst, it is in doubt. What must survive
    /// that, or a crash of the program, is done in two steps, with
    /// [`look`](Self::look) and [`reconcile`](Self::reconcile).
    pub fn send_surely<O: SureRequest>(
        &self,
        request: O,
        options: impl Into<SureOptions>,
    ) -> Sure<O> {
        let whole = Whole::begin(self.options(), self.transport.now());
        let before = match self.look(&request) {
            Ok(before) => before,
            Err(error) => return Sure::NotApplied(error),
        };
        let client = self.with_options(whole.left(self.transport.now()));
        match client.send(request.clone()) {
            Ok(response) => Sure::responded(response),
            Err(error) if is_not_applied(&error) => Sure::NotApplied(error),
            Err(error) => self.search(&request, Some(&before), error, options.into()),
        }
    }

    /// Looks at what there is before a request is sent, for
    /// [`reconcile`](Self::reconcile). Where the API shows nothing, nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error`] of the request that looks.
    pub fn look<O: SureRequest>(&self, request: &O) -> Result<Before<O>, Error> {
        Ok(match request.place() {
            Place::Here(look) => Before::here(look.clone(), self.send(look)?),
            Place::New(list) => Before::listed(&self.send(list)?),
            Place::Nowhere => Before::nothing(),
        })
    }

    /// Finds out what became of a request that was sent by [`send`](Self::send), and
    /// may have been applied.
    ///
    /// It polls until the result is seen or the timeout elapses, and never sends the
    /// request itself. Without `before`, the result is never
    /// [`Applied`](Sure::Applied). An error in doubt says that the request was
    /// cancelled.
    ///
    /// ```
    /// # use talkspace_core::{BlockingClient, Error};
    /// use talkspace_core::{AddToTalkspace, PollOptions, Sure, SureOptions};
    ///
    /// # fn example(client: &BlockingClient) -> Result<(), Error> {
    /// let request = AddToTalkspace::new("63c9", "eta");
    /// let before = client.look(&request)?;
    /// let sent = client.send(request.clone());
    ///
    /// let options = SureOptions::from(PollOptions::default()).exclusive();
    /// let is_there = sent.is_ok()
    ///     || matches!(client.reconcile(&request, Some(&before), options), Sure::Applied { .. });
    /// # let _ = is_there;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reconcile<O: SureRequest>(
        &self,
        request: &O,
        before: Option<&Before<O>>,
        options: impl Into<SureOptions>,
    ) -> Sure<O> {
        let error = Error::dropped(O::INFO);
        self.search(request, before, error, options.into())
    }

    fn search<O: SureRequest>(
        &self,
        request: &O,
        before: Option<&Before<O>>,
        error: Error,
        options: SureOptions,
    ) -> Sure<O> {
        let mut search = Search::new(request, before, error, options, self.transport.now());
        loop {
            let now = self.transport.now();
            let client = self.with_options(search.request_options(self.options(), now));
            match search.next(now) {
                Some(Step::List(list)) => search.listed(client.send(list)),
                Some(Step::Look(look)) => search.looked(look.clone(), client.send(look)),
                Some(Step::Wait(wait)) => self.transport.sleep(wait, &self.cancel),
                None => return search.verdict(),
            }
        }
    }
}

/// The time that a request and the look before it have together.
struct Whole {
    options: RequestOptions,
    until: Option<Instant>,
}

impl Whole {
    fn begin(options: RequestOptions, now: Instant) -> Self {
        let until = options.timeout.and_then(|timeout| now.checked_add(timeout));
        Self { options, until }
    }

    /// The client's options, with what is left of their timeout.
    fn left(&self, now: Instant) -> RequestOptions {
        match self.until {
            Some(until) => self.options.timeout(until.saturating_duration_since(now)),
            None => self.options,
        }
    }
}

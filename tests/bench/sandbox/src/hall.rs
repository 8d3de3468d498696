//! A sandbox without a socket, with many conferences open.

use std::time::{Duration, Instant};

use bench::{Outcome, work};
use fastrand::Rng;
use talkspace_core::codec::{RawResponse, Target};
use talkspace_core::transport::{BlockingTransport as _, Exchange};
use talkspace_core::{BaseUrl, CancelToken, ConferenceId, CreateTalkspace, Limits, Operation};
use talkspace_sandbox::{Clock, InMemory, Sandbox};

/// So many at a time, so that the requests of the filling take no memory.
const FILLING: usize = 1000;
/// Longer than a phone rings.
const RING: Duration = Duration::from_secs(1);

/// The sandbox, and the ids of the conferences. In each is its leader, who is
/// the same person everywhere.
pub(crate) struct Hall {
    sandbox: Sandbox,
    transport: InMemory,
    target: Target,
    open: Vec<ConferenceId>,
    rng: Rng,
}

impl Hall {
    /// Opens conferences, and has their leaders answer.
    pub(crate) fn new(open: usize) -> Outcome<Self> {
        let clock = Clock::frozen();
        let sandbox = Sandbox::builder().examples().clock(clock).seed(1).build()?;
        let base = BaseUrl::parse(Sandbox::IN_MEMORY_URL)?;
        let mut hall = Self {
            transport: sandbox.transport(),
            sandbox,
            target: Target::new(base, work::APP_KEY.into()),
            open: Vec::with_capacity(open),
            rng: Rng::with_seed(1),
        };
        while hall.open.len() < open {
            let count = FILLING.min(open - hall.open.len());
            let (_, ids) = hall.create(count)?;
            hall.open.extend(ids);
            hall.pick_up();
        }
        Ok(hall)
    }

    /// Creates conferences that are not yet among the open ones.
    pub(crate) fn create(&self, count: usize) -> Outcome<(Duration, Vec<ConferenceId>)> {
        let create = CreateTalkspace::new(work::NETWORK_ID).greeting_id(work::GREETING_ID);
        let (time, created) = self.time(&vec![create; count])?;
        let ids = created.into_iter().map(|one| one.conference_id).collect();
        Ok((time, ids))
    }

    /// Has everybody answer whose phone rings.
    pub(crate) fn pick_up(&self) -> Duration {
        self.sandbox.advance(RING);
        let start = Instant::now();
        // Whatever is asked, what is due happens first.
        let _ = self.sandbox.rings(work::NETWORK_ID);
        start.elapsed()
    }

    /// Takes some of the open conferences, any of them.
    pub(crate) fn pick(&mut self, count: usize) -> Vec<ConferenceId> {
        let count = count.min(self.open.len());
        let picks = (0..count).map(|_| {
            let pick = self.rng.usize(..self.open.len());
            self.open.swap_remove(pick)
        });
        picks.collect()
    }

    /// Puts conferences among the open ones.
    pub(crate) fn put(&mut self, ids: Vec<ConferenceId>) {
        self.open.extend(ids);
    }

    /// Does operations one after the other. Writing the requests and reading
    /// the responses is not in the time.
    pub(crate) fn time<O: Operation>(
        &self,
        operations: &[O],
    ) -> Outcome<(Duration, Vec<O::Response>)> {
        let mut exchanges = Vec::with_capacity(operations.len());
        for operation in operations {
            let request = operation.encode(&self.target)?;
            exchanges.push(Exchange::new(request, Limits::default()));
        }
        let cancel = CancelToken::new();
        let mut raw = Vec::with_capacity(operations.len());
        let start = Instant::now();
        for exchange in exchanges {
            raw.push(self.transport.exchange(exchange, &cancel)?);
        }
        let time = start.elapsed();

        let mut responses = Vec::with_capacity(operations.len());
        for (operation, raw) in operations.iter().zip(raw) {
            let (head, mut body) = raw.into_parts();
            let body = body.chunk()?.unwrap_or_default();
            let response = operation.decode(&RawResponse::new(head.status, &body));
            // An error response would be quick, and no measure.
            responses.push(response.map_err(|error| format!("{error:?}"))?);
        }
        Ok((time, responses))
    }
}

//! What remains of a case: for the report, and for the watchdog.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::client::{Delivery, FailureKind, ResponseBody, TransportError};
use http::Response;

use super::classification::Finding;
use super::end::CaseEnd;
use super::expected_outcome::{Outcome, chain};
use crate::wire::Peer;
use crate::wire::rendered::last_event;

/// Shared by the thread that plays a case and the watchdog.
#[derive(Clone, Default)]
pub(crate) struct Evidence {
    shared: Arc<Mutex<Observed>>,
}

#[derive(Default)]
pub(crate) struct Observed {
    pub(crate) peers: Vec<Arc<Peer>>,
    /// Those of the peers that play a proxy.
    pub(crate) proxies: Vec<Arc<Peer>>,
    pub(crate) exchanges: Vec<ExchangeRecord>,
    /// How many peers and exchanges there were when a part of the case ended that is right. The
    /// report of a failure is about the others.
    right: Vec<(usize, usize)>,
    /// What is classified wrongly.
    pub(crate) findings: Vec<Finding>,
    /// The shortest time for which something was waited for that did not come.
    pub(crate) waited_in_vain: Option<Duration>,
    /// A limit passed before its time.
    pub(crate) is_early: bool,
    /// A time was judged on a machine that was too late to tell.
    pub(crate) blunt: bool,
    /// The case was given up, since nothing happened any more.
    pub(crate) hung: bool,
}

/// An exchange that the case has started.
#[derive(Clone, Debug)]
pub(crate) struct ExchangeRecord {
    pub(crate) request: String,
    pub(crate) expected: Option<String>,
    pub(crate) got: Option<String>,
    /// The error's texts, outermost first.
    pub(crate) chain: Vec<String>,
    pub(super) delivery: Option<Delivery>,
}

impl Observed {
    /// Notes that the last peer and the last exchange are right.
    pub(super) fn note_right(&mut self) {
        self.right.push((self.peers.len(), self.exchanges.len()));
    }

    /// The peers and the exchanges that a failure may be about.
    pub(crate) fn doubtful(
        &self,
    ) -> (
        impl Iterator<Item = &Arc<Peer>>,
        impl Iterator<Item = &ExchangeRecord>,
    ) {
        // Where all are right, the failure is about all of them together.
        let all = self.right.len() >= self.exchanges.len();
        let is_open = move |number, of: fn(&(usize, usize)) -> usize| {
            all || self.right.iter().all(|right| of(right) != number)
        };
        let peers = (1..).zip(&self.peers);
        let exchanges = (1..).zip(&self.exchanges);
        (
            peers.filter_map(move |(at, peer)| is_open(at, |right| right.0).then_some(peer)),
            exchanges.filter_map(move |(at, one)| is_open(at, |right| right.1).then_some(one)),
        )
    }
}

impl Evidence {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Observed> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an exchange begins, and gives its number.
    pub(crate) fn begin(&self, request: String, expected: Option<String>) -> usize {
        let mut observed = self.lock();
        observed.exchanges.push(ExchangeRecord {
            request,
            expected,
            got: None,
            chain: Vec::new(),
            delivery: None,
        });
        observed.exchanges.len() - 1
    }

    pub(super) fn end_exchange(
        &self,
        exchange: usize,
        result: &Result<Response<ResponseBody>, TransportError>,
        took: Duration,
    ) {
        self.set(exchange, |exchange| match result {
            Ok(response) => {
                exchange.got = Some(format!("Ok({}, ...)", response.status().as_u16()));
            }
            Err(error) => {
                exchange.got = Some(format!("Err({:?}, {:?})", error.kind(), error.delivery()));
                exchange.chain = chain(error);
                exchange.delivery = Some(error.delivery());
            }
        });
        if let Err(error) = result {
            self.note_timeout(error, took);
        }
    }

    pub(super) fn end(&self, exchange: usize, outcome: &Outcome) {
        self.set(exchange, |exchange| {
            exchange.got = Some(outcome.to_string());
            exchange.chain = outcome.chain();
            exchange.delivery = outcome.error.as_ref().map(TransportError::delivery);
        });
        if let Some(error) = &outcome.error {
            self.note_timeout(error, outcome.took);
            if outcome.used_its_time() {
                self.note_wait(outcome.took);
            }
        }
        self.lock().is_early |= outcome.is_early();
    }

    fn note_timeout(&self, error: &TransportError, took: Duration) {
        if error.kind() == FailureKind::Timeout {
            self.note_wait(took);
        }
    }

    /// Notes that something was waited for so long, and did not come.
    pub(crate) fn note_wait(&self, waited: Duration) {
        let mut observed = self.lock();
        let before = observed.waited_in_vain.unwrap_or(waited);
        observed.waited_in_vain = Some(before.min(waited));
    }

    pub(super) fn set(&self, exchange: usize, change: impl FnOnce(&mut ExchangeRecord)) {
        if let Some(exchange) = self.lock().exchanges.get_mut(exchange) {
            change(exchange);
        }
    }

    /// How many exchanges have begun, and how many have ended.
    pub(crate) fn steps(&self) -> (usize, usize) {
        let observed = self.lock();
        let ended = observed
            .exchanges
            .iter()
            .filter(|exchange| exchange.got.is_some());
        (observed.exchanges.len(), ended.count())
    }

    /// Why a case does not end: the adapter, when it has not returned.
    pub(crate) fn hung_after(&self, waited: Duration) -> CaseEnd {
        self.note_wait(waited);
        let mut observed = self.lock();
        observed.hung = true;
        let Observed {
            peers, exchanges, ..
        } = &*observed;
        let last = peers
            .iter()
            .rev()
            .find_map(|peer| last_event(&peer.log().transcript()));
        let last = last.unwrap_or_else(|| "none".to_owned());
        let told = format!("hung after {waited:?}; last event at the peer: {last}");
        if exchanges.iter().any(|exchange| exchange.got.is_none()) {
            CaseEnd::Problems(vec![told])
        } else {
            CaseEnd::Broken(told)
        }
    }

    /// Wakes all threads that wait on a socket or a gate of this case.
    pub(crate) fn stop_peers(&self) {
        let peers = self.lock().peers.clone();
        for peer in peers {
            peer.stop();
        }
    }
}

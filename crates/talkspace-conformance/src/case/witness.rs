//! What remains of a case: for the report, and for the watchdog.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Response;
use talkspace_core::transport::{BlockingResponseBody, TransportError};
use talkspace_core::{Delivery, FailureKind};

use super::bench::Stop;
use super::expect::{Outcome, chain};
use crate::report::last_event;
use crate::wire::Peer;

/// Shared by whoever plays a case and whoever waits for that.
#[derive(Clone, Default)]
pub(crate) struct Witness {
    shared: Arc<Mutex<Evidence>>,
}

#[derive(Default)]
pub(crate) struct Evidence {
    pub(crate) peers: Vec<Arc<Peer>>,
    pub(crate) calls: Vec<Call>,
    /// What was waited for did not come in time.
    pub(crate) waited_in_vain: bool,
    /// A limit passed before its time.
    pub(crate) is_early: bool,
    /// A time was judged on a machine that was too late to tell.
    pub(crate) blunt: bool,
}

/// An exchange that the case asked for.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) request: String,
    pub(crate) expected: Option<String>,
    pub(crate) got: Option<String>,
    /// The error's texts, outermost first.
    pub(crate) chain: Vec<String>,
    pub(super) delivery: Option<Delivery>,
}

impl Witness {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Evidence> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an exchange begins, and gives its number.
    pub(super) fn begin(&self, request: String, expected: Option<String>) -> usize {
        let mut evidence = self.lock();
        evidence.calls.push(Call {
            request,
            expected,
            got: None,
            chain: Vec::new(),
            delivery: None,
        });
        evidence.calls.len() - 1
    }

    pub(super) fn end_exchange(
        &self,
        call: usize,
        result: &Result<Response<BlockingResponseBody>, TransportError>,
    ) {
        self.set(call, |call| match result {
            Ok(response) => {
                call.got = Some(format!("Ok({}, ...)", response.status().as_u16()));
            }
            Err(error) => {
                call.got = Some(format!("Err({:?}, {:?})", error.kind(), error.delivery()));
                call.chain = chain(error);
                call.delivery = Some(error.delivery());
            }
        });
        if let Err(error) = result {
            self.note_timeout(error);
        }
    }

    pub(super) fn end(&self, call: usize, outcome: &Outcome) {
        self.set(call, |call| {
            call.got = Some(outcome.to_string());
            call.chain = outcome.chain();
            call.delivery = outcome.error.as_ref().map(TransportError::delivery);
        });
        if let Some(error) = &outcome.error {
            self.note_timeout(error);
        }
        self.lock().is_early |= outcome.is_early();
    }

    fn note_timeout(&self, error: &TransportError) {
        if error.kind() == FailureKind::Timeout {
            self.lock().waited_in_vain = true;
        }
    }

    pub(super) fn set(&self, call: usize, change: impl FnOnce(&mut Call)) {
        if let Some(call) = self.lock().calls.get_mut(call) {
            change(call);
        }
    }

    /// Why a case does not end: the adapter, when it has not returned.
    pub(crate) fn hung_after(&self, waited: Duration) -> Stop {
        let mut evidence = self.lock();
        evidence.waited_in_vain = true;
        let Evidence { peers, calls, .. } = &*evidence;
        let last = peers
            .iter()
            .rev()
            .find_map(|peer| last_event(&peer.log().transcript()));
        let last = last.unwrap_or_else(|| "none".to_owned());
        let told = format!("hung after {waited:?}; last event at the peer: {last}");
        if calls.iter().any(|call| call.got.is_none()) {
            Stop::Problems(vec![told])
        } else {
            Stop::Broken(told)
        }
    }

    /// Frees whoever waits on a socket or a gate of this case.
    pub(crate) fn stop_peers(&self) {
        let peers = self.lock().peers.clone();
        for peer in peers {
            peer.stop();
        }
    }
}

//! What happened in a run, so that it is seen to be worth something.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use talkspace_core::server::ServerOperation;
use talkspace_core::sure::SureRequest;
use talkspace_core::{Delivery, Effect, OPERATIONS, Sure};

use crate::client::{Surely, Told};
use crate::fault::{FAULTS, Fault};

/// So many sequences that each operation has its chance.
const LONG: u64 = 5000;

#[derive(Default)]
pub(super) struct Tally(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    sequences: u64,
    requests: u64,
    exchanges: u64,
    retried: u64,
    /// Faults that were armed.
    faults: BTreeMap<&'static str, u64>,
    /// Requests that succeeded, by operation.
    succeeded: BTreeMap<&'static str, u64>,
    /// Requests that are not idempotent and were applied, though the client got
    /// an error.
    lost: u64,
    /// Exchanges that failed and may have been sent, and those of them of
    /// which nothing arrived.
    maybe: u64,
    needless: u64,
    not_sent: u64,
    /// Sure requests, by verdict; those that were seen to be applied, by operation.
    responded: u64,
    seen: BTreeMap<&'static str, u64>,
    not_applied: u64,
    in_doubt: u64,
    /// Those in doubt that were applied, though there was a way to look and others
    /// were ruled out.
    unseen: u64,
}

impl Tally {
    pub(super) fn sequence(&self) {
        self.0.lock().unwrap().sequences += 1;
    }

    pub(super) fn count<O: ServerOperation>(&self, told: &Told<O::Response>) {
        let mut counts = self.0.lock().unwrap();
        counts.requests += 1;
        counts.exchanges += told.exchanges.len() as u64;
        counts.retried += u64::from(told.exchanges.len() > 1);
        let once = matches!(O::INFO.effect, Effect::Once | Effect::Rings);
        counts.lost += u64::from(once && told.outcome.is_err() && told.applied > 0);
        if told.outcome.is_ok() {
            *counts.succeeded.entry(O::INFO.id).or_default() += 1;
        }
        for exchange in &told.exchanges {
            if exchange.fault != Fault::Pass {
                *counts.faults.entry(exchange.fault.name()).or_default() += 1;
            }
            match exchange.claimed {
                Some(Delivery::NotSent) => counts.not_sent += 1,
                Some(_) => {
                    counts.maybe += 1;
                    counts.needless += u64::from(exchange.arrived == 0);
                }
                None => {}
            }
        }
    }

    /// `telling` is whether a look could tell.
    pub(super) fn count_surely<O: SureRequest>(&self, told: &Surely<O>, telling: bool) {
        let mut counts = self.0.lock().unwrap();
        counts.requests += 1;
        counts.exchanges += told.exchanges.len() as u64;
        for exchange in &told.exchanges {
            if exchange.fault != Fault::Pass {
                *counts.faults.entry(exchange.fault.name()).or_default() += 1;
            }
        }
        match &told.verdict {
            Sure::Applied { seen: None, .. } => counts.responded += 1,
            Sure::Applied { seen: Some(_), .. } => *counts.seen.entry(O::INFO.id).or_default() += 1,
            Sure::NotApplied(_) => counts.not_applied += 1,
            Sure::InDoubt { .. } => {
                counts.in_doubt += 1;
                counts.unseen += u64::from(telling && told.applied > 0);
            }
        }
    }

    /// Every fault happened, and responses were lost; in a long run every
    /// operation succeeded.
    pub(super) fn assert_that_enough_happened(&self) {
        let counts = self.0.lock().unwrap();
        for operation in OPERATIONS.iter().filter(|_| counts.sequences >= LONG) {
            let id = operation.id;
            assert!(counts.succeeded.contains_key(id), "{id} never succeeded");
        }
        for fault in FAULTS {
            assert!(counts.faults.contains_key(fault), "{fault} never happened");
        }
        for (count, what) in [
            (counts.retried, "retried"),
            (counts.lost, "applied without a response"),
            (counts.maybe, "in doubt"),
            (counts.not_sent, "kept from being sent"),
            (counts.responded, "surely applied"),
            (counts.seen.values().sum(), "seen to be applied"),
            (counts.not_applied, "surely not applied"),
            (counts.in_doubt, "in doubt in the end"),
        ] {
            assert!(count > 0, "nothing was {what}");
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.lock().unwrap();
        write!(
            f,
            "{} sequences, {} requests, {} of them retried, {} exchanges, {} faults; {} requests \
             that must not be sent twice were applied without a response; {} exchanges surely not sent, \
             {} in doubt, and nothing arrived of {} of those ({:.1} %); sure requests: {} applied by \
             their response, seen to be applied {:?}, {} not applied, {} in doubt; {} of those \
             were applied, and a look could have told it",
            counts.sequences,
            counts.requests,
            counts.retried,
            counts.exchanges,
            counts.faults.values().sum::<u64>(),
            counts.lost,
            counts.not_sent,
            counts.maybe,
            counts.needless,
            100.0 * counts.needless as f64 / counts.maybe.max(1) as f64,
            counts.responded,
            counts.seen,
            counts.not_applied,
            counts.in_doubt,
            counts.unseen,
        )
    }
}

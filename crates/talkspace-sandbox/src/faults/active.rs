//! A fault that is there, and how a program has one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use talkspace_core::Operation;
use talkspace_core::operation::OperationInfo;

use super::{Fault, Faults, Rule};
use crate::Sandbox;

/// A [fault](Fault) that is there. Dropping this changes nothing.
#[derive(Clone, Debug)]
pub struct ActiveFault {
    faults: Faults,
    id: u64,
    operation: &'static OperationInfo,
    hits: Arc<AtomicU64>,
}

impl ActiveFault {
    pub(super) fn of(faults: &Faults, rule: &Rule) -> Self {
        Self {
            faults: faults.clone(),
            id: rule.id,
            operation: rule.operation,
            hits: Arc::clone(&rule.hits),
        }
    }

    /// Its number, which the header field `x-sandbox-fault` of the responses has that it met.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.id
    }

    /// The operation whose requests it meets.
    #[must_use]
    pub const fn operation(&self) -> &'static OperationInfo {
        self.operation
    }

    /// How many requests it has met.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Ends it. Says whether it was still there.
    pub fn remove(&self) -> bool {
        self.faults.remove(self.id)
    }
}

impl Sandbox {
    /// Has something go wrong with the requests of an operation. Of several
    /// [faults](Fault) the first acts that meets a request, in the order in which they came.
    ///
    /// Only a request that can be read is met. A response that a fault has touched has its
    /// number in the header field `x-sandbox-fault`, and so does its
    /// [entry](crate::Received::fault) in the log. No fault is kept in a file.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use talkspace_core::{BlockingClient, CreateTalkspace, Delivery, ListMedia};
    /// use talkspace_sandbox::{Clock, Fault, Sandbox, SandboxBuilder};
    ///
    /// let sandbox = Sandbox::builder().examples().clock(Clock::frozen()).build()?;
    /// let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
    ///     .build_blocking(sandbox.transport())?;
    ///
    /// let lost = sandbox.fault::<CreateTalkspace>(Fault::lose_response().once());
    /// let error = client.send(CreateTalkspace::new("eta")).unwrap_err();
    /// assert_eq!(error.delivery(), Delivery::MaybeSent);
    /// assert_eq!((sandbox.rings("eta"), lost.hits()), (1, 1));
    ///
    /// sandbox.fault::<ListMedia>(Fault::status(429).retry_after(Duration::from_secs(7)).once());
    /// client.send(ListMedia::new())?;
    /// assert!(sandbox.clock().now() >= Duration::from_secs(7), "the client waited, and tried again");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When the status of the fault is not from 400 to 599, or its probability is not
    /// from 0 to 1.
    pub fn fault<O: Operation>(&self, fault: Fault) -> ActiveFault {
        let invalid = fault.invalid();
        let invalid = invalid.map(|(what, why)| format!("the {what} of a fault {why}"));
        assert!(invalid.is_none(), "{}", invalid.unwrap_or_default());
        let now = self.clock().now();
        self.backend.faults().add(O::INFO, fault, now)
    }

    /// The faults that are there, the oldest first; those too that meet nothing any more.
    #[must_use]
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.backend.faults().all()
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.backend.faults().clear();
    }
}

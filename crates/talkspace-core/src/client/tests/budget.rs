//! A budget that is handed over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::builder;
use crate::observe::GivenUp;
use crate::transport::{TransportError, blocking_transport_fn};
use crate::{FailureKind, GetVersion, RetryBudget};

#[test]
fn clients_share_it_and_the_error_says_that_it_decided() {
    let budget = RetryBudget::new().reserve(3).percent(0);
    let exchanges = Arc::new(AtomicU32::new(0));
    let [one, other] = [(); 2].map(|()| {
        let counted = Arc::clone(&exchanges);
        let transport = blocking_transport_fn(move |_request| {
            counted.fetch_add(1, Ordering::Relaxed);
            Err(TransportError::not_sent(FailureKind::Connect))
        });
        let options = crate::RequestOptions::default()
            // Time would fill the budget again.
            .backoff(std::time::Duration::ZERO, std::time::Duration::ZERO);
        let builder = builder().options(options).retry_budget(budget.clone());
        builder.build_blocking(transport).unwrap()
    });
    let reasons = [&one, &other, &one].map(|client| {
        let error = client.send(GetVersion::new()).unwrap_err();
        (error.attempts(), error.given_up())
    });
    let (count, budget) = (Some(GivenUp::Count), Some(GivenUp::Budget));
    assert_eq!(reasons, [(3, count), (2, budget), (1, budget)]);
    assert_eq!(exchanges.load(Ordering::Relaxed), 6);
}

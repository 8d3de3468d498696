//! The tables of the manual have what the code has.

use crate::{ErrorKind, FailureKind, Limit};

const FAILURES: [FailureKind; 13] = [
    FailureKind::Resolve,
    FailureKind::Connect,
    FailureKind::Proxy,
    FailureKind::Tls,
    FailureKind::Closed,
    FailureKind::Truncated,
    FailureKind::Protocol,
    FailureKind::Timeout,
    FailureKind::TooLarge,
    FailureKind::Cancelled,
    FailureKind::BodySource,
    FailureKind::Writer,
    FailureKind::Other,
];

const LIMITS: [Limit; 7] = [
    Limit::Timeout,
    Limit::ConnectTimeout,
    Limit::ResponseTimeout,
    Limit::ReadTimeout,
    Limit::MinRate,
    Limit::Size,
    Limit::Polling,
];

/// Does not compile when a kind is added: add it above, and a row in `retries.md`.
const fn is_known(failure: FailureKind, limit: Limit) -> bool {
    use FailureKind as F;
    let failure = match failure {
        F::Resolve | F::Connect | F::Proxy | F::Tls | F::Closed => true,
        F::Truncated | F::Protocol => true,
        F::Timeout | F::TooLarge | F::Cancelled | F::BodySource | F::Writer | F::Other => true,
    };
    let limit = match limit {
        Limit::Timeout | Limit::ConnectTimeout | Limit::ResponseTimeout => true,
        Limit::ReadTimeout | Limit::MinRate | Limit::Size | Limit::Polling => true,
    };
    failure && limit
}

#[test]
fn every_kind_of_error_and_every_limit_has_a_row() {
    let own = [
        ErrorKind::Invalid,
        ErrorKind::Status,
        ErrorKind::Decode,
        ErrorKind::PollTimeout,
    ];
    let kinds = own.into_iter();
    let kinds: Vec<_> = kinds.chain(FAILURES.map(ErrorKind::Transport)).collect();
    let limits = LIMITS.iter().map(ToString::to_string);
    let mut expected: Vec<_> = kinds
        .iter()
        .map(ToString::to_string)
        .chain(limits)
        .collect();
    assert!(is_known(FAILURES[0], LIMITS[0]));

    let rows = include_str!("retries.md").lines();
    let rows = rows.filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut found: Vec<_> = rows.map(str::to_owned).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

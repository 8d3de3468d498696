//! What the suite says of a client with a fault, beyond that it fails.

use std::time::Duration;

use super::blocking;
use crate::mutants::{Fault, Plain};
use crate::{Capability, Profile, Selection};

/// For what passes, and so never takes as long: a busy machine is no failure.
const PATIENT: Duration = Duration::from_secs(60);

/// A body that is cut fails the cases that are about such bodies. Others use one as a peer that
/// fails, and tell nothing.
#[test]
fn one_fault_is_not_told_by_cases_that_are_about_something_else() {
    let others = [
        "policy/secrets/error-display",
        "error/delivery/never-lies",
        "error/display/one-line",
        "retry/adapter-never",
    ];
    let run = |fault, ids: &[&str]| {
        blocking("faulty", "0", move |context| {
            Plain::of(context, Some(fault))
        })
        .timeout(PATIENT)
        .run(&Selection::exactly(ids.iter().copied()))
        .unwrap()
    };
    let report = run(Fault::TruncationIsSuccess, &others);
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(report.inconclusive().collect::<Vec<_>>(), others);
    let told = "inconclusive, see framing/cl/short-close";
    assert!(report.to_string().contains(told), "{report}");
    let report = run(Fault::TrailersRejected, &["property/segmentation"]);
    let told = "inconclusive, see framing/chunked/trailers-not-headers";
    assert!(report.to_string().contains(told), "{report}");
}

/// An engine that calls an error something else rejects what it should reject.
#[test]
fn what_is_rejected_is_right_whatever_it_is_called() {
    let resets = Selection::exactly(["framing/cl/short-reset", "framing/close-delimited/reset"]);
    let run = |selection: Selection| {
        blocking("faulty", "0", |context| {
            Plain::of(context, Some(Fault::ResetIsProtocol))
        })
        .timeout(PATIENT)
        .run(&selection)
        .unwrap()
    };
    let report = run(resets.clone().profile(Profile::Rfc));
    assert_eq!(report.passed().count(), 2, "{report}");
    let report = run(resets);
    assert_eq!(report.misclassified().count(), 2, "{report}");
    assert_eq!(report.failed().count(), 0, "{report}");
    assert_eq!(report.exit_code(), 1, "{report}");
}

/// Of many rows a failure names those that are wrong, and shows no others.
#[test]
fn a_row_is_named_by_its_failure() {
    let report = blocking("faulty", "0", |context| {
        Plain::of(context, Some(Fault::StatusWraps))
    })
    .timeout(PATIENT)
    .run(&Selection::exactly(["odd/status/out-of-range"]))
    .unwrap();
    assert_eq!(report.failed().count(), 1, "{report}");
    let told = report.to_string();
    assert!(told.contains("problem      /65736: "), "{told}");
    assert!(told.contains("GET /65736"), "{told}");
    assert!(!told.contains("GET /2000"), "{told}");
}

/// What an RFC leaves to a client is no failure of a client.
#[test]
fn what_rfcs_allow_fails_no_case_that_they_require() {
    let allowed = Fault::ALL.iter().copied().filter(|fault| {
        matches!(
            fault,
            Fault::NormalizePath
                | Fault::ReencodeQuery
                | Fault::FollowRedirects
                | Fault::CookieJar
                | Fault::AcceptEncoding
                | Fault::DropContentEncoding
                | Fault::ClosedIsOther
        )
    });
    let rfc = Selection::everything().profile(Profile::Rfc);
    // Those that move many MiB have nothing to do with it.
    let rfc = rfc.skipping("upload/").skipping("property/");
    for fault in allowed {
        let report = blocking("allowed", "0", move |context| {
            Plain::of(context, Some(fault))
        })
        .claims(&[Capability::KeepAlive, Capability::Tls])
        .timeout(PATIENT)
        .strict()
        .run(&rfc)
        .unwrap();
        assert_eq!(report.exit_code(), 0, "{fault:?}: {report}");
    }
}

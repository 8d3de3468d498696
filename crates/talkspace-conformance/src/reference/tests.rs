//! The reference proves the suite, as `tests/plain.rs` lets the suite prove the
//! reference.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::*;
use crate::case::Case;
use crate::expected_failures::matches;
use crate::testing::up_to_date;
use crate::{Capability, Profile, Selection, blocking, cases};

/// For what passes, and so never takes as long: a busy machine is no failure.
const PATIENT: Duration = Duration::from_secs(60);

/// The ids that a fault names.
fn named(fault: Fault, cases: &[Case]) -> Vec<&str> {
    let ids = cases.iter().map(Case::id);
    let names = fault.killed_by();
    ids.filter(|id| names.iter().any(|pattern| matches(pattern, id)))
        .collect()
}

#[test]
fn every_fault_is_killed_by_the_cases_named_for_it() {
    let cases = cases();
    // A fault that makes many cases wait would otherwise be the last to end.
    let mut trials: Vec<(Fault, Vec<&str>)> = Fault::ALL
        .iter()
        .flat_map(|fault| {
            let named = named(*fault, &cases);
            assert!(!named.is_empty(), "{fault:?}");
            let few = named.chunks(4).map(<[&str]>::to_vec).collect::<Vec<_>>();
            few.into_iter().map(|named| (*fault, named))
        })
        .collect();
    // Cases that are played alone take longest: they come first.
    let alone: BTreeSet<&str> = cases
        .iter()
        .filter(|case| case.is_alone())
        .map(Case::id)
        .collect();
    trials.sort_by_key(|(_, named)| Reverse(named.iter().filter(|id| alone.contains(*id)).count()));
    let next = AtomicUsize::new(0);
    // The trials mostly wait, so many go on at once.
    let survived: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..12)
            .map(|_| {
                scope.spawn(|| {
                    let mut survived = Vec::new();
                    while let Some((fault, named)) =
                        trials.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        survived.extend(survivors(*fault, named));
                    }
                    survived
                })
            })
            .collect();
        let survived = workers.into_iter().map(|worker| worker.join().unwrap());
        survived.flatten().collect()
    });
    // Cases that are alone in their suite are in the company of other suites here, and what
    // is late by itself hides a limit that ends too early. Alone a fault has no such excuse:
    // the case kills it then or never.
    let survived: Vec<_> = survived
        .into_iter()
        .filter(|(fault, id)| !survivors(*fault, &[*id]).is_empty())
        .map(|(fault, id)| format!("{fault:?} survives {id}"))
        .collect();
    assert!(survived.is_empty(), "{survived:#?}");
}

/// The named cases that a fault gets away with.
fn survivors<'c>(fault: Fault, named: &[&'c str]) -> Vec<(Fault, &'c str)> {
    let report = blocking("faulty", "0", move |context| {
        Plain::with_fault(fault)
            .trusting(context.roots_pem())
            .showing(context.client_certificate_pem())
            .finding(context.addresses())
            .through(context.proxy())
    })
    .claims(&[
        Capability::KeepAlive,
        Capability::Tls,
        Capability::ClientCertificate,
        Capability::Addresses,
        Capability::Proxy,
    ])
    .timeout(Duration::from_millis(1200))
    .watchdog(Duration::from_secs(4))
    .first_failure_is_final()
    .takes_cases_alone()
    .run(&Selection::exactly(named.iter().copied()).on_threads(NonZero::new(4).unwrap()))
    .unwrap();
    let failed: Vec<_> = report.failed().chain(report.misclassified()).collect();
    let alive = named.iter().filter(|id| !failed.contains(id));
    alive.map(|id| (fault, *id)).collect()
}

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
        blocking("faulty", "0", move |_| Plain::with_fault(fault))
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
        blocking("faulty", "0", |_| Plain::with_fault(Fault::ResetIsProtocol))
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

/// What an RFC leaves to a client is no failure of a client.
#[test]
fn what_rfcs_allow_fails_no_case_that_they_require() {
    let allowed = [
        Fault::NormalizePath,
        Fault::ReencodeQuery,
        Fault::FollowRedirects,
        Fault::CookieJar,
        Fault::AcceptEncoding,
        Fault::DropContentEncoding,
        Fault::ClosedIsOther,
    ];
    let rfc = Selection::everything().profile(Profile::Rfc);
    // Those that move many MiB have nothing to do with it.
    let rfc = rfc.skipping("upload/").skipping("property/");
    for fault in allowed {
        let report = blocking("allowed", "0", move |context| {
            Plain::with_fault(fault).trusting(context.roots_pem())
        })
        .claims(&[Capability::KeepAlive, Capability::Tls])
        .timeout(PATIENT)
        .strict()
        .run(&rfc)
        .unwrap();
        assert_eq!(report.exit_code(), 0, "{fault:?}: {report}");
    }
}

#[test]
fn names_of_faults_speak_of_cases() {
    let cases = cases();
    for fault in Fault::ALL {
        for pattern in fault.killed_by() {
            let known = cases.iter().any(|case| matches(pattern, case.id()));
            assert!(known, "no case {pattern}");
        }
    }
}

/// Each case with the faults that it is named for. Cases that the spec gives
/// for each operation are one line, so that the file does not change with it.
fn matrix() -> String {
    let cases = cases();
    let mut killers: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for fault in Fault::ALL {
        for id in named(*fault, &cases) {
            let faults = killers.entry(cases::family(id)).or_default();
            faults.insert(format!("{fault:?}"));
        }
    }
    // In how many families a fault is noticed.
    let mut reach: BTreeMap<String, usize> = BTreeMap::new();
    for fault in killers.values().flatten() {
        *reach.entry(fault.clone()).or_default() += 1;
    }
    let mut text = format!(
        "# Which case notices which of the {} faults of the reference transport.\n\
         # The fault that the fewest cases notice comes first: it was written for the requirement, or its like.\n\
         # Checked by the tests of this crate; TALKSPACE_BLESS=1 writes it anew.\n\n",
        Fault::ALL.len(),
    );
    let mut last = "";
    for case in &cases {
        let family = cases::family(case.id());
        if family == last {
            continue;
        }
        last = family;
        let faults = killers.get(family).into_iter().flatten();
        let mut faults: Vec<_> = faults.map(String::as_str).collect();
        faults.sort_by_key(|fault| reach.get(*fault));
        let line = format!("{:<6} {family:<48} {}", case.level(), faults.join(" "));
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    text
}

#[test]
fn every_must_case_kills_a_fault_and_the_matrix_is_up_to_date() {
    let matrix = matrix();
    let idle: Vec<_> = matrix
        .lines()
        .filter(|line| line.starts_with("MUST") && line.split_whitespace().count() < 3)
        .collect();
    assert!(idle.is_empty(), "{idle:#?}");
    up_to_date("kill-matrix.txt", &matrix);
}

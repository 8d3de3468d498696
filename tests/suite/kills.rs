//! The faults of the reference prove the suite: each is noticed by the cases that are named
//! for it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use http1_conformance::matches;
use talkspace_conformance::{Capability, Selection, cases};

use crate::Case;
use crate::mutants::{Fault, Plain};
use crate::own::{family, own};
use crate::page::up_to_date;

mod body;
mod concurrency;
mod connection;
mod error;
mod head;
mod odd;
mod policy;
mod proxy;
mod request;
mod time;
mod tls;

/// Faults, each with the cases that notice it: they must fail because of it, others may. `*` stands for
/// any operation.
type Killers = &'static [(Fault, &'static [&'static str])];

const KILLERS: [Killers; 11] = [
    request::KILLERS,
    head::KILLERS,
    body::KILLERS,
    odd::KILLERS,
    connection::KILLERS,
    policy::KILLERS,
    time::KILLERS,
    concurrency::KILLERS,
    tls::KILLERS,
    proxy::KILLERS,
    error::KILLERS,
];

fn killed_by(fault: Fault) -> &'static [&'static str] {
    let mut all = KILLERS.iter().flat_map(|topic| topic.iter());
    let found = all.find(|(killed, _)| *killed == fault);
    found.map_or(&[], |(_, cases)| cases)
}

/// The ids that a fault names.
fn named(fault: Fault, cases: &[Case]) -> Vec<&str> {
    let ids = cases.iter().map(Case::id);
    let names = killed_by(fault);
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
    let report = http1_conformance::blocking("faulty", "0", move |context| {
        Plain::of(context, Some(fault))
    })
    .contract()
    .including(own())
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

#[test]
fn names_of_faults_speak_of_cases() {
    let cases = cases();
    for fault in Fault::ALL {
        for pattern in killed_by(*fault) {
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
            let faults = killers.entry(family(id)).or_default();
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
         # Checked by the tests beside it; TALKSPACE_BLESS=1 writes it anew.\n\n",
        Fault::ALL.len(),
    );
    let mut last = "";
    for case in &cases {
        let family = family(case.id());
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
    up_to_date("suite/kill-matrix.txt", &matrix);
}

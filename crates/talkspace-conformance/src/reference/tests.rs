//! The suite proves the reference, and the reference proves the suite.

use std::thread;
use std::time::Duration;

use super::*;
use crate::{Capability, Level, Selection, blocking};

#[test]
fn the_faultless_reference_passes_every_case() {
    let report = blocking("plain", "0", |_| Plain::new())
        .claims(&[Capability::KeepAlive])
        .run(&Selection::everything().strict())
        .unwrap();
    assert_eq!(report.exit_code(), 0, "{report}");
}

#[test]
fn every_fault_is_killed_by_the_cases_named_for_it() {
    let survived = thread::scope(|scope| {
        let trials: Vec<_> = Fault::ALL
            .iter()
            .map(|fault| scope.spawn(|| survivors(*fault)))
            .collect();
        let survived = trials.into_iter().flat_map(|trial| trial.join().unwrap());
        survived.collect::<Vec<_>>()
    });
    assert!(survived.is_empty(), "{survived:?}");
}

/// The named cases that a fault gets away with.
fn survivors(fault: Fault) -> Vec<(Fault, &'static str)> {
    let report = blocking("faulty", "0", move |_| Plain::with_fault(fault))
        .patience(Duration::from_millis(500))
        .run(&Selection::exactly(fault.killed_by().iter().copied()))
        .unwrap();
    let failed: Vec<_> = report.failed().collect();
    let named = fault.killed_by().iter();
    named
        .filter(|id| !failed.contains(id))
        .map(|id| (fault, *id))
        .collect()
}

#[test]
fn only_must_and_should_cases_are_named() {
    let cases = crate::cases();
    for fault in Fault::ALL {
        for id in fault.killed_by() {
            let case = cases.iter().find(|case| case.id() == *id);
            let case = case.unwrap_or_else(|| panic!("no case {id}"));
            assert_ne!(case.level(), Level::May, "{id}");
        }
    }
}

//! `conc/*`: many callers at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use talkspace_core::CancelToken;

use super::{fresh, serve_fresh};
use crate::case::{Bench, Case, DEFAULT_ANSWER, Expect, Outgoing, Stop, Verdict, get, ok};
use crate::wire::{Gate, Plan, Script};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "conc/no-cross-talk",
            "each of many requests at once gets its own answer",
        )
        .cause("a connection is given to two callers")
        .run(|bench| echoes(bench, 16, 8).map(drop)),
        Case::must(
            "conc/slow-does-not-block",
            "a slow answer holds nobody else up",
        )
        .cause("exchanges go one after the other, under a lock")
        .run(slow),
        Case::should(
            "conc/cold-start-burst",
            "many requests at once open no more connections than there are requests",
        )
        .cause("the engine connects ahead")
        .run(burst),
        Case::must(
            "conc/runtime/blocking-inside-tokio",
            "a blocking transport works where an async runtime is running",
        )
        .cause("the adapter starts a runtime of its own inside another")
        .run(inside_tokio),
    ]
}

const TARGETS: [&str; 8] = ["/a", "/b", "/c?d", "/e", "/f", "/g", "/h?i=j", "/k"];

/// Sends from several threads at once to a peer that answers with the target,
/// and gives the number of connections.
fn echoes(bench: &Bench, threads: usize, each: usize) -> Result<usize, Stop> {
    let peer = bench.peer(Plan::default().otherwise(Script::echo()))?;
    let authority = peer.authority();
    let next = AtomicUsize::new(0);
    let problems: Vec<_> = thread::scope(|scope| {
        let senders: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut problems = Vec::new();
                    for _ in 0..each {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let target = TARGETS.get(number % TARGETS.len()).unwrap_or(&"/");
                        let expect = ok(200).body(*target);
                        let cancel = CancelToken::new();
                        problems.extend(bench.try_send_to(
                            &authority,
                            &get(target),
                            &cancel,
                            &expect,
                        ));
                    }
                    problems
                })
            })
            .collect();
        let problems = senders
            .into_iter()
            .map(|sender| sender.join().unwrap_or_else(|_| vec!["a panic".to_owned()]));
        problems.flatten().collect()
    });
    Stop::unless_empty(problems)?;
    Ok(peer.log().transcript().connections())
}

fn burst(bench: &Bench) -> Verdict {
    match echoes(bench, 32, 1)? {
        connections if connections > 32 => {
            Stop::problem(format!("32 requests made {connections} connections"))
        }
        _ => Ok(()),
    }
}

fn slow(bench: &Bench) -> Verdict {
    let gate = Gate::new("slow answer");
    let slow = Script::accept()
        .read_request()
        .gate(&gate)
        .write(DEFAULT_ANSWER);
    let peer = bench.peer(Plan::new([slow]).otherwise(serve_fresh()))?;
    let send = |outgoing: &Outgoing, expect: &Expect| bench.try_send(&peer, outgoing, expect);
    let problems = thread::scope(|scope| {
        let waiting = scope.spawn(|| send(&get("/slow"), &ok(200).body("ok")));
        let mut problems = Vec::new();
        if !gate.reached(bench.far()) {
            problems.push("the slow request never arrived".to_owned());
        }
        for _ in 0..3 {
            problems.extend(send(&get("/quick"), &fresh()));
        }
        gate.open();
        problems.extend(
            waiting
                .join()
                .unwrap_or_else(|_| vec!["a panic".to_owned()]),
        );
        problems
    });
    Stop::unless_empty(problems)
}

fn inside_tokio(bench: &Bench) -> Verdict {
    if bench.is_async() {
        return Err(Stop::Unsupported(
            "an async transport is awaited there".to_owned(),
        ));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| Stop::Broken(error.to_string()))?;
    let peer = bench.peer(serve_fresh())?;
    runtime.block_on(async { bench.send(&peer, &get("/"), &fresh()) })
}

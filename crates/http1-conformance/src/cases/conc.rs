//! `conc/*`: concurrent exchanges.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::client::CancelToken;

use super::{fresh, rfc, serve_fresh};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedOutcome, Outgoing, Verdict,
    get, ok,
};
use crate::wire::{Gate, Plan, Script};

pub(super) fn cases() -> Vec<Case> {
    [
        Case::required(
            "conc/no-cross-talk",
            "each of many concurrent requests gets its own response",
            rfc::ASSOCIATION,
        )
        .cause("a connection is given to two callers")
        .run(|context| echoes(context, 16, 8).map(drop)),
        Case::must(
            "conc/slow-does-not-block",
            "a slow response does not block other exchanges",
        )
        .cause("exchanges go one after the other, under a lock")
        .run(slow),
        Case::should(
            "conc/cold-start-burst",
            "concurrent requests open no more connections than there are requests",
        )
        .cause("the engine connects ahead")
        .run(burst),
        #[cfg(feature = "tokio")]
        Case::must(
            "conc/runtime/blocking-inside-tokio",
            "a blocking transport works where an async runtime is running",
        )
        .cause("the adapter starts a runtime of its own inside another")
        .run(inside_tokio),
    ]
    .map(|case| case.needs_all(&[Capability::Concurrent]))
    .into()
}

const TARGETS: [&str; 8] = ["/a", "/b", "/c?d=1", "/e", "/f", "/g", "/h?i=j", "/k"];

/// Sends from several threads at once to a peer that responds with the target,
/// and gives the number of connections.
fn echoes(context: &CaseContext, threads: usize, each: usize) -> Result<usize, CaseEnd> {
    let peer = context.peer(Plan::default().otherwise(Script::echo()))?;
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
                        problems.extend(context.try_send_to(
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
    CaseEnd::unless_empty(problems)?;
    Ok(peer.log().transcript().connections())
}

fn burst(context: &CaseContext) -> Verdict {
    match echoes(context, 32, 1)? {
        connections if connections > 32 => {
            CaseEnd::problem(format!("32 requests made {connections} connections"))
        }
        _ => Ok(()),
    }
}

fn slow(context: &CaseContext) -> Verdict {
    let gate = Gate::new("slow response");
    let slow = Script::accept()
        .read_request()
        .gate(&gate)
        .write(DEFAULT_RESPONSE);
    let peer = context.peer(Plan::new([slow]).otherwise(serve_fresh()))?;
    let send =
        |outgoing: &Outgoing, expect: &ExpectedOutcome| context.try_send(&peer, outgoing, expect);
    let problems = thread::scope(|scope| {
        let waiting = scope.spawn(|| send(&get("/slow"), &ok(200).body("ok")));
        let mut problems = Vec::new();
        if !gate.reached(context.far()) {
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
    CaseEnd::unless_empty(problems)
}

#[cfg(feature = "tokio")]
fn inside_tokio(context: &CaseContext) -> Verdict {
    if context.is_async() {
        return Err(CaseEnd::Unsupported(
            "an async transport is awaited there".to_owned(),
        ));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| CaseEnd::Broken(error.to_string()))?;
    let peer = context.peer(serve_fresh())?;
    runtime.block_on(async { context.send(&peer, &get("/"), &fresh()) })
}

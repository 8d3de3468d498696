//! `retry/*`: whoever uses the client decides what is retried, and the client never does.

use super::{Unmet, any_error, failing};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, Verdict, get, ok, post,
};
use crate::wire::{Peer, Plan, Script};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::must(
            "retry/adapter-never",
            "the transport does not retry a failed request, not even an idempotent one",
        )
        .per("RFC 9110 §9.2.2")
        .needs_all(&[Capability::NoRetries])
        .cause("the engine retries idempotent methods by itself")
        .run(adapter_never),
        Case::must(
            "retry/adapter-never-on-reused",
            "the transport does not retry a request whose reused connection closed, be it idempotent or not",
        )
        .per("RFC 9110 §9.2.2")
        .needs_all(&[Capability::NoRetries, Capability::KeepAlive])
        .cause("the engine takes such a request for one that was not sent")
        .run(never_on_reused),
    ]
}

/// What every case ends with counts the requests that arrived.
fn adapter_never(context: &CaseContext) -> Verdict {
    let mut unmet = Unmet::default();
    for (script, case) in failing() {
        // A retry would find a peer that serves it.
        let peer = context.peer(Plan::default().otherwise(script))?;
        let problems = context.try_send(&peer, &get("/"), &any_error());
        unmet.note(case, problems.is_empty());
    }
    unmet.end()
}

fn never_on_reused(context: &CaseContext) -> Verdict {
    let mut unmet = Unmet::default();
    for outgoing in [post("/2", "ring"), get("/2")] {
        let served_once = Script::accept()
            .read_request()
            .write(DEFAULT_RESPONSE)
            .read_request()
            .reset();
        let serve = Script::serve(DEFAULT_RESPONSE);
        let peer = context.peer(Plan::new([served_once]).otherwise(serve))?;
        context.send(&peer, &get("/1"), &ok(200).body("ok"))?;
        let problems = context.try_send(&peer, &outgoing, &any_error());
        // An engine may give a connection back some time after the body has ended. Then nothing
        // was sent on a reused one.
        let requests = peer.log().transcript().requests();
        let on_first = requests.iter().filter(|request| request.connection == 0);
        let is_reused = on_first.count() > 1;
        if !is_reused && requests.len() == 2 {
            unmet.note("conn/reuse/sequential", false);
            continue;
        }
        CaseEnd::unless_empty([problems, counts(&peer, 2).into_iter().collect()].concat())?;
    }
    unmet.end()
}

fn counts(peer: &Peer, expected: usize) -> Option<String> {
    let requests = peer.log().transcript().requests().len();
    (requests != expected).then(|| format!("the peer counts {requests} requests, not {expected}"))
}

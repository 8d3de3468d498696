//! `conn/schemes-not-shared`: connections with TLS and without.

use super::super::rfc;
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedOutcome, Outgoing, Verdict,
    fails_unsent, get, ok, that,
};
use crate::client::{CancelToken, FailureKind};
use crate::wire::{Plan, Script, Tls};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::required(
            "conn/schemes-not-shared",
            "a plain connection serves no request for an https URI",
            rfc::SECURED_FIRST,
        )
        .cause("the pool's key is host and port, and a secret is sent in plain text")
        .needs_all(&[Capability::Tls, Capability::KeepAlive])
        .classified(&["Tls, NotSent"])
        .run(secret_not_in_plain),
        Case::must(
            "conn/schemes-not-shared/plain-not-over-tls",
            "a connection with TLS serves no request for an http URI",
        )
        .per("RFC 9110 §4.2.2")
        .cause("the pool's key is host and port")
        .needs_all(&[Capability::Tls, Capability::KeepAlive])
        .run(plain_not_over_tls),
    ]
}

fn send_to(
    context: &CaseContext,
    place: &str,
    outgoing: &Outgoing,
    expect: &ExpectedOutcome,
) -> Vec<String> {
    context.try_send_to(place, outgoing, &CancelToken::new(), expect)
}

fn secret_not_in_plain(context: &CaseContext) -> Verdict {
    let hello = Script::accept().read_exact(1).half_close();
    let plain = context.peer(Plan::new([Script::serve(DEFAULT_RESPONSE)]).otherwise(hello))?;
    let place = format!("localhost:{}", plain.address().port());
    let mut problems = send_to(context, &place, &get("/1"), &ok(200).body("ok"));
    let secret = get("/?appkey=secret").over_tls();
    let rejected = fails_unsent(&[FailureKind::Tls]);
    problems.extend(send_to(context, &place, &secret, &rejected));
    CaseEnd::unless_empty(problems)
}

fn plain_not_over_tls(context: &CaseContext) -> Verdict {
    let tls = Tls::of("localhost").map_err(CaseEnd::Broken)?;
    let secure = Plan::default()
        .otherwise(Script::serve(DEFAULT_RESPONSE))
        .over_tls(tls);
    let secure = context.peer(secure)?;
    let place = format!("localhost:{}", secure.address().port());
    let over_tls = get("/1").over_tls();
    let mut problems = send_to(context, &place, &over_tls, &ok(200).body("ok"));
    let failed = that("a failure", |outcome| match outcome.error {
        Some(_) => Ok(()),
        None => Err("a plain request got its response over TLS".to_owned()),
    });
    problems.extend(send_to(context, &place, &get("/2"), &failed));
    CaseEnd::unless_empty(problems)
}

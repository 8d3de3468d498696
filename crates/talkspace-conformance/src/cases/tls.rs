//! `tls/*`: who is trusted, and what leaves before that is known.

use std::time::Duration;

use talkspace_core::{CancelToken, FailureKind, Phase};

use super::answer;
use crate::case::{
    Bench, Capability, Case, DEFAULT_ANSWER, Expect, Stop, Verdict, fails, fails_unsent, get, ok,
    times_out,
};
use crate::wire::{Plan, Script, Tls};

pub(super) fn cases() -> Vec<Case> {
    let tls = |case: Case| case.needs_all(&[Capability::Tls]);
    let serve = || Script::serve(DEFAULT_ANSWER);
    let whole = || ok(200).body("ok");
    let refused = || fails_unsent(&[FailureKind::Tls]);
    [
        Case::must(
            "tls/private-root-ok",
            "a certificate by a root that was given is trusted",
        )
        .cause("the roots that were given are not used")
        .run(move |bench| exchange(bench, Tls::of("localhost"), serve(), &whole())),
        Case::should("tls/ip-san", "a certificate may be for an address")
            .per("RFC 9110 §4.3.5")
            .cause("only names are looked for")
            .run(move |bench| at(bench, "127.0.0.1", Tls::of("127.0.0.1"), serve(), &whole())),
        Case::must(
            "tls/server-name",
            "the handshake says the name that is wanted, since a host may have many",
        )
        .per("RFC 6066 §3, RFC 9110 §4.2.2")
        .cause("the engine is given an address, or the extension is off")
        .run(move |bench| exchange(bench, Tls::only_when_named("localhost"), serve(), &whole())),
        Case::must(
            "tls/wrong-name",
            "a certificate for another host is refused, and nothing is sent",
        )
        .per("RFC 9110 §4.3.4")
        .cause("verification is off, or names are not compared")
        .run(move |bench| exchange(bench, Tls::of("other.example"), serve(), &refused())),
        Case::must(
            "tls/expired",
            "a certificate whose time is over is refused, and nothing is sent",
        )
        .per("RFC 5280 §6.1.3")
        .cause("verification is off")
        .run(move |bench| exchange(bench, Tls::expired(), serve(), &refused())),
        Case::must(
            "tls/untrusted-root",
            "a certificate by an unknown root is refused, and nothing is sent",
        )
        .per("RFC 5280 §6.1")
        .cause("verification is off, or any root is taken")
        .run(move |bench| exchange(bench, Tls::untrusted(), serve(), &refused())),
        Case::must(
            "tls/handshake-eof",
            "a peer that hangs up in the handshake is no peer, and nothing is sent",
        )
        .cause("the failure is taken for one of the exchange")
        .run(|bench| plain(bench, Script::accept().read_exact(1).half_close())),
        Case::must(
            "tls/plain-http-on-tls-port",
            "to a peer that speaks no TLS no byte of the request is sent",
        )
        .per("RFC 9110 §4.2.2")
        .cause("the adapter falls back to plain HTTP")
        .run(|bench| {
            let bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            plain(bench, Script::accept().read_exact(1).write(bad))
        }),
        Case::must(
            "tls/handshake-silence",
            "a handshake that takes too long ends like a connecting that does",
        )
        .cause("the limit of connecting ends before the handshake")
        .run(handshake_silence)
        .timed(),
        Case::must(
            "tls/no-data-is-silence",
            "bytes that only TLS sees are no sign of life: new keys hold no limit up",
        )
        .cause(
            "the limit begins anew with each read of the socket, not with each byte of the answer",
        )
        .run(no_data)
        .timed(),
        Case::must(
            "tls/no-close-notify/close-delimited",
            "without the end that TLS has of its own, a body without length is cut short",
        )
        .per("RFC 9112 §9.8")
        .cause("any end of the stream is taken for the end of the body")
        .run(|bench| {
            let cut = answer("HTTP/1.1 200 OK\r\n\r\nhello").cut();
            let expect = fails(&[FailureKind::Truncated, FailureKind::Closed]);
            exchange(bench, Tls::of("localhost"), cut, &expect)
        }),
    ]
    .map(tls)
    .into()
}

fn exchange(bench: &Bench, tls: Result<Tls, String>, script: Script, expect: &Expect) -> Verdict {
    at(bench, "localhost", tls, script, expect)
}

fn at(
    bench: &Bench,
    host: &str,
    tls: Result<Tls, String>,
    script: Script,
    expect: &Expect,
) -> Verdict {
    let plan = Plan::default()
        .otherwise(script)
        .over_tls(tls.map_err(Stop::Broken)?);
    let peer = bench.peer(plan)?;
    let place = format!("{host}:{}", peer.address().port());
    let outgoing = get("/?appkey=secret").over_tls();
    Stop::unless_empty(bench.try_send_to(&place, &outgoing, &CancelToken::new(), expect))
}

/// To a peer that speaks no TLS. Its record shows what reached it.
fn plain(bench: &Bench, script: Script) -> Verdict {
    let peer = bench.peer(Plan::default().otherwise(script))?;
    let expect = fails_unsent(&[FailureKind::Tls]);
    let outgoing = get("/?appkey=secret").over_tls();
    let mut problems =
        bench.try_send_to(&peer.authority(), &outgoing, &CancelToken::new(), &expect);
    bench.hang_up();
    let seen = peer.log().transcript();
    for connection in 0..seen.connections() {
        let bytes = seen.received(connection);
        if bytes.windows(6).any(|window| window == b"secret") {
            problems.push("the request went out in plain text".to_owned());
        }
    }
    Stop::unless_empty(problems)
}

fn handshake_silence(bench: &Bench) -> Verdict {
    let peer = bench.peer(Script::accept().read_exact(1))?;
    let limit = Duration::from_millis(200);
    let outgoing = get("/")
        .over_tls()
        .limits(|limits, pace| limits.connect_timeout = pace.of(Duration::from_millis(200)));
    let expect = times_out(Phase::Connect, limit);
    let problems = bench.try_send_to(&peer.authority(), &outgoing, &CancelToken::new(), &expect);
    Stop::unless_empty(problems)
}

fn no_data(bench: &Bench) -> Verdict {
    let limit = Duration::from_millis(500);
    let renewing = (0..24).fold(Script::accept().read_request(), |script, _| {
        script.pause(Duration::from_millis(50)).renew_keys()
    });
    let plan = Plan::default()
        .otherwise(renewing.write(DEFAULT_ANSWER))
        .over_tls(Tls::of("localhost").map_err(Stop::Broken)?);
    let peer = bench.peer(plan)?;
    let place = format!("localhost:{}", peer.address().port());
    let outgoing = get("/")
        .over_tls()
        .limits(|limits, pace| limits.response_timeout = pace.of(Duration::from_millis(500)));
    let expect = times_out(Phase::Head, limit);
    Stop::unless_empty(bench.try_send_to(&place, &outgoing, &CancelToken::new(), &expect))
}

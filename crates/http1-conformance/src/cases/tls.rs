//! `tls/*`: which certificates are trusted, and what is sent before that is known.

use std::time::Duration;

use crate::client::{CancelToken, FailureKind, Phase};

use super::{respond, rfc};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedOutcome, Verdict, fails,
    fails_unsent, get, ok, times_out,
};
use crate::wire::{Peer, Plan, Script, Tls, What};

pub(super) fn cases() -> Vec<Case> {
    let tls = |case: Case| match case.needs() {
        [] => case.needs_all(&[Capability::Tls]),
        _ => case,
    };
    let serve = || Script::serve(DEFAULT_RESPONSE);
    let whole = || ok(200).body("ok");
    [
        Case::must(
            "tls/private-root-ok",
            "a certificate that a given root signed is trusted",
        )
        .cause("the roots that were given are not used")
        .run(move |context| exchange(context, Tls::of("localhost"), serve(), &whole())),
        Case::required(
            "tls/ip-san",
            "a certificate may be for an IP address",
            rfc::IP_ID,
        )
        .also(rfc::IP_ID_MATCHES)
        .cause("only DNS names are compared")
        .run(move |context| {
            at(
                context,
                "127.0.0.1",
                Tls::of("127.0.0.1"),
                serve(),
                &whole(),
            )
        }),
        Case::required(
            "tls/server-name",
            "the TLS handshake sends the server name (SNI)",
            rfc::SERVER_NAME,
        )
        .cause("the engine is given an address, or the extension is off")
        .run(move |context| {
            exchange(
                context,
                Tls::only_when_named("localhost"),
                serve(),
                &whole(),
            )
        }),
        Case::required(
            "tls/wrong-name",
            "a certificate for another host is rejected, and nothing is sent",
            rfc::VERIFY_IDENTITY,
        )
        .classified(&["Tls, NotSent"])
        .cause("verification is off, or host names are not compared")
        .run(|context| rejects(context, Tls::of("other.example"))),
        Case::required(
            "tls/expired",
            "an expired certificate is rejected, and nothing is sent",
            rfc::PATH_VALIDATION,
        )
        .also(rfc::VALIDITY)
        .classified(&["Tls, NotSent"])
        .cause("verification is off")
        .run(|context| rejects(context, Tls::expired())),
        Case::required(
            "tls/untrusted-root",
            "a certificate of an unknown root is rejected, and nothing is sent",
            rfc::TRUST_ANCHORS,
        )
        .also(rfc::PATH_VALIDATION)
        .classified(&["Tls, NotSent"])
        .cause("verification is off, or any root is trusted")
        .run(|context| rejects(context, Tls::untrusted())),
        Case::required(
            "tls/handshake-eof",
            "a connection that closes in the TLS handshake is an error, and nothing is sent",
            rfc::SECURED_FIRST,
        )
        .classified(&["Tls, NotSent"])
        .cause("the failed handshake is reported as a failed exchange")
        .run(|context| plain(context, Script::accept().read_exact(1).half_close())),
        Case::required(
            "tls/plain-http-on-tls-port",
            "to a peer without TLS no byte of the request is sent",
            rfc::SECURED_FIRST,
        )
        .classified(&["Tls, NotSent"])
        .cause("the adapter falls back to plain HTTP")
        .run(|context| {
            let bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            plain(context, Script::accept().read_exact(1).write(bad))
        }),
        Case::must(
            "tls/handshake-silence",
            "connect_timeout covers the TLS handshake",
        )
        .needs_all(&[Capability::Limits, Capability::Tls])
        .classified(&["Timeout in Connect, NotSent"])
        .cause("the connect timeout ends before the TLS handshake")
        .run(handshake_silence)
        .timed(),
        Case::must(
            "tls/no-data-is-silence",
            "TLS records without data, such as a key update, do not restart read_timeout",
        )
        .needs_all(&[Capability::Limits, Capability::Tls])
        .classified(&["Timeout in Head, MaybeSent"])
        .cause(
            "the timeout restarts with each read of the socket, not with each byte of the response",
        )
        .run(no_data)
        .timed(),
        Case::required(
            "tls/no-close-notify/close-delimited",
            "without close_notify, a close-delimited body is an error",
            rfc::CLOSURE_ALERT,
        )
        .also(rfc::INCOMPLETE)
        .classified(&["Truncated or Closed, MaybeSent"])
        .cause("any end of the stream is taken for the end of the body")
        .run(|context| {
            let cut = respond("HTTP/1.1 200 OK\r\n\r\nhello").cut();
            let expect = fails(&[FailureKind::Truncated, FailureKind::Closed]);
            exchange(context, Tls::of("localhost"), cut, &expect)
        }),
        Case::required(
            "tls/no-close-notify/known-length",
            "without close_notify, a body whose length is known is whole when all of it came",
            rfc::INCOMPLETE_CLOSE,
        )
        .cause("every end of TLS without close_notify fails the exchange")
        .run(|context| ends_without_alert(context, &WHOLE, &ok(200).body("hello"))),
        Case::required(
            "tls/no-close-notify/cut",
            "without close_notify, a body whose length is known is cut when some of it did not come",
            rfc::INCOMPLETE,
        )
        .classified(&["Truncated or Closed, MaybeSent"])
        .cause("the length is not compared with what came")
        .run(|context| {
            let expect = fails(&[FailureKind::Truncated, FailureKind::Closed]);
            ends_without_alert(context, &CUT, &expect)
        }),
        Case::required(
            "tls/host-field-not-verified",
            "the certificate is compared with the host of the URI, not with the caller's Host",
            rfc::VERIFY_IDENTITY,
        )
        .classified(&["Tls, NotSent"])
        .cause("the name to verify is taken from the header fields")
        .run(host_field),
        Case::required(
            "tls/each-connection-verified",
            "the certificate of each connection is verified, not only that of the first to a host",
            rfc::VERIFY_IDENTITY,
        )
        .classified(&["Tls, NotSent"])
        .cause("a host that was verified once is trusted from then on")
        .run(each_connection),
        Case::must(
            "tls/client-certificate/shown",
            "a server that wants a certificate of the client gets the one that was given, on each connection",
        )
        .needs_all(&[Capability::Tls, Capability::ClientCertificate])
        .cause("the certificate is not part of the TLS configuration")
        .run(shown),
        Case::must(
            "tls/client-certificate/missing",
            "where a server wants a certificate and there is none, that is an error, and nothing was sent",
        )
        .per("RFC 8446 §4.4.4: the server reads no request before it has accepted the client")
        .classified(&["Tls, NotSent"])
        .cause("the client is done with the handshake of TLS 1.3 first, and takes the alert for the response's")
        .run(|context| {
            let tls = Tls::of("localhost").and_then(Tls::wanting_client_certificate);
            rejects(context, tls)
        }),
        Case::must(
            "tls/alert/after-request",
            "a fatal alert in place of the response is an error, and leaves the request in doubt: it may have been read",
        )
        .per("RFC 8446 §6.2")
        .classified(&["Tls or Closed, MaybeSent"])
        .cause("any alert is taken for the end of the handshake, before which no request is read")
        .run(|context| {
            let expect = fails(&[FailureKind::Tls, FailureKind::Closed]);
            alerted(context, &Script::accept().read_request(), &expect)
        }),
        Case::required(
            "tls/alert/in-body",
            "a fatal alert does not end a close-delimited body: it is an error",
            rfc::CLOSURE_ALERT,
        )
        .classified(&["Tls or Truncated or Closed, MaybeSent"])
        .cause("any alert is taken for the end of the stream")
        .run(|context| {
            let expect = fails(&[FailureKind::Tls, FailureKind::Truncated, FailureKind::Closed]);
            // In one segment with it, the alert would come before the head is read.
            let begun = respond("HTTP/1.1 200 OK\r\n\r\nhello").until_read();
            alerted(context, &begun, &expect)
        }),
        Case::must(
            "tls/no-http2-offered",
            "a client does not offer HTTP/2 in the TLS handshake and then speak HTTP/1.1",
        )
        .per("RFC 7301 §3.2: what is selected is definitive for the connection")
        .cause("the TLS configuration is shared with a client of HTTP/2")
        .run(http2_not_offered),
    ]
    .map(tls)
    .into()
}

/// Responses over TLS that are whole, whatever comes after them.
const WHOLE: [&str; 3] = [
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
];
const CUT: [&str; 2] = [
    "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
];

fn ends_without_alert(
    context: &CaseContext,
    samples: &[&'static str],
    expect: &ExpectedOutcome,
) -> Verdict {
    let tls = Tls::of("localhost").map_err(CaseEnd::Broken)?;
    let scripts = samples.iter().map(|raw| respond(*raw).cut());
    let peer = context.peer(Plan::new(scripts).over_tls(tls))?;
    let place = format!("localhost:{}", peer.address().port());
    let problems = samples.iter().flat_map(|_| {
        // One after the other: an idle connection that has ended may be met once.
        let outgoing = get("/").over_tls().header("connection", "close");
        context.try_send_to(&place, &outgoing, &CancelToken::new(), expect)
    });
    CaseEnd::unless_empty(problems.collect())
}

fn host_field(context: &CaseContext) -> Verdict {
    let plan = |name: &str| {
        let tls = Tls::of(name).map_err(CaseEnd::Broken)?;
        let serve = Script::serve(DEFAULT_RESPONSE);
        Ok(Plan::default().otherwise(serve).over_tls(tls))
    };
    let outgoing = get("/?appkey=secret")
        .over_tls()
        .header("host", "other.example");
    let (own, other) = (plan("localhost")?, plan("other.example")?);
    let (own, other) = (context.peer(own)?, context.peer(other)?);
    let send = |peer: &Peer, expect: &ExpectedOutcome| {
        let place = format!("localhost:{}", peer.address().port());
        context.try_send_to(&place, &outgoing, &CancelToken::new(), expect)
    };
    let mut problems = send(&own, &ok(200).body("ok"));
    if !problems.is_empty() && own.log().transcript().connections() == 0 {
        return Err(CaseEnd::Unsupported(
            "the client lets nobody set Host".to_owned(),
        ));
    }
    problems.extend(send(&other, &fails_unsent(&[FailureKind::Tls])));
    CaseEnd::unless_empty(problems)
}

fn each_connection(context: &CaseContext) -> Verdict {
    let tls = Tls::of("localhost").map_err(CaseEnd::Broken)?;
    let other = Tls::of("other.example").map_err(CaseEnd::Broken)?;
    let closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    let plan = Plan::default().otherwise(respond(closing).half_close());
    let peer = context.peer(plan.over_tls(tls.then(&other)))?;
    let place = format!("localhost:{}", peer.address().port());
    let send = |expect: &ExpectedOutcome| {
        let outgoing = get("/?appkey=secret").over_tls();
        context.try_send_to(&place, &outgoing, &CancelToken::new(), expect)
    };
    let mut problems = send(&ok(200).body("ok"));
    problems.extend(send(&fails_unsent(&[FailureKind::Tls])));
    CaseEnd::unless_empty(problems)
}

fn shown(context: &CaseContext) -> Verdict {
    let pem = Tls::client_certificate_pem().map_err(CaseEnd::Broken)?;
    context.build_anew(|context| context.with_client_certificate(pem));
    let tls = Tls::of("localhost").and_then(Tls::wanting_client_certificate);
    let closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    let plan = Plan::default().otherwise(respond(closing).half_close());
    let peer = context.peer(plan.over_tls(tls.map_err(CaseEnd::Broken)?))?;
    let place = format!("localhost:{}", peer.address().port());
    let problems = (0..2).flat_map(|_| {
        let outgoing = get("/").over_tls();
        context.try_send_to(&place, &outgoing, &CancelToken::new(), &ok(200).body("ok"))
    });
    CaseEnd::unless_empty(problems.collect())
}

/// Alerts that are about no handshake: unexpected_message, bad_record_mac, decode_error and
/// internal_error.
const ALERTS: [u8; 4] = [10, 20, 50, 80];

fn alerted(context: &CaseContext, script: &Script, expect: &ExpectedOutcome) -> Verdict {
    let tls = Tls::of("localhost").map_err(CaseEnd::Broken)?;
    let scripts = ALERTS.map(|code| script.clone().alert(code));
    let peer = context.peer(Plan::new(scripts).over_tls(tls))?;
    let place = format!("localhost:{}", peer.address().port());
    let problems = ALERTS.iter().flat_map(|_| {
        let outgoing = get("/").over_tls();
        context.try_send_to(&place, &outgoing, &CancelToken::new(), expect)
    });
    let problems: Vec<_> = problems.collect();
    let seen = peer.log().transcript();
    let mut what = seen.events().iter().map(|event| &event.what);
    if !what.any(|what| matches!(what, What::Alerted(_))) {
        return Err(CaseEnd::Unsupported(
            "without TLS 1.3 no alert can be made".to_owned(),
        ));
    }
    CaseEnd::unless_empty(problems)
}

fn http2_not_offered(context: &CaseContext) -> Verdict {
    let tls = Tls::only_when_http2_is_offered("localhost").map_err(CaseEnd::Broken)?;
    let plan = Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE));
    let peer = context.peer(plan.over_tls(tls))?;
    let place = format!("localhost:{}", peer.address().port());
    context.exchange(&place, &get("/").over_tls(), &CancelToken::new(), None);
    context.drop_transport();
    let requests = peer.log().transcript().requests();
    match requests
        .iter()
        .find(|seen| seen.line.ends_with(" HTTP/1.1"))
    {
        None => Ok(()),
        Some(_) => CaseEnd::problem("HTTP/2 was selected, and a request of HTTP/1.1 followed"),
    }
}

fn exchange(
    context: &CaseContext,
    tls: Result<Tls, String>,
    script: Script,
    expect: &ExpectedOutcome,
) -> Verdict {
    at(context, "localhost", tls, script, expect)
}

/// Whatever is said to a peer with this certificate is said by TLS alone.
fn rejects(context: &CaseContext, tls: Result<Tls, String>) -> Verdict {
    let expect = fails_unsent(&[FailureKind::Tls]);
    let plan = Plan::default()
        .otherwise(Script::serve(DEFAULT_RESPONSE))
        .over_tls(tls.map_err(CaseEnd::Broken)?);
    let peer = context.peer(plan)?;
    let place = format!("localhost:{}", peer.address().port());
    let outgoing = get("/?appkey=secret").over_tls();
    let mut problems = context.try_send_to(&place, &outgoing, &CancelToken::new(), &expect);
    context.drop_transport();
    if !peer.log().transcript().requests().is_empty() {
        problems.push("the request was sent".to_owned());
    }
    CaseEnd::unless_empty(problems)
}

fn at(
    context: &CaseContext,
    host: &str,
    tls: Result<Tls, String>,
    script: Script,
    expect: &ExpectedOutcome,
) -> Verdict {
    let plan = Plan::default()
        .otherwise(script)
        .over_tls(tls.map_err(CaseEnd::Broken)?);
    let peer = context.peer(plan)?;
    let place = format!("{host}:{}", peer.address().port());
    let outgoing = get("/?appkey=secret").over_tls();
    CaseEnd::unless_empty(context.try_send_to(&place, &outgoing, &CancelToken::new(), expect))
}

/// An exchange with a peer without TLS. Its record shows what reached it.
fn plain(context: &CaseContext, script: Script) -> Verdict {
    let peer = context.peer(Plan::default().otherwise(script))?;
    let expect = fails_unsent(&[FailureKind::Tls]);
    let outgoing = get("/?appkey=secret").over_tls();
    let mut problems =
        context.try_send_to(&peer.authority(), &outgoing, &CancelToken::new(), &expect);
    context.drop_transport();
    let seen = peer.log().transcript();
    for connection in 0..seen.connections() {
        let bytes = seen.received(connection);
        if bytes.windows(6).any(|window| window == b"secret") {
            problems.push("the request went out in plain text".to_owned());
        }
    }
    CaseEnd::unless_empty(problems)
}

fn handshake_silence(context: &CaseContext) -> Verdict {
    let peer = context.peer(Script::accept().read_exact(1))?;
    let limit = Duration::from_millis(200);
    let outgoing = get("/")
        .over_tls()
        .limits(|limits, pace| limits.connect_timeout = pace.of(Duration::from_millis(200)));
    let expect = times_out(Phase::Connect, limit);
    let problems = context.try_send_to(&peer.authority(), &outgoing, &CancelToken::new(), &expect);
    CaseEnd::unless_empty(problems)
}

fn no_data(context: &CaseContext) -> Verdict {
    let limit = Duration::from_millis(500);
    let renewing = (0..24).fold(Script::accept().read_request(), |script, _| {
        script.pause(Duration::from_millis(50)).renew_keys()
    });
    let plan = Plan::default()
        .otherwise(renewing.write(DEFAULT_RESPONSE))
        .over_tls(Tls::of("localhost").map_err(CaseEnd::Broken)?);
    let peer = context.peer(plan)?;
    let place = format!("localhost:{}", peer.address().port());
    let outgoing = get("/")
        .over_tls()
        .limits(|limits, pace| limits.response_timeout = pace.of(Duration::from_millis(500)));
    let expect = times_out(Phase::Head, limit);
    CaseEnd::unless_empty(context.try_send_to(&place, &outgoing, &CancelToken::new(), &expect))
}

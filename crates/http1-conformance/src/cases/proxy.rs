//! `proxy/*`: the way through an HTTP proxy, and what was sent when it is barred.

use std::sync::Arc;
use std::time::Duration;

use crate::client::{CancelToken, FailureKind, Phase};

use super::{respond, rfc};
use crate::case::{
    Capability, Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedOutcome, ExpectedRequest,
    Verdict, either, fails_unsent, get, ok, post, request, times_out,
};
use crate::wire::{Peer, Plan, Request, Script, Tls};

/// What stands before the host of the proxy, and what the proxy is told of it.
const USER_INFO: &str = "caller:p%40ss@";
const BASIC: &str = "Basic Y2FsbGVyOnBAc3M=";

const OPEN: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const CHALLENGE: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\n\
    Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    const BOTH: &[Capability] = &[Capability::Proxy, Capability::Tls];
    [
        Case::must(
            "proxy/connect/tunnel",
            "an https request goes through a tunnel that the proxy opens, as it was",
        )
        .per("RFC 9110 §9.3.6")
        .cause("the proxy is not used, or its response is taken for that of the origin")
        .run(|context| tunnel(context, OPEN, &|_, _| Vec::new())),
        Case::must(
            "proxy/connect/authority",
            "the target of CONNECT is the host and the port, the default one too, and so is Host",
        )
        .per("RFC 9112 §3.2.3")
        .classified(&["Proxy or Connect, NotSent"])
        .cause("the port is left out, or the whole URL is sent")
        .run(|context| connect(context, authority())),
        Case::must(
            "proxy/connect/credentials",
            "the proxy gets the decoded user and password with CONNECT",
        )
        .per("RFC 9110 §11.7.2, RFC 7617 §2")
        .classified(&["Proxy or Connect, NotSent"])
        .cause("they are lost, or sent percent-encoded")
        .run(|context| connect(context, authority().header("proxy-authorization", BASIC))),
        Case::must(
            "proxy/connect/credentials-not-to-origin",
            "the origin at the end of a tunnel does not get the credentials of the proxy",
        )
        .per("RFC 9110 §11.7.2")
        .cause("they are added to every request")
        .run(|context| {
            tunnel(context, OPEN, &|_, at_origin| {
                let want = request().without("proxy-authorization");
                want.check_at(at_origin, 0)
            })
        }),
        Case::must(
            "proxy/connect/nothing-early",
            "no byte follows CONNECT before the tunnel is open",
        )
        .per("RFC 9110 §9.3.6")
        .cause("TLS begins together with CONNECT, and so would a request")
        .run(nothing_early),
        Case::must(
            "proxy/connect/rejected",
            "a tunnel that the proxy does not open is an error, and nothing was sent",
        )
        .per("RFC 9110 §9.3.6")
        .classified(&["Proxy or Connect, NotSent"])
        .cause("the status is not looked at, or is given back as that of the service")
        .run(|context| {
            for status in ["403 Forbidden", "502 Bad Gateway", "302 Found"] {
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                barred(context, Script::accept().read_head().write(head))?;
            }
            Ok(())
        }),
        Case::must(
            "proxy/connect/challenged",
            "a proxy that wants credentials is an error, and nothing was sent",
        )
        .per("RFC 9110 §15.5.8")
        .classified(&["Proxy or Connect, NotSent"])
        .cause("the status is not looked at, or is given back as that of the service")
        .run(|context| barred(context, Script::accept().read_head().write(CHALLENGE))),
        Case::must(
            "proxy/connect/closed",
            "a proxy that closes before the tunnel is open is an error, and nothing was sent",
        )
        .classified(&["Proxy or Connect, NotSent"])
        .cause("the end of the stream is taken for an open tunnel, or for a lost response")
        .run(|context| {
            for said in [&b""[..], b"HTTP/1.1 200 Connection est"] {
                let script = Script::accept().read_head().write(said);
                barred(context, script.half_close())?;
            }
            Ok(())
        }),
        Case::must(
            "proxy/connect/interim",
            "interim responses before the one to CONNECT are skipped",
        )
        .per("RFC 9110 §15.2")
        .cause("the first head is taken for the final one")
        .run(|context| {
            let heads = [b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", OPEN].concat();
            tunnel(context, &heads, &|_, _| Vec::new())
        }),
        Case::required(
            "proxy/connect/any-2xx",
            "any successful status opens the tunnel, whatever its number and reason",
            rfc::TUNNEL_OPENS,
        )
        .also(rfc::CLASS_OF_STATUS)
        .cause("the response is compared with 200")
        .run(|context| {
            tunnel(context, b"HTTP/1.1 204 No Content\r\n\r\n", &|_, _| {
                Vec::new()
            })?;
            tunnel(context, b"HTTP/1.1 299 \r\n\r\n", &|_, _| Vec::new())
        }),
        Case::required(
            "proxy/connect/framing-ignored",
            "a successful response to CONNECT has no body, whatever its framing says",
            rfc::NO_LENGTH_OF_TUNNEL,
        )
        .cause("as many bytes of the tunnel are skipped as Content-Length says")
        .run(|context| {
            let length = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
            tunnel(context, length, &|_, _| Vec::new())?;
            let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            tunnel(context, chunked, &|_, _| Vec::new())
        }),
        Case::must(
            "proxy/connect/head-limit",
            "a response to CONNECT without an end is not read without an end",
        )
        .classified(&["Proxy or Connect, NotSent"])
        .cause("there is no limit before the exchange itself begins")
        .run(|context| {
            let endless = [b"HTTP/1.1 200 OK\r\nX: ", &*vec![b'x'; 4 << 20]].concat();
            barred(context, Script::accept().read_head().write(endless))
        }),
        Case::must(
            "proxy/connect/silence",
            "connect_timeout covers the opening of the tunnel",
        )
        .classified(&["Timeout in Connect, NotSent"])
        .cause("the connect timeout ends with the connection to the proxy")
        .run(silence)
        .timed(),
        Case::must(
            "proxy/down/no-direct",
            "where the proxy is down nothing is sent, and nothing goes around it",
        )
        .classified(&["Connect, NotSent"])
        .cause("the adapter falls back to the origin")
        .run(no_direct),
        Case::must(
            "proxy/http/absolute-form",
            "a proxy gets an http request with the whole URL in its request line",
        )
        .per("RFC 9112 §3.2.2")
        .cause("the request line is as without a proxy")
        .run(|context| {
            let want = request().line("POST http://target.example/a?b=c HTTP/1.1");
            forwarded(
                context,
                &[want.header("host", "target.example").body("sent")],
            )
        }),
        Case::must(
            "proxy/http/credentials",
            "a proxy gets the decoded user and password with an http request",
        )
        .per("RFC 9110 §11.7.2, RFC 7617 §2")
        .cause("they are lost, or sent percent-encoded")
        .run(|context| forwarded(context, &[request().header("proxy-authorization", BASIC)])),
        Case::must(
            "proxy/http/each-origin",
            "each request names its own host, whatever connection to the proxy it goes on",
        )
        .per("RFC 9112 §3.2.2")
        .cause("what is known of a connection is taken for what it leads to")
        .run(each_origin),
        Case::must(
            "proxy/http/challenged",
            "a request that the proxy challenges is not sent again",
        )
        .per("RFC 9110 §15.5.8")
        .classified(&["Proxy, NotSent"])
        .cause("the engine authenticates by itself")
        .run(|context| {
            let expect = either([ok(407), fails_unsent(&[FailureKind::Proxy])]);
            let peer = context.proxy(Plan::default().otherwise(Script::serve(CHALLENGE)), "")?;
            let problems = send(context, "target.example", &post("/a", "sent"), &expect);
            drop(peer);
            CaseEnd::unless_empty(problems)
        }),
    ]
    .map(|case| case.needs_all(BOTH))
    .into()
}

/// What CONNECT says for `https://target.example/`.
fn authority() -> ExpectedRequest {
    let line = "CONNECT target.example:443 HTTP/1.1";
    request().line(line).header("host", "target.example:443")
}

fn send(
    context: &CaseContext,
    place: &str,
    outgoing: &crate::case::Outgoing,
    expect: &ExpectedOutcome,
) -> Vec<String> {
    context.try_send_to(place, outgoing, &CancelToken::new(), expect)
}

/// What a proxy, and an origin, are to have seen.
type Check<'a> = &'a dyn Fn(&[Request], &[Request]) -> Vec<String>;

/// An exchange with an origin over TLS, through a proxy that opens the tunnel with `heads`.
fn tunnel(context: &CaseContext, heads: &[u8], check: Check<'_>) -> Verdict {
    let plan = Plan::default()
        .otherwise(Script::serve(DEFAULT_RESPONSE))
        .over_tls(Tls::of("localhost").map_err(CaseEnd::Broken)?);
    let origin = context.peer(plan)?;
    let script = Script::accept().read_head().write(heads.to_vec());
    let script = script.relay(origin.address());
    let proxy = context.proxy(Plan::default().otherwise(script), USER_INFO)?;
    let place = format!("localhost:{}", origin.address().port());
    let outgoing = post("/a?b=c", "sent").over_tls();
    let mut problems = send(context, &place, &outgoing, &ok(200).body("ok"));
    context.drop_transport();
    let requests = |peer: &Arc<Peer>| peer.log().transcript().requests();
    let (at_proxy, at_origin) = (requests(&proxy), requests(&origin));
    // Of which version it is, the case about CONNECT itself says.
    let line = format!("CONNECT {place} HTTP/1.");
    if !at_proxy
        .first()
        .is_some_and(|seen| seen.line.starts_with(&line))
    {
        let seen: Vec<_> = at_proxy.iter().map(|seen| &seen.line).collect();
        problems.push(format!("the proxy was sent {seen:?}, and not {line:?}"));
    }
    let want = request().line("POST /a?b=c HTTP/1.1").body("sent");
    problems.extend(want.header("host", place).check_at(&at_origin, 0));
    problems.extend(check(&at_proxy, &at_origin));
    CaseEnd::unless_empty(problems)
}

/// What a proxy that opens no tunnel is to have seen of an https request.
fn connect(context: &CaseContext, want: ExpectedRequest) -> Verdict {
    let script = respond(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let proxy = context.proxy(Plan::default().otherwise(script), USER_INFO)?;
    let outgoing = get("/?appkey=secret").over_tls();
    let mut problems = send(context, "target.example", &outgoing, &unsent());
    context.drop_transport();
    problems.extend(want.check_at(&proxy.log().transcript().requests(), 0));
    CaseEnd::unless_empty(problems)
}

fn unsent() -> ExpectedOutcome {
    fails_unsent(&[FailureKind::Proxy, FailureKind::Connect])
}

/// An https request through a proxy that opens no tunnel.
fn barred(context: &CaseContext, script: Script) -> Verdict {
    let _proxy = context.proxy(Plan::default().otherwise(script), "")?;
    let outgoing = get("/?appkey=secret").over_tls();
    CaseEnd::unless_empty(send(context, "target.example", &outgoing, &unsent()))
}

fn nothing_early(context: &CaseContext) -> Verdict {
    let script = Script::accept().read_head().write(CHALLENGE);
    let proxy = context.proxy(Plan::default().otherwise(script), "")?;
    let outgoing = post("/?appkey=secret", "sent").over_tls();
    // Whether that is told is the subject of other cases.
    let _ = context.exchange("target.example", &outgoing, &CancelToken::new(), None);
    context.drop_transport();
    let received = proxy.log().transcript().received(0);
    let end = received.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    match end {
        Some(end) if end + 4 == received.len() => Ok(()),
        Some(end) => CaseEnd::problem(format!(
            "{} bytes came after CONNECT",
            received.len() - end - 4
        )),
        None => CaseEnd::problem("CONNECT never came".to_owned()),
    }
}

fn silence(context: &CaseContext) -> Verdict {
    let _proxy = context.proxy(Plan::default().otherwise(Script::accept()), "")?;
    let limit = Duration::from_millis(200);
    let outgoing = get("/")
        .over_tls()
        .limits(|limits, pace| limits.connect_timeout = pace.of(Duration::from_millis(200)));
    let expect = times_out(Phase::Connect, limit);
    CaseEnd::unless_empty(send(context, "target.example", &outgoing, &expect))
}

fn no_direct(context: &CaseContext) -> Verdict {
    let origin = context.peer(Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE)))?;
    let down = Peer::start(Plan::default()).map_err(|why| CaseEnd::Broken(why.to_string()))?;
    let url = format!("http://{}", down.authority());
    drop(down);
    context.go_through(url);
    let mut problems = Vec::new();
    for outgoing in [get("/"), get("/").over_tls()] {
        let expect = fails_unsent(&[FailureKind::Connect]);
        problems.extend(send(context, &origin.authority(), &outgoing, &expect));
    }
    context.drop_transport();
    if origin.log().transcript().connections() > 0 {
        problems.push("the adapter went around the proxy".to_owned());
    }
    CaseEnd::unless_empty(problems)
}

/// An http request through a proxy that responds to it itself.
fn forwarded(context: &CaseContext, wants: &[ExpectedRequest]) -> Verdict {
    let plan = Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE));
    let proxy = context.proxy(plan, USER_INFO)?;
    let outgoing = post("/a?b=c", "sent");
    let mut problems = send(context, "target.example", &outgoing, &ok(200).body("ok"));
    context.drop_transport();
    let requests = proxy.log().transcript().requests();
    for want in wants {
        problems.extend(want.check_at(&requests, 0));
    }
    CaseEnd::unless_empty(problems)
}

fn each_origin(context: &CaseContext) -> Verdict {
    let plan = Plan::default().otherwise(Script::serve(DEFAULT_RESPONSE));
    let proxy = context.proxy(plan, "")?;
    let hosts = ["one.example", "two.example:81", "one.example"];
    let mut problems = Vec::new();
    for host in hosts {
        problems.extend(send(context, host, &get("/a"), &ok(200).body("ok")));
    }
    context.drop_transport();
    let requests = proxy.log().transcript().requests();
    for (at, host) in hosts.iter().enumerate() {
        let want = request().line(format!("GET http://{host}/a HTTP/1.1"));
        problems.extend(want.header("host", *host).check_at(&requests, at));
    }
    CaseEnd::unless_empty(problems)
}

//! `request/*`: the request line and the header fields, as they arrive.

use std::time::Duration;

use crate::client::{CancelToken, FailureKind};
use bytes::Bytes;

use super::{any_error, rfc};
use crate::case::{
    Case, CaseContext, CaseEnd, DEFAULT_RESPONSE, ExpectedRequest, Outgoing, Verdict, either,
    fails_unsent, get, ok, post, request,
};
use crate::wire::{Plan, Request, Script};

const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "X-CUSTOM",
];

/// Percent-encoded line breaks, and what would follow if they were decoded.
const SPLITTING: &str = "/a%0D%0AX-Injected:%201?b=%0D%0A%0D%0AGET%20/c";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = line();
    cases.extend(host());
    cases.extend(headers());
    cases
}

fn line() -> Vec<Case> {
    vec![
        Case::required(
            "request/line/origin-form",
            "the request line holds the method, path and query, and HTTP/1.1; without a proxy, never the whole URI",
            rfc::ORIGIN_FORM,
        )
        .cause("the whole URI is written to the request line, as for a proxy")
        .send(get("/a/b?c=d"))
        .receives(request().line("GET /a/b?c=d HTTP/1.1")),
        Case::required(
            "request/line/empty-path",
            "where the URI has no path, the request line has a slash, with the query behind it",
            rfc::EMPTY_PATH,
        )
        .cause("what stands behind the authority is sent as it is")
        .send(get(""))
        .send(get("?c=d"))
        .receives(request().line("GET / HTTP/1.1"))
        .receives(request().line("GET /?c=d HTTP/1.1")),
        Case::must(
            "request/line/path-verbatim",
            "the path arrives byte for byte: nothing is decoded, encoded or normalised",
        )
        .per("RFC 9110 §4.2.3")
        .cause("the URI passes through a URL library that normalises paths")
        .send(get("/a%2Fb/./c//d/%7Eu"))
        .receives(request().line("GET /a%2Fb/./c//d/%7Eu HTTP/1.1")),
        Case::must(
            "request/line/query-verbatim",
            "the query arrives byte for byte",
        )
        .per("RFC 9110 §4.2.3")
        .cause("the query is parsed into pairs and written anew")
        .send(get("/?q=%2F&b=+&c=%20&e=&f"))
        .receives(request().line("GET /?q=%2F&b=+&c=%20&e=&f HTTP/1.1")),
        METHODS
            .into_iter()
            .fold(
                Case::must("request/line/method-any", "any method is sent as it was given"),
                |case, method| {
                    case.send(Outgoing::new(method, "/"))
                        .gives(ok(200))
                        .receives(request().line(format!("{method} / HTTP/1.1")))
                },
            )
            .per("RFC 9110 §9.1")
            .cause("the adapter maps methods to an enum of those it knows")
            .then_peer(Script::serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
    ]
}

fn host() -> Vec<Case> {
    vec![
        Case::required(
            "request/host/with-port",
            "Host carries a port that is not the scheme's own",
            rfc::HOST,
        )
        .cause("Host is made from the host alone")
        .send(get("/"))
        .receives(request().header("host", "{peer}")),
        Case::required(
            "request/host/exactly-one",
            "a request has one Host header field, whether the caller set one or not",
            rfc::ONE_FIELD_LINE,
        )
        .also(rfc::HOST)
        .cause("the adapter appends its own Host without checking for one")
        // Who lets nobody set it sends nothing wrong.
        .send(get("/").header("host", "service.example:81"))
        .gives(either([ok(200), any_error()]))
        .send(get("/"))
        .each_receives(once("host")),
        Case::must(
            "request/host/of-the-caller",
            "a Host header field that the caller set is sent as it is",
        )
        .per("RFC 9112 §3.2")
        .cause("the adapter writes Host from the URI alone")
        .send(get("/").header("host", "service.example:81"))
        .receives(request().header("host", "service.example:81")),
        Case::required(
            "request/host/ipv6-literal",
            "an IPv6 address stands in brackets in Host",
            rfc::HOST,
        )
        .cause("the brackets are cut off to connect, and Host is made from the rest, or they are kept, and no such name is found")
        .on_ipv6()
        .send(get("/"))
        .receives(request().header("host", "{peer}")),
        Case::required(
            "request/host/no-user",
            "a user and a password in the URI are no part of Host, or such a URI is rejected",
            rfc::HOST,
        )
        .classified(&["Other, NotSent"])
        .cause("Host is the authority of the URI as it stands")
        .run(no_user),
    ]
}

fn no_user(context: &CaseContext) -> Verdict {
    let peer = context.peer(Script::serve(DEFAULT_RESPONSE))?;
    let authority = peer.authority();
    let with_user = format!("user:secret@{authority}");
    let expect = either([ok(200), fails_unsent(&[FailureKind::Other])]);
    let mut problems = context.try_send_to(&with_user, &get("/"), &CancelToken::new(), &expect);
    context.drop_transport();
    let requests = peer.log().transcript().requests();
    if !requests.is_empty() {
        problems.extend(request().header("host", authority).check_at(&requests, 0));
    }
    CaseEnd::unless_empty(problems)
}

fn headers() -> Vec<Case> {
    vec![
        Case::must(
            "request/headers/duplicates-in-order",
            "two header fields of one name both arrive, in order",
        )
        .per("RFC 9110 §5.3")
        .cause("header fields are kept in a map of single values")
        .send(get("/").header("x-twice", "one").header("x-twice", "two"))
        .receives(request().headers("x-twice", ["one", "two"])),
        Case::must(
            "request/headers/empty-value",
            "a header field without a value arrives as such",
        )
        .per("RFC 9110 §5.5")
        .send(get("/").header("x-empty", ""))
        .receives(request().header("x-empty", "")),
        Case::must(
            "request/headers/obs-text",
            "bytes from 80 to FF in a value arrive unchanged",
        )
        .per("RFC 9110 §5.5")
        .cause("field values pass through a string type")
        .send(get("/").header("x-bytes", every_obs_text()))
        .receives(request().header("x-bytes", every_obs_text())),
        hundred(),
        Case::must(
            "request/headers/8k-value",
            "a value of 8 KiB arrives whole",
        )
        .per("RFC 9110 §5.4")
        .send(get("/").header("x-long", vec![b'v'; 8192]))
        .receives(request().header("x-long", vec![b'v'; 8192])),
        Case::must(
            "request/headers/nothing-added",
            "no header field is added but Host, Content-Length, User-Agent, Connection and Accept",
        )
        .cause("the engine sends Accept-Encoding or Cookie by default")
        .send(get("/"))
        .send(post("/", "x"))
        .receives(request().only(ADDED))
        .receives(request().only(ADDED)),
        Case::required(
            "request/headers/user-agent-not-doubled",
            "a request has one User-Agent header field at most, whether the caller set one or not",
            rfc::ONE_FIELD_LINE,
        )
        .cause("the adapter appends its own User-Agent without checking for one")
        .send(get("/").header("user-agent", "mine/1.0"))
        .gives(either([ok(200), any_error()]))
        .each_receives(once("user-agent")),
        Case::must(
            "request/headers/user-agent-of-the-caller",
            "a User-Agent header field that the caller set is sent as it is",
        )
        .per("RFC 9110 §10.1.5")
        .cause("the adapter puts its own User-Agent in the place of the caller's, or beside it")
        .send(get("/").header("user-agent", "mine/1.0"))
        .receives(request().header("user-agent", "mine/1.0")),
        Case::required(
            "request/headers/no-injection",
            "encoded line breaks in the URI are never sent as line breaks: one request line, no new header field",
            rfc::GRAMMAR,
        )
        .also(rfc::NO_WHITESPACE_IN_TARGET)
        .cause("the target is decoded before it is written")
        .send(get(SPLITTING))
        .receives(request().without("x-injected").that(one_target)),
        Case::must(
            "request/headers/tab-kept",
            "a tab in a field value stays a tab",
        )
        .per("RFC 9110 §5.5")
        .cause("white space in a field value is collapsed")
        .send(get("/").header("x-tab", "a\tb"))
        .receives(request().header("x-tab", "a\tb")),
        Case::must(
            "request/no-early-fin",
            "the client does not end its direction before it has the response",
        )
        .per("RFC 9112 §9.6: a server may take that for a request that was given up")
        .cause("the socket is shut down for writing when the request is out")
        .peer(
            Script::accept()
                .read_request()
                .expect_open(Duration::from_millis(50))
                .write(DEFAULT_RESPONSE),
        )
        .peer(
            Script::accept()
                .read_request()
                .expect_open(Duration::from_millis(50))
                .write(DEFAULT_RESPONSE),
        )
        .send(get("/").header("connection", "close"))
        .send(post("/", "hello").header("connection", "close")),
        Case::must(
            "request/headers/authorization-only-to-origin",
            "Authorization is sent to the origin that it was given for, and to no other",
        )
        .per("RFC 9110 §15.4, §11.6.2")
        .cause("the engine follows redirects, or keeps header fields between requests")
        .run(authorization_only_to_origin),
    ]
}

/// There is one header field of this name.
fn once(name: &'static str) -> ExpectedRequest {
    request().that(move |request| match request.values(name).len() {
        1 => Ok(()),
        count => Err(format!("the request has {count} header fields {name}")),
    })
}

/// The request line has a method, a target and a version, and nothing more.
fn one_target(request: &Request) -> Result<(), String> {
    let parts: Vec<_> = request.line.split([' ', '\t', '\r', '\n']).collect();
    match parts.as_slice() {
        ["GET", target, "HTTP/1.1"] if target.starts_with("/a") => Ok(()),
        _ => Err(format!("the request line is {:?}", request.line)),
    }
}

const ADDED: &[&str] = &[
    "host",
    "content-length",
    "user-agent",
    "connection",
    "accept",
];

fn every_obs_text() -> Bytes {
    (0x80..=0xff).collect()
}

fn hundred() -> Case {
    let mut outgoing = get("/");
    let mut want = request();
    for number in 0..100 {
        let name = format!("x-field-{number}");
        outgoing = outgoing.header(&name, number.to_string());
        want = want.header(&name, number.to_string());
    }
    Case::must(
        "request/headers/hundred",
        "a hundred header fields all arrive",
    )
    .per("RFC 9110 §5.4")
    .cause("the engine has a fixed number of header fields")
    .send(outgoing)
    .receives(want)
}

fn authorization_only_to_origin(context: &CaseContext) -> Verdict {
    let other = context.peer(Plan::default().otherwise(super::serve_fresh()))?;
    let location = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://{}/\r\nContent-Length: 0\r\n\r\n",
        other.authority()
    );
    let first = context.peer(Script::accept().read_request().write(location))?;
    let secret = get("/").header("authorization", "Bearer secret");
    let mut problems = context.try_send(&first, &secret, &ok(307));
    problems.extend(context.try_send(&other, &get("/"), &super::fresh()));
    context.drop_transport();
    let requests = other.log().transcript().requests();
    problems.extend(request().without("authorization").check_at(&requests, 0));
    CaseEnd::unless_empty(problems)
}

//! `policy/*`: what a transport must not do by itself, and must not reveal.

use std::error::Error as StdError;

use crate::client::CancelToken;

use super::{Unmet, fresh, serve_fresh};
use crate::case::{Case, CaseContext, CaseEnd, Verdict, get, ok, post, request};
use crate::wire::{Plan, Script};

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = [301, 302, 303, 307, 308].map(redirect).into();
    cases.extend(others());
    cases
}

fn redirect(status: u16) -> Case {
    let head = format!(
        "HTTP/1.1 {status} Elsewhere\r\nLocation: /elsewhere?a=%2F\r\nContent-Length: 4\r\n\r\ngone"
    );
    Case::must(
        format!("policy/redirect/{status}"),
        "a redirect is returned as a response, with its Location, and is not followed",
    )
    .per("RFC 9110 §15.4")
    .cause("the engine follows redirects by default")
    .then_peer(Script::serve(head))
    .send(post("/", "ring"))
    .gives(
        ok(status)
            .header("location", "/elsewhere?a=%2F")
            .body("gone"),
    )
    .nothing_more()
}

fn others() -> Vec<Case> {
    vec![
        Case::must(
            "policy/redirect/other-origin-never-contacted",
            "no connection is opened to a host that only a response names",
        )
        .per("RFC 9110 §15.4")
        .cause("the engine follows redirects by default, or connects ahead")
        .run(other_origin),
        Case::must("policy/redirect/refresh-header", "Refresh is a header field like any other, and is not followed")
            .then_peer(Script::serve(
                "HTTP/1.1 200 OK\r\nRefresh: 0; url=/elsewhere\r\nContent-Length: 2\r\n\r\nok",
            ))
            .cause("the engine behaves like a browser")
            .send(get("/"))
            .gives(ok(200).header("refresh", "0; url=/elsewhere").body("ok"))
            .nothing_more(),
        Case::must(
            "policy/auth/401-not-retried",
            "a challenge is returned as it is, and no request with credentials follows it",
        )
        .per("RFC 9110 §11.6.1")
        .cause("the engine takes credentials from its environment")
        .then_peer(Script::serve(
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n",
        ))
        .send(get("/"))
        .gives(ok(401).header("www-authenticate", "Basic realm=\"r\""))
        .send(get("/"))
        .gives(ok(401))
        .receives(request().without("authorization"))
        .receives(request().without("authorization"))
        .nothing_more(),
        Case::must("policy/cookies/not-stored", "a cookie that a response set is not sent back")
            .per("RFC 6265 §5.3")
            .cause("the engine has a cookie jar")
            .then_peer(Script::serve(
                "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 2\r\n\r\nok",
            ))
            .send(get("/1"))
            .gives(ok(200).header("set-cookie", "a=b; Path=/"))
            .send(get("/2"))
            .receives(request().without("cookie"))
            .receives(request().without("cookie")),
        Case::must("policy/referer/never", "no request has a Referer header field")
            .per("RFC 9110 §10.1.3")
            .cause("the engine behaves like a browser")
            .then_peer(Script::serve(
                "HTTP/1.1 302 Found\r\nLocation: /2\r\nContent-Length: 0\r\n\r\n",
            ))
            .send(get("/1?appkey=secret"))
            .gives(ok(302))
            .send(get("/2"))
            .gives(ok(302))
            .receives(request().without("referer").without("origin"))
            .receives(request().without("referer").without("origin")),
        Case::must(
            "policy/secrets/error-display",
            "no error shows the query, the body or a header field of the request, in Display, Debug or any source",
        )
        .cause("the engine's errors show the URL, or the whole request")
        .run(error_display),
    ]
}

fn other_origin(context: &CaseContext) -> Verdict {
    let other = context.peer(Plan::default().otherwise(serve_fresh()))?;
    let location = format!(
        "HTTP/1.1 302 Found\r\nLocation: http://{}/\r\nContent-Length: 0\r\n\r\n",
        other.authority()
    );
    let peer = context.peer(Script::accept().read_request().write(location))?;
    let mut problems = context.try_send(&peer, &get("/"), &ok(302));
    context.drop_transport();
    if other.log().transcript().connections() > 0 {
        problems.push("the other host was contacted".to_owned());
    }
    CaseEnd::unless_empty(problems)
}

fn error_display(context: &CaseContext) -> Verdict {
    let outgoing = post("/path?key=secret-query", "key=secret-form")
        .header("authorization", "Bearer secret-field");
    let mut unmet = Unmet::default();
    for (script, case) in super::failing() {
        let peer = context.peer(script)?;
        let fails = hides_secrets(context, &peer.authority(), &outgoing)?;
        unmet.note(case, fails);
    }
    // Nothing listens at port 1.
    let fails = hides_secrets(context, "127.0.0.1:1", &outgoing)?;
    unmet.note("error/refused", fails);
    let peer = context.peer(Plan::default().otherwise(serve_fresh()))?;
    context.send(&peer, &get("/"), &fresh())?;
    unmet.end()
}

/// Whether there was an error, as there should be, to show or hide something.
fn hides_secrets(
    context: &CaseContext,
    authority: &str,
    outgoing: &crate::case::Outgoing,
) -> Result<bool, CaseEnd> {
    let outcome = context.exchange(authority, outgoing, &CancelToken::new(), None);
    let Some(error) = &outcome.error else {
        return Ok(false);
    };
    let mut next: Option<&dyn StdError> = Some(error);
    while let Some(error) = next {
        for text in [
            format!("{error}"),
            format!("{error:?}"),
            format!("{error:#?}"),
        ] {
            if text.contains("secret") {
                return CaseEnd::problem(format!("the error shows a secret: {text}"));
            }
        }
        next = error.source();
    }
    Ok(true)
}

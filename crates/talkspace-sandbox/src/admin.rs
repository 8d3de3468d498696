//! `/_sandbox/`: the sandbox asked and steered from any language, as JSON.
//!
//! What may be done is a [table](routes::ROUTES), and with what the OpenAPI file says, by
//! which requests are checked. Nothing here counts as a request to the service.

mod acts;
mod again;
mod ask;
mod described;
mod problem;
mod routes;
mod stream;
mod token;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LINK, LOCATION, VARY,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body, Incoming};
use talkspace_core::server::segments;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::Sandbox;
use crate::crowd::Slot;
use crate::faults::Sent;
use crate::hosts::Hosts;
use crate::methods;
use crate::receive::{drop_rest, until};
use crate::room::{Room, Share};
use ask::{Ask, Reply};
use problem::Problem;
use routes::{Act, Found, Route, Takes};
use stream::Stream;
pub(crate) use token::Token;

#[cfg(test)]
mod tests;

/// What stands before everything here.
pub(crate) const PREFIX: &str = "_sandbox";
/// The largest body, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// The largest file that is spoken, in bytes.
const MAX_SOUND: usize = 1024 * 1024;
/// What it may be. Some browsers and systems have the older name for WAV files.
const SOUNDS: &[&str] = &["audio/mpeg", "audio/wav", "audio/x-wav"];
/// The largest saved sandbox, in bytes: all bodies that are received have 64 MiB.
const MAX_SAVED: usize = 48 * 1024 * 1024;
/// The longest time for the body of a request.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// The most streams of events at a time.
const MAX_STREAMS: usize = 32;

/// The body of a response: whole, or a stream of events.
pub(crate) type Payload = Either<Sent, Stream>;

/// What is behind `/_sandbox/`.
#[derive(Debug)]
pub(crate) struct Admin {
    sandbox: Sandbox,
    /// Wanted of everybody where more than this machine can connect.
    token: Option<Token>,
    /// Whether browsers get a page.
    page: bool,
    streams: Arc<Semaphore>,
    is_stopping: Arc<AtomicBool>,
}

/// Whether a path is one of these, however it is escaped.
pub(crate) fn is_for(path: &str) -> bool {
    segments(path).first().is_some_and(|first| first == PREFIX)
}

impl Admin {
    pub(crate) fn new(sandbox: Sandbox, token: Option<Token>, page: bool) -> Self {
        Self {
            sandbox,
            token,
            page,
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            is_stopping: Arc::default(),
        }
    }

    /// Ends the streams and whatever waits: the server is stopped.
    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Release);
        self.sandbox.clock().news().tell();
    }

    /// The response to a request.
    pub(crate) async fn serve(
        &self,
        hosts: &Hosts,
        room: &Room,
        slot: &Arc<Slot>,
        request: Request<Incoming>,
    ) -> Response<Payload> {
        let (head, mut body) = request.into_parts();
        let outcome = match hosts.take_own(&head) {
            Ok(()) => self.respond(&head, &mut body, room.enter(), slot).await,
            Err(error) => Err(Problem::of(&error)),
        };
        let mut response = outcome.unwrap_or_else(|problem| {
            // A browser that shows it to a person, after a link on another site.
            let in_words = problem.code == "foreign_page" && self.page && wants_page(&head);
            let mut response = whole(match in_words {
                true => Reply::text(problem.message()),
                false => Reply::json(problem.json()),
            });
            *response.status_mut() = problem.status;
            if let Some(allowed) = problem.allowed.and_then(|methods| methods.parse().ok()) {
                response.headers_mut().insert(ALLOW, allowed);
            }
            if problem.code == "no_token" {
                let bearer = HeaderValue::from_static("Bearer");
                response.headers_mut().insert(WWW_AUTHENTICATE, bearer);
            }
            response
        });
        drop_rest(&head, body, Arc::clone(slot), &mut response);
        let headers = response.headers_mut();
        if self.page && segments(head.uri.path()).len() == 1 {
            headers.insert(VARY, HeaderValue::from_static("accept"));
        }
        headers
            .entry(CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let described = "</_sandbox/openapi.json>; rel=\"service-desc\"";
        headers.insert(LINK, HeaderValue::from_static(described));
        response
    }

    async fn respond(
        &self,
        head: &Parts,
        body: &mut Incoming,
        share: Share,
        slot: &Arc<Slot>,
    ) -> Result<Response<Payload>, Problem> {
        let method = methods::applied(&head.method);
        let Found { route, values } = routes::find(method, head.uri.path())?;
        if let Some(response) = self.index(head, route) {
            return Ok(response);
        }
        if let (Some(token), true) = (&self.token, route.path != "health") {
            if !token.is_in(head.headers.get(AUTHORIZATION)) {
                return Err(Problem::new(401, "no_token", token::MISSING));
            }
        }
        check_type(head, body, route.takes)?;
        let (body, share) = read(body, share, route.takes).await?;
        let ask = Ask::new(self.sandbox.clone(), route, values, head, body)?;
        match route.act {
            Act::Say(say) => Ok(whole(Reply::json(say))),
            Act::Watch => self.stream(head, slot),
            Act::Do(act) => {
                let waited = self.act(Arc::new(ask), act);
                let outcome = slot.while_busy(waited).await.map(whole);
                // The body is in memory until it is done.
                drop(share);
                outcome
            }
        }
    }

    /// The response to a browser that asks for the page, or to whoever leaves out the
    /// slash, without which the page's own addresses would lead elsewhere.
    fn index(&self, head: &Parts, route: &Route) -> Option<Response<Payload>> {
        if !route.path.is_empty() {
            return None;
        }
        if head.uri.path().ends_with('/') {
            return page(head).filter(|_| self.page);
        }
        let mut moved = Response::new(Either::Left(Either::Left(Full::default())));
        *moved.status_mut() = StatusCode::PERMANENT_REDIRECT;
        let index = HeaderValue::from_static("/_sandbox/");
        moved.headers_mut().insert(LOCATION, index);
        Some(moved)
    }

    /// Does what is asked for; if that finds nothing, again whenever something has
    /// happened, for as long as the request wants to wait.
    async fn act(
        &self,
        ask: Arc<Ask>,
        act: fn(&Ask) -> Result<Reply, Problem>,
    ) -> Result<Reply, Problem> {
        let end = Instant::now() + ask.wait();
        let news = self.sandbox.clock().news();
        let _awaited = news.awaited();
        loop {
            let known = news.count();
            let ask = Arc::clone(&ask);
            // It may be long; the others' requests are not to wait for it.
            let reply = tokio::task::spawn_blocking(move || act(&ask));
            let reply = reply
                .await
                .map_err(|_| Problem::new(500, "broken", "It broke."))??;
            let is_over = self.is_stopping.load(Ordering::Acquire);
            if reply.is_found || is_over || Instant::now() >= end {
                return Ok(reply);
            }
            // It is looked at a last time when the time is over.
            let _ = tokio::time::timeout_at(end, news.other_than(known)).await;
        }
    }

    fn stream(&self, head: &Parts, slot: &Arc<Slot>) -> Result<Response<Payload>, Problem> {
        let place = Arc::clone(&self.streams).try_acquire_owned();
        let place = place.map_err(|_| {
            let why = format!("There are {MAX_STREAMS} streams of events already.");
            Problem::new(429, "too_many_streams", why)
        })?;
        let known = head.headers.get("last-event-id");
        let known = known.and_then(|id| id.to_str().ok());
        let is_stopping = Arc::clone(&self.is_stopping);
        let stream = Stream::new(&self.sandbox, known, place, slot.be_busy(), is_stopping);
        let mut response = Response::new(Either::Right(stream));
        let kind = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        Ok(response)
    }
}

/// Whether a browser asks for what it shows to a person.
#[cfg(feature = "page")]
fn wants_page(head: &Parts) -> bool {
    crate::page::is_wanted(&head.headers)
}

#[cfg(not(feature = "page"))]
const fn wants_page(_: &Parts) -> bool {
    false
}

/// The page, if that is what a browser asks for with this head.
#[cfg(feature = "page")]
fn page(head: &Parts) -> Option<Response<Payload>> {
    let page = wants_page(head).then(|| crate::page::respond(&head.headers))?;
    Some(page.map(|html| Either::Left(Either::Left(Full::new(html)))))
}

#[cfg(not(feature = "page"))]
const fn page(_: &Parts) -> Option<Response<Payload>> {
    None
}

fn whole(reply: Reply) -> Response<Payload> {
    let mut response = Response::new(Either::Left(Either::Left(Full::new(reply.body))));
    let kind = HeaderValue::from_static(reply.kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// A page of another site can send a form without being asked; JSON and sounds its
/// browser asks for first.
fn check_type(head: &Parts, body: &Incoming, takes: Takes) -> Result<(), Problem> {
    let said = head.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let wanted = match takes {
        Takes::Nothing => return Ok(()),
        // What is not there needs no type. It has an `Origin`, by which pages are known.
        Takes::Fields if said.is_none() && body.is_end_stream() => return Ok(()),
        Takes::Fields | Takes::Saved => &["application/json"],
        Takes::Sound => SOUNDS,
    };
    let said = said.unwrap_or_default().split(|byte| *byte == b';').next();
    let is_said = |wanted: &&str| {
        said.is_some_and(|said| said.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes()))
    };
    if wanted.iter().any(is_said) {
        return Ok(());
    }
    let or_nothing = match takes {
        Takes::Fields => ", with `{}` as the body where nothing is to be said",
        _ => "",
    };
    let wanted = wanted.join(" or ");
    let why = format!("Send this with the header field Content-Type: {wanted}{or_nothing}.");
    Err(Problem::new(415, "wrong_type", why))
}

/// The whole body, if it is not too large, and its share of the room.
async fn read<B: Body<Data = Bytes> + Unpin>(
    mut body: B,
    mut share: Share,
    takes: Takes,
) -> Result<(Bytes, Share), Problem> {
    let longest = match takes {
        Takes::Sound => MAX_SOUND,
        Takes::Saved => MAX_SAVED,
        _ => MAX_BODY,
    };
    let read = async {
        let mut whole = BytesMut::new();
        loop {
            let frame = until(&mut share.left, body.frame()).await;
            // Others have got its room, so it is not kept.
            let Some(frame) = frame.ok_or_else(no_room)? else {
                break;
            };
            let frame = frame
                .map_err(|_| Problem::new(400, "bad_body", "The body ends before its end."))?;
            let piece = frame.into_data().unwrap_or_default();
            if whole.len() + piece.len() > longest {
                let why = format!("The body is longer than {longest} bytes.");
                return Err(Problem::new(413, "too_large", why));
            }
            if !share.grow(piece.len()) {
                return Err(no_room());
            }
            whole.extend_from_slice(&piece);
        }
        Ok((whole.freeze(), share))
    };
    let slow = |_| Problem::new(408, "too_slow", "The body did not come in time.");
    tokio::time::timeout(BODY_TIMEOUT, read)
        .await
        .map_err(slow)?
}

fn no_room() -> Problem {
    let why = "Too much is being sent at once; try again later.";
    Problem::new(503, "too_busy", why)
}

//! What there is under `/_sandbox/`.

use http::Method;
use talkspace_core::server::segments;

use super::ask::{Ask, Reply};
use super::problem::Problem;
use super::{acts, again};
use crate::faults::json::FIELDS;

/// Something that can be asked for or done.
pub(super) struct Route {
    pub(super) method: Method,
    /// Behind `/_sandbox/`, with parameters in braces.
    pub(super) path: &'static str,
    /// The parameters that its query may have.
    pub(super) query: &'static [&'static str],
    pub(super) takes: Takes,
    pub(super) act: Act,
}

/// What the body of a request is.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Nothing,
    /// A JSON object with any of these fields.
    Fields(&'static [&'static str]),
    /// An MP3 or a WAV file.
    Sound,
    /// What was saved.
    Saved,
}

/// What makes the response.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// Always this.
    Say(&'static str),
    /// A stream of events.
    Watch,
    Do(fn(&Ask) -> Result<Reply, Problem>),
}

const OPENAPI: &str = include_str!("openapi.json");
/// What the queries of all lists have beside what they are filtered by.
const PEOPLE: &[&str] = &[
    "id", "apps", "line", "habit", "held", "after", "limit", "wait",
];
const TALKSPACES: &[&str] = &[
    "id",
    "app",
    "state",
    "recorded_into",
    "after",
    "limit",
    "wait",
];
const MEDIA: &[&str] = &["id", "app", "origin", "person", "after", "limit", "wait"];
const CALLS: &[&str] = &[
    "person",
    "app",
    "state",
    "why",
    "talkspace",
    "into",
    "greeting",
    "muted",
    "after",
    "limit",
    "wait",
];

const REQUESTS: &[&str] = &[
    "since",
    "method",
    "operation",
    "effect",
    "person",
    "talkspace",
    "media",
    "app",
    "call",
    "status",
    "http",
    "fault",
    "limit",
    "wait",
];

const NOTHING: Takes = Takes::Nothing;

pub(super) const ROUTES: &[Route] = &[
    get("", &[], Act::Do(acts::index)),
    get("health", &[], Act::Do(acts::health)),
    get("openapi.json", &[], Act::Say(OPENAPI)),
    get("state", &["since", "wait"], Act::Do(acts::state)),
    get("events", &[], Act::Watch),
    get("people", PEOPLE, Act::Do(acts::people)),
    with(
        Method::PATCH,
        "people",
        Takes::Fields(&["held"]),
        acts::hold_all,
    ),
    get("people/{person}", &[], Act::Do(acts::person)),
    with(
        Method::PATCH,
        "people/{person}",
        Takes::Fields(&["held"]),
        acts::hold,
    ),
    get("talkspaces", TALKSPACES, Act::Do(acts::talkspaces)),
    get("talkspaces/{talkspace}", &[], Act::Do(acts::talkspace)),
    get("media", MEDIA, Act::Do(acts::media)),
    get("media/{media}/file", &["app"], Act::Do(acts::media_file)),
    get("calls", CALLS, Act::Do(acts::calls)),
    get("calls/{call}", &[], Act::Do(acts::call)),
    with(Method::POST, "calls/{call}/answer", NOTHING, acts::answer),
    with(
        Method::POST,
        "calls/{call}/press",
        Takes::Fields(&["key"]),
        acts::press,
    ),
    with(Method::POST, "calls/{call}/decline", NOTHING, acts::decline),
    with(Method::POST, "calls/{call}/hang_up", NOTHING, acts::hang_up),
    Route {
        method: Method::POST,
        path: "calls/{call}/speak",
        query: &["ago"],
        takes: Takes::Sound,
        act: Act::Do(acts::speak),
    },
    get("requests", REQUESTS, Act::Do(acts::requests)),
    with(Method::DELETE, "requests", NOTHING, acts::clear_requests),
    get("requests/{request}", &[], Act::Do(acts::request)),
    with(
        Method::POST,
        "requests/{request}/again",
        Takes::Fields(&["confirm"]),
        again::again,
    ),
    get("faults", &[], Act::Do(acts::faults)),
    with(
        Method::POST,
        "faults",
        Takes::Fields(FIELDS),
        acts::add_fault,
    ),
    with(Method::DELETE, "faults", NOTHING, acts::clear_faults),
    get("faults/{fault}", &[], Act::Do(acts::fault)),
    with(
        Method::DELETE,
        "faults/{fault}",
        NOTHING,
        acts::remove_fault,
    ),
    get("clock", &[], Act::Do(acts::clock)),
    with(
        Method::PUT,
        "clock",
        Takes::Fields(&["frozen"]),
        acts::set_clock,
    ),
    with(
        Method::POST,
        "clock/advance",
        Takes::Fields(&["by", "to"]),
        acts::advance,
    ),
    with(
        Method::PUT,
        "outage",
        Takes::Fields(&["on"]),
        acts::set_outage,
    ),
    with(Method::POST, "reset", Takes::Fields(&["app"]), acts::reset),
    get("saved", &[], Act::Do(acts::save)),
    with(Method::PUT, "saved", Takes::Saved, acts::restore),
    with(Method::POST, "seed", Takes::Fields(&["seed"]), acts::seed),
];

const fn get(path: &'static str, query: &'static [&'static str], act: Act) -> Route {
    Route {
        method: Method::GET,
        path,
        query,
        takes: Takes::Nothing,
        act,
    }
}

const fn with(
    method: Method,
    path: &'static str,
    takes: Takes,
    act: fn(&Ask) -> Result<Reply, Problem>,
) -> Route {
    Route {
        method,
        path,
        query: &[],
        takes,
        act: Act::Do(act),
    }
}

/// A route, and what stands in the place of its path's parameters.
pub(super) struct Found {
    pub(super) route: &'static Route,
    pub(super) values: Vec<String>,
}

impl Route {
    pub(super) fn waits(&self) -> bool {
        self.query.contains(&"wait")
    }
}

/// The route of a path.
pub(super) fn find(method: &Method, path: &str) -> Result<Found, Problem> {
    let path = segments(path);
    let path = path.get(1..).unwrap_or_default();
    let mut allowed: Vec<&str> = Vec::new();
    for route in ROUTES {
        let Some(values) = fit(route.path, path) else {
            continue;
        };
        if route.method == *method {
            return Ok(Found { route, values });
        }
        if route.method == Method::GET {
            allowed.push("HEAD");
        }
        allowed.push(route.method.as_str());
    }
    if !allowed.is_empty() {
        allowed.sort_unstable();
        return Err(Problem::method(allowed.join(", ")));
    }
    let why = "There is nothing at this path; GET /_sandbox/ says what there is.";
    Err(Problem::new(404, "unknown_path", why))
}

/// What stands in the place of the parameters, if a path is of this form.
fn fit(template: &str, path: &[String]) -> Option<Vec<String>> {
    let template: Vec<&str> = template
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    if template.len() != path.len() {
        return None;
    }
    let mut values = Vec::new();
    for (known, segment) in template.into_iter().zip(path) {
        if known.starts_with('{') {
            values.push(segment.clone());
        } else if known != segment {
            return None;
        }
    }
    Some(values)
}

//! What there is under `/_sandbox/`.

use http::Method;
use talkspace_core::server::segments;

use super::ask::{Ask, Reply};
use super::problem::Problem;
use super::{acts, again};

/// Something that can be asked for or done.
pub(super) struct Route {
    pub(super) method: Method,
    /// Behind `/_sandbox/`, with parameters in braces.
    pub(super) path: &'static str,
    pub(super) takes: Takes,
    pub(super) act: Act,
}

/// What the body of a request is.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Nothing,
    /// A JSON object, which may be left out where it need not have anything.
    Fields,
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

pub(super) const OPENAPI: &str = include_str!("openapi.json");
const NOTHING: Takes = Takes::Nothing;

pub(super) const ROUTES: &[Route] = &[
    get("", Act::Do(acts::index)),
    get("health", Act::Do(acts::health)),
    get("openapi.json", Act::Say(OPENAPI)),
    get("state", Act::Do(acts::state)),
    get("events", Act::Watch),
    get("people", Act::Do(acts::people)),
    with(Method::PATCH, "people", Takes::Fields, acts::hold_all),
    get("people/{person}", Act::Do(acts::person)),
    with(Method::PATCH, "people/{person}", Takes::Fields, acts::hold),
    get("talkspaces", Act::Do(acts::talkspaces)),
    get("talkspaces/{talkspace}", Act::Do(acts::talkspace)),
    get("media", Act::Do(acts::media)),
    get("media/{media}/file", Act::Do(acts::media_file)),
    get("calls", Act::Do(acts::calls)),
    get("calls/{call}", Act::Do(acts::call)),
    with(
        Method::POST,
        "calls/{call}/answer",
        Takes::Fields,
        acts::answer,
    ),
    with(
        Method::POST,
        "calls/{call}/press",
        Takes::Fields,
        acts::press,
    ),
    with(
        Method::POST,
        "calls/{call}/decline",
        Takes::Fields,
        acts::decline,
    ),
    with(
        Method::POST,
        "calls/{call}/hang_up",
        Takes::Fields,
        acts::hang_up,
    ),
    Route {
        method: Method::POST,
        path: "calls/{call}/speak",
        takes: Takes::Sound,
        act: Act::Do(acts::speak),
    },
    get("requests", Act::Do(acts::requests)),
    with(Method::DELETE, "requests", NOTHING, acts::clear_requests),
    get("requests/{request}", Act::Do(acts::request)),
    with(
        Method::POST,
        "requests/{request}/again",
        Takes::Fields,
        again::again,
    ),
    get("faults", Act::Do(acts::faults)),
    with(Method::POST, "faults", Takes::Fields, acts::add_fault),
    with(Method::DELETE, "faults", NOTHING, acts::clear_faults),
    get("faults/{fault}", Act::Do(acts::fault)),
    with(
        Method::DELETE,
        "faults/{fault}",
        NOTHING,
        acts::remove_fault,
    ),
    get("clock", Act::Do(acts::clock)),
    with(Method::PUT, "clock", Takes::Fields, acts::set_clock),
    with(Method::POST, "clock/advance", Takes::Fields, acts::advance),
    with(Method::PUT, "outage", Takes::Fields, acts::set_outage),
    with(Method::POST, "reset", Takes::Fields, acts::reset),
    get("saved", Act::Do(acts::save)),
    with(Method::PUT, "saved", Takes::Saved, acts::restore),
    with(Method::POST, "seed", Takes::Fields, acts::seed),
];

const fn get(path: &'static str, act: Act) -> Route {
    Route {
        method: Method::GET,
        path,
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
        takes,
        act: Act::Do(act),
    }
}

/// A route, and what stands in the place of its path's parameters.
pub(super) struct Found {
    pub(super) route: &'static Route,
    pub(super) values: Vec<String>,
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

//! What is done at each path.

use std::time::Duration;

use serde_json::{Value, json};
use talkspace_core::{ConferenceId, MediaId, NetworkId};

use super::ask::{Ask, Reply};
use super::problem::Problem;
use super::routes::ROUTES;
use crate::faults::json::read;
use crate::telephone::{PhoneCall, Telephone, TelephoneError};
use crate::view::{Call, CallState};
use crate::{Received, Saved};

type Outcome = Result<Reply, Problem>;

/// How many faults there are at most.
const MAX_FAULTS: usize = 100;

pub(super) fn index(_: &Ask) -> Outcome {
    let paths = ROUTES.iter().skip(1);
    let paths = paths.map(|route| format!("{} /_sandbox/{}", route.method, route.path));
    let paths: Vec<String> = paths.collect();
    Reply::of(&json!({"openapi": "/_sandbox/openapi.json", "paths": paths}))
}

pub(super) fn health(ask: &Ask) -> Outcome {
    Reply::of(&json!({
        "status": "ready",
        "version": env!("CARGO_PKG_VERSION"),
        "run": ask.sandbox.run(),
        "requests": ask.sandbox.request_total(),
        "faults": ask.sandbox.backend.faults().count(),
    }))
}

pub(super) fn state(ask: &Ask) -> Outcome {
    let since = ask.query_number("since");
    // Whoever waits has events numbered.
    let _watch = since.map(|_| ask.sandbox.watch());
    let seen = ask.sandbox.snapshot();
    Reply::found(&seen, since.is_none_or(|since| seen.seq > since))
}

pub(super) fn people(ask: &Ask) -> Outcome {
    ask.list("people", "id", &ask.sandbox.people())
}

pub(super) fn person(ask: &Ask) -> Outcome {
    match ask.sandbox.person(ask.value()) {
        Some(person) => Reply::of(&person),
        None => Err(none("no_such_person", "Nobody here has this id.")),
    }
}

pub(super) fn hold(ask: &Ask) -> Outcome {
    set_held(ask, ask.value().into(), ask.flag("held"))?;
    person(ask)
}

pub(super) fn hold_all(ask: &Ask) -> Outcome {
    let held = ask.flag("held");
    for person in ask.sandbox.people() {
        set_held(ask, person.id, held)?;
    }
    people(ask)
}

fn set_held(ask: &Ask, person: NetworkId, held: bool) -> Result<(), Problem> {
    if held {
        ask.sandbox.telephone(person)?;
    } else {
        Telephone::of(ask.sandbox.backend.clone(), person).give_back();
    }
    Ok(())
}

pub(super) fn talkspaces(ask: &Ask) -> Outcome {
    ask.list("talkspaces", "id", &ask.sandbox.talkspaces())
}

pub(super) fn talkspace(ask: &Ask) -> Outcome {
    match ask.sandbox.talkspace(&ConferenceId::from(ask.value())) {
        Some(talkspace) => Reply::of(&talkspace),
        None => Err(none("no_such_talkspace", "No TalkSpace has this id.")),
    }
}

pub(super) fn media(ask: &Ask) -> Outcome {
    ask.list("media", "id", &ask.sandbox.media())
}

pub(super) fn media_file(ask: &Ask) -> Outcome {
    let (id, app) = (MediaId::from(ask.value()), ask.query_number("app"));
    let mut found = ask.sandbox.media();
    found.retain(|media| media.id == id && app.is_none_or(|app| media.app as u64 == app));
    let app = match found.as_slice() {
        [media] => media.app,
        [] => return Err(none("no_such_media", "No media has this id.")),
        _ => {
            let why = "is wanted, since several applications have media of this id";
            return Err(Problem::field("app", why));
        }
    };
    let file = ask.sandbox.backend.with(|state| state.media_file(app, &id));
    let why = "This media has no file yet.";
    Ok(Reply::mp3(
        file.ok_or_else(|| Problem::new(409, "no_file", why))?,
    ))
}

pub(super) fn calls(ask: &Ask) -> Outcome {
    ask.list("calls", "call", &ask.sandbox.calls())
}

pub(super) fn call(ask: &Ask) -> Outcome {
    Reply::of(&going(ask)?)
}

/// The call that the path names.
fn going(ask: &Ask) -> Result<Call, Problem> {
    let number = ask.number().unwrap_or_default();
    let mut calls = ask.sandbox.calls().into_iter();
    if let Some(call) = calls.find(|call| call.call == number) {
        return Ok(call);
    }
    let last = ask.sandbox.backend.with(|state| state.last_call());
    if (1..=last).contains(&number) {
        let why = format!("Call {number} is over.");
        return Err(Problem::new(409, "call_over", why));
    }
    Err(none(
        "no_such_call",
        &format!("There was no such call; the last one is {last}."),
    ))
}

/// Does something in the call that the path names, and says what it is then.
fn at_call(ask: &Ask, act: impl Fn(&PhoneCall) -> Result<(), TelephoneError>) -> Outcome {
    let Call { call, person, .. } = going(ask)?;
    act(&Telephone::of(ask.sandbox.backend.clone(), person).call(call))?;
    let mut calls = ask.sandbox.calls().into_iter();
    match calls.find(|other| other.call == call) {
        Some(call) => Reply::of(&call),
        None => Reply::of(&json!({"call": call, "state": "over"})),
    }
}

pub(super) fn answer(ask: &Ask) -> Outcome {
    at_call(ask, PhoneCall::answer)
}

pub(super) fn press(ask: &Ask) -> Outcome {
    // Another key than 1 does nothing, as on a telephone.
    at_call(ask, |call| match ask.field("key").and_then(Value::as_str) {
        Some("1") => call.press_1(),
        _ => Ok(()),
    })
}

pub(super) fn decline(ask: &Ask) -> Outcome {
    at_call(ask, PhoneCall::decline)
}

pub(super) fn hang_up(ask: &Ask) -> Outcome {
    at_call(ask, PhoneCall::hang_up)
}

pub(super) fn speak(ask: &Ask) -> Outcome {
    let ago = ask.seconds("ago");
    at_call(ask, |call| call.spoke(&ask.file, ago))
}

pub(super) fn clock(ask: &Ask) -> Outcome {
    let seen = ask.sandbox.snapshot();
    let next = seen.next().map(|call| {
        let what = match call.state {
            CallState::Ringing | CallState::Answered => "is answered, or gives up",
            _ => "ends",
        };
        json!({
            "at": call.until.map(|until| until.as_secs_f64()),
            "call": call.call,
            "person": call.person,
            "what": what,
        })
    });
    let (now, frozen) = (seen.clock.now.as_secs_f64(), seen.clock.frozen);
    Reply::of(&json!({"now": now, "frozen": frozen, "next": next}))
}

pub(super) fn set_clock(ask: &Ask) -> Outcome {
    if ask.flag("frozen") {
        ask.sandbox.clock().freeze();
    } else {
        ask.sandbox.clock().unfreeze();
    }
    clock(ask)
}

pub(super) fn advance(ask: &Ask) -> Outcome {
    let now = ask.sandbox.clock().now();
    let by = match (ask.field("by"), ask.field("to")) {
        (Some(by), None) => {
            let by = Duration::try_from_secs_f64(by.as_f64().unwrap_or_default());
            by.map_err(|error| Problem::field("by", &error.to_string()))?
        }
        (None, Some(_)) => {
            // What GET says comes next, and not what nobody would see.
            let seen = ask.sandbox.snapshot();
            let next = seen.next().and_then(|call| call.until).ok_or_else(|| {
                Problem::new(409, "nothing_next", "Nothing happens next by itself.")
            })?;
            next.saturating_sub(now)
        }
        _ => {
            let why = "or `to` is wanted: a number of seconds, or \"next\"";
            return Err(Problem::field("by", why));
        }
    };
    if !ask.sandbox.clock().is_frozen() {
        let why = "The clock moves by itself; freeze it first, with PUT /_sandbox/clock and \
                   {\"frozen\":true}.";
        return Err(Problem::new(409, "wrong_state", why));
    }
    ask.sandbox.advance(by);
    clock(ask)
}

pub(super) fn reset(ask: &Ask) -> Outcome {
    match ask.field("app") {
        None => ask.sandbox.reset()?,
        Some(app) => {
            let app = app.as_u64().and_then(|app| usize::try_from(app).ok());
            let key = app.and_then(|app| ask.sandbox.backend.with(|state| state.app_key(app)));
            let key =
                key.ok_or_else(|| Problem::field("app", "is the number of no application"))?;
            ask.sandbox.reset_app(key)?;
        }
    }
    state(ask)
}

pub(super) fn save(ask: &Ask) -> Outcome {
    Ok(Reply::json(ask.sandbox.save().as_json().to_owned()))
}

pub(super) fn restore(ask: &Ask) -> Outcome {
    let text = std::str::from_utf8(&ask.file);
    let text = text.map_err(|_| Problem::new(400, "bad_body", "The body is no UTF-8."))?;
    ask.sandbox.restore(&Saved::from_json(text))?;
    state(ask)
}

pub(super) fn seed(ask: &Ask) -> Outcome {
    let seed = ask.field("seed").and_then(Value::as_u64);
    let seed = seed.unwrap_or_default();
    ask.sandbox.reseed(seed);
    Reply::of(&json!({"seed": seed}))
}

pub(super) fn set_outage(ask: &Ask) -> Outcome {
    let on = ask.flag("on");
    ask.sandbox.set_outage(on);
    Reply::of(&json!({"on": on}))
}

pub(super) fn requests(ask: &Ask) -> Outcome {
    let (since, limit) = (ask.query_number("since").unwrap_or(0), ask.limit());
    let log = ask.sandbox.request_log(since);
    let mut rows = ask.select(log.entries.iter().map(Received::to_json));
    let is_all = rows.len() <= limit;
    rows.truncate(limit);
    let last = rows.last().and_then(|row| row.get("request")?.as_u64());
    let next = if is_all { Some(log.total) } else { last };
    let (total, dropped) = (log.total, log.dropped);
    let page = json!({"requests": rows, "total": total, "dropped": dropped, "next": next});
    Reply::found(&page, !rows.is_empty())
}

pub(super) fn request(ask: &Ask) -> Outcome {
    let received = kept(ask)?;
    let mut whole = received.to_json();
    let forms = received.forms(&ask.base);
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("as".to_owned(), forms.into());
    }
    Reply::of(&whole)
}

/// The request that the path names.
pub(super) fn kept(ask: &Ask) -> Result<Received, Problem> {
    let number = ask.number().unwrap_or_default();
    let before = number.checked_sub(1);
    let entries = before.map(|before| ask.sandbox.request_log(before).entries);
    let first = entries.into_iter().flatten().next();
    let found = first.filter(|received| received.number() == number);
    found.ok_or_else(|| {
        let why = "There is no such request, or not any more.";
        none("no_such_request", why)
    })
}

pub(super) fn clear_requests(ask: &Ask) -> Outcome {
    ask.sandbox.backend.requests().clear();
    requests(ask)
}

pub(super) fn faults(ask: &Ask) -> Outcome {
    Reply::of(&json!({"faults": ask.sandbox.backend.faults().to_json(None)}))
}

pub(super) fn fault(ask: &Ask) -> Outcome {
    let number = ask.number().unwrap_or_default();
    let found = ask.sandbox.backend.faults().to_json(Some(number));
    let found = found.into_iter().next();
    Reply::of(&found.ok_or_else(no_such_fault)?)
}

pub(super) fn add_fault(ask: &Ask) -> Outcome {
    let (operation, fault) = read(&ask.fields).map_err(|(name, why)| Problem::field(name, &why))?;
    let faults = ask.sandbox.backend.faults();
    if !faults.make_place(MAX_FAULTS, ask.sandbox.clock().now()) {
        let why = format!("There are {MAX_FAULTS} faults already.");
        return Err(Problem::new(409, "too_many_faults", why));
    }
    let added = faults.add(operation, fault, ask.sandbox.clock().now());
    let added = faults.to_json(Some(added.number())).into_iter().next();
    Reply::of(&added.ok_or_else(no_such_fault)?)
}

pub(super) fn remove_fault(ask: &Ask) -> Outcome {
    let removed = ask
        .sandbox
        .backend
        .faults()
        .remove(ask.number().unwrap_or_default());
    if removed {
        faults(ask)
    } else {
        Err(no_such_fault())
    }
}

pub(super) fn clear_faults(ask: &Ask) -> Outcome {
    ask.sandbox.clear_faults();
    faults(ask)
}

fn no_such_fault() -> Problem {
    none("no_such_fault", "There is no such fault, or not any more.")
}

fn none(code: &'static str, why: &str) -> Problem {
    Problem::new(404, code, why)
}

//! A request that is sent again, through the door that a client's comes by.

use serde_json::Value;
use talkspace_core::Effect;

use super::acts::kept;
use super::ask::{Ask, Reply};
use super::problem::Problem;
use crate::memory::block_on;
use crate::requests::Asked;

pub(super) fn again(ask: &Ask) -> Result<Reply, Problem> {
    let confirmed = ask.field("confirm").and_then(Value::as_str);
    let received = kept(ask)?;
    let backend = &ask.sandbox.backend;
    let app = received.app().map(|app| app + 1);
    let key = app.and_then(|app| backend.with(|state| state.app_key(app)));
    let request = received.again(key);
    let request = request.map_err(|why| Problem::new(409, "not_kept", why))?;
    if let Some((effect, would)) = received.would() {
        // Who lets it ring lets anything happen.
        if ![Some(Effect::Rings.as_str()), Some(effect.as_str())].contains(&confirmed) {
            return Err(Problem::needs_confirm(would, effect.as_str()));
        }
    }
    let asked = Asked::whole(&request).again(received.number());
    let (_, number) = block_on(backend.respond_whole(&asked, &request));
    let log = ask.sandbox.request_log(number - 1).entries;
    let new = log.first().filter(|new| new.number() == number);
    let gone = || {
        let why = format!("It was sent again, as request {number}, which is not kept any more.");
        Problem::new(409, "not_kept", why)
    };
    Reply::of(&new.ok_or_else(gone)?.to_json())
}

//! A request as `/_sandbox/requests` shows it.

use std::time::UNIX_EPOCH;

use http::Method;
use serde_json::{Map, Value, json};
use talkspace_core::operation::ParameterKind;

use super::received::shown;
use super::{Hint, Received};

impl Received {
    pub(crate) fn to_json(&self) -> Value {
        let info = self.operation();
        let parameters = self.parameters().into_iter();
        let parameters = parameters.map(|(name, value)| (name.to_owned(), Value::from(value)));
        // An id may be somebody's number.
        let text = |id: Option<&str>| id.map(|id| shown(ParameterKind::Text, id));
        let unix = self.wall().duration_since(UNIX_EPOCH).unwrap_or_default();
        json!({
            "request": self.number(),
            "at": self.at().as_secs_f64(),
            "unix": unix.as_secs_f64(),
            "ms": self.took().as_micros() as f64 / 1e3,
            "app": self.app().map(|app| app + 1),
            "method": self.method().map(Method::as_str),
            "path": self.path(),
            "operation": info.map(|info| info.id),
            "effect": info.map(|info| format!("{:?}", info.effect).to_lowercase()),
            "parameters": parameters.collect::<Map<_, _>>(),
            "cut": self.is_cut(),
            "person": text(self.person()),
            "talkspace": text(self.talkspace()),
            "media": text(self.media()),
            "call": self.call(),
            "status": self.status(),
            "http": self.http_status(),
            "fault": self.fault(),
            "again_of": self.again_of(),
            "request_id": self.request_id().map(|id| id.to_string()),
            "did": self.changes(),
            "message": self.message(),
            "hint": self.hint().map(Hint::to_json),
        })
    }
}

impl Hint {
    fn to_json(&self) -> Value {
        json!({
            "parameter": self.parameter,
            "expected": self.expected,
            "got": self.got,
            "did_you_mean": self.did_you_mean,
            "nearest": self.nearest.map(|info| info.id),
        })
    }
}

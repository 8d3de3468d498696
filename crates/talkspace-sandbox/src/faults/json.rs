//! Faults as `/_sandbox/faults` reads and shows them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Map, Value, json};
use talkspace_core::OPERATIONS;
use talkspace_core::operation::OperationInfo;

use super::{Fault, Faults, Rule, What};

/// The field that cannot be so, and why.
type Wrong = (&'static str, String);

/// A fault, and the operation that it is for, of fields that are as the OpenAPI file says.
pub(crate) fn read(fields: &Map<String, Value>) -> Result<(&'static OperationInfo, Fault), Wrong> {
    let fields = Fields(fields);
    let operation = fields.text("operation");
    let operation = OPERATIONS.iter().find(|info| Some(info.id) == operation);
    let operation = operation.ok_or_else(|| ("operation", "is wanted".to_owned()))?;
    let mut fault = match fields.text("fault").unwrap_or_default() {
        "lose_response" => Fault::lose_response(),
        "reset" => Fault::reset(),
        "stall" => Fault::stall(),
        "delay" => {
            let by = fields.seconds("by")?;
            Fault::delay(by.ok_or_else(|| ("by", "is wanted, in seconds".to_owned()))?)
        }
        "cut" => {
            let after = fields.whole("after").unwrap_or_default();
            Fault::cut(usize::try_from(after).unwrap_or(usize::MAX))
        }
        "status" => {
            let status = fields.whole("status").and_then(|it| u16::try_from(it).ok());
            Fault::status(status.unwrap_or_default())
        }
        _ => return Err(("fault", "is wanted".to_owned())),
    };
    if let Some(after) = fields.seconds("retry_after")? {
        fault = fault.retry_after(after);
    }
    if let Some(person) = fields.text("person") {
        fault = fault.person(person);
    }
    if let Some(times) = fields.whole("times") {
        fault = fault.times(times);
    }
    if let Some(time) = fields.seconds("for")? {
        fault = fault.lasting(time);
    }
    if let Some(probability) = fields.0.get("probability").and_then(Value::as_f64) {
        fault = fault.probability(probability, fields.whole("seed").unwrap_or_default());
    }
    match fault.invalid() {
        None => Ok((operation, fault)),
        Some((field, why)) => Err((field, why.to_owned())),
    }
}

struct Fields<'f>(&'f Map<String, Value>);

impl<'f> Fields<'f> {
    fn text(&self, name: &str) -> Option<&'f str> {
        self.0.get(name)?.as_str()
    }

    fn whole(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    fn seconds(&self, name: &'static str) -> Result<Option<Duration>, Wrong> {
        let seconds = self.0.get(name).and_then(Value::as_f64);
        let time = seconds.map(Duration::try_from_secs_f64).transpose();
        time.map_err(|error| (name, format!("is a number of seconds: {error}")))
    }
}

impl Faults {
    /// All faults, or the one of this number, in the form in which they are read.
    pub(crate) fn to_json(&self, number: Option<u64>) -> Vec<Value> {
        let rules = self.lock();
        let wanted = rules.list.iter();
        let wanted = wanted.filter(|rule| number.is_none_or(|number| number == rule.id));
        wanted.map(Rule::to_json).collect()
    }
}

impl Rule {
    fn to_json(&self) -> Value {
        let Fault {
            what,
            person,
            times,
            lasting,
            chance,
        } = &self.fault;
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        let (kind, status, retry_after, by, after) = match *what {
            What::Lose => ("lose_response", None, None, None, None),
            What::Reset => ("reset", None, None, None, None),
            What::Stall => ("stall", None, None, None, None),
            What::Delay(by) => ("delay", None, None, Some(by), None),
            What::Cut(after) => ("cut", None, None, None, Some(after)),
            What::Status(status, after) => ("status", Some(status), after, None, None),
        };
        json!({
            "number": self.id,
            "operation": self.operation.id,
            "fault": kind,
            "status": status,
            "retry_after": seconds(retry_after),
            "by": seconds(by),
            "after": after,
            "person": person,
            "times": (*times != u64::MAX).then_some(times),
            "for": seconds(*lasting),
            "until": seconds(self.until),
            "probability": chance.map(|(chance, _)| chance),
            "hits": self.hits.load(Ordering::Relaxed),
        })
    }
}

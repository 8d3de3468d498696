//! A response as named values, for a person or for a program.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};
use talkspace_core::{Error, Status};

use crate::failure::Failure;
use crate::print;

/// A response, field by field, in the order of the wire.
#[derive(Debug)]
pub(crate) struct Record {
    operation: &'static str,
    status: Status,
    fields: Vec<(&'static str, Value)>,
    /// The names of the fields that name what there is now.
    ids: Vec<&'static str>,
    waited: Option<Result<String, Failure>>,
}

impl Record {
    pub(crate) const fn new(operation: &'static str, status: Status) -> Self {
        Self {
            operation,
            status,
            fields: Vec::new(),
            ids: Vec::new(),
            waited: None,
        }
    }

    pub(crate) fn text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.with(name, Value::String(text.into()))
    }

    /// An identifier that is no secret. It is shown even where the record cannot
    /// be written: without it, what was begun cannot be ended.
    pub(crate) fn id(mut self, name: &'static str, id: impl Into<String>) -> Self {
        self.ids.push(name);
        self.text(name, id)
    }

    pub(crate) fn list(
        self,
        name: &'static str,
        items: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let items = items.into_iter().map(|item| Value::String(item.into()));
        self.with(name, Value::Array(items.collect()))
    }

    /// What is known of a request that was to be sure.
    pub(crate) fn verdict(self, verdict: Option<&'static str>) -> Self {
        match verdict {
            Some(verdict) => self.text("verdict", verdict),
            None => self,
        }
    }

    /// A number, a truth value, or whatever else JSON has.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// The outcome of polling for what the operation brings about later, if that
    /// was asked for.
    pub(crate) fn waited(mut self, waited: Option<Result<String, Error>>) -> Self {
        self.waited = waited.map(|waited| waited.map_err(Failure::Polling));
        self
    }

    /// Shows the record to a person or to a program, and the outcome of polling.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(crate) fn print(&self, json: bool, verbose: bool) -> Result<u8, Failure> {
        let written = match json {
            true => print::document(&Document(self, verbose)),
            false => print::out(&self.to_text()),
        };
        written.map_err(|why| Failure::Output(self.lost(&why)))?;
        let Some(Err(failure)) = &self.waited else {
            return Ok(0);
        };
        if !json {
            failure.tell(verbose);
        }
        Ok(failure.status())
    }

    /// What is to be known of a record that cannot be written.
    fn lost(&self, why: &std::io::Error) -> String {
        let (operation, code) = (self.operation, self.status.code());
        let mut text = format!(
            "cannot write to standard output: {why}; the service responded with {code} to {operation}"
        );
        for (name, value) in &self.fields {
            if let (true, Some(id)) = (self.ids.contains(name), value.as_str()) {
                text.push_str(&format!(", {name} {id}"));
            }
        }
        text
    }

    /// The record as lines for a person.
    fn to_text(&self) -> String {
        let width = self.fields.iter().map(|(name, _)| name.len()).max();
        let width = width.unwrap_or_default();
        let mut text = format!("{} {}\n", print::good(self.status.code()), self.operation);
        for (name, value) in &self.fields {
            let shown = match value {
                Value::String(value) if value.is_empty() => print::faint("(empty)"),
                Value::String(value) => print::printable(value),
                Value::Array(items) if items.is_empty() => print::faint("(none)"),
                Value::Array(items) => {
                    // One on each line: an id may hold whatever would separate them.
                    let shown = |item: &Value| match item.as_str() {
                        Some(text) => print::printable(text),
                        None => print::printable(&item.to_string()),
                    };
                    let items: Vec<_> = items.iter().map(shown).collect();
                    items.join(&format!("\n    {:width$}  ", ""))
                }
                other => other.to_string(),
            };
            text.push_str(&format!("    {name:width$}  {shown}\n"));
        }
        if let Some(Ok(told)) = &self.waited {
            let told = print::printable(told);
            text.push_str(&format!("    {:width$}  {told}\n", "waited"));
        }
        text
    }
}

/// The record as JSON; both statuses are there, since they may differ.
struct Document<'r>(&'r Record, bool);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(record, verbose) = self;
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("operation", record.operation)?;
        members.serialize_entry("status", &record.status.code())?;
        members.serialize_entry("http_status", &record.status.http())?;
        for (name, value) in &record.fields {
            members.serialize_entry(name, value)?;
        }
        match &record.waited {
            None => {}
            Some(Ok(_)) => members.serialize_entry("waited", &json!({ "reached": true }))?,
            Some(Err(failure)) => {
                let error = failure.error_json(*verbose);
                let waited = json!({ "reached": false, "error": error });
                members.serialize_entry("waited", &waited)?;
            }
        }
        members.end()
    }
}

//! A response as named values, for a person or for a program.

use std::process::ExitCode;

use serde_json::{Map, Value};
use talkspace_core::{Error, Status};

use crate::{exit, print};

/// A response, field by field, in the order of the wire.
#[derive(Debug)]
pub(crate) struct Record {
    operation: &'static str,
    status: Status,
    fields: Vec<(&'static str, Value)>,
    waited: Result<(), Error>,
}

impl Record {
    pub(crate) const fn new(operation: &'static str, status: Status) -> Self {
        Self {
            operation,
            status,
            fields: Vec::new(),
            waited: Ok(()),
        }
    }

    pub(crate) fn text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.with(name, Value::String(text.into()))
    }

    pub(crate) fn list(
        self,
        name: &'static str,
        items: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let items = items.into_iter().map(|item| Value::String(item.into()));
        self.with(name, Value::Array(items.collect()))
    }

    /// A number, a truth value, or whatever else JSON has.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// What came of waiting for what the operation brings about later.
    pub(crate) fn waited(mut self, waited: Result<(), Error>) -> Self {
        self.waited = waited;
        self
    }

    /// Shows the record to a person or to a program, and then what came of
    /// waiting; the exit status of both.
    pub(crate) fn print(&self, json: bool) -> ExitCode {
        if json {
            print::out_json(&self.to_json());
        } else {
            print::out(&self.to_text());
        }
        match &self.waited {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                print::error(error, json);
                exit::of(error)
            }
        }
    }

    /// The record as JSON; both statuses are there, since they may differ.
    fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("operation".to_owned(), self.operation.into());
        object.insert("status".to_owned(), self.status.code().into());
        object.insert("http_status".to_owned(), self.status.http().into());
        for (name, value) in &self.fields {
            object.insert((*name).to_owned(), value.clone());
        }
        Value::Object(object)
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
                    let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
                    print::printable(&items.join(", "))
                }
                other => other.to_string(),
            };
            text.push_str(&format!("    {name:width$}  {shown}\n"));
        }
        text
    }
}

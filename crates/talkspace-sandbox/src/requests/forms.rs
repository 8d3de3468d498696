//! A request as somebody else would send it: with curl, in Rust, by the command.
//!
//! What is no secret is in it as it came. A key, a grant and a phone number are named:
//! a variable of the environment has them, for the key and the grant the one that the
//! command reads.

mod curl;
mod rust;
mod shell;
mod talkspace;

use std::borrow::Cow;

use serde_json::{Map, Value};
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};
use talkspace_core::{AppKey, PhoneNumber};

pub(crate) use shell::quote;

use super::Received;
use super::record::Lacks;
use crate::Sandbox;

#[cfg(test)]
mod tests;

/// The file that stands for one that was uploaded, or where one goes.
const FILE: &str = "sound.mp3";

/// A request with what it takes.
struct Form<'r> {
    info: &'static OperationInfo,
    base: &'r str,
    given: Vec<Given<'r>>,
}

/// A parameter that a request has.
struct Given<'r> {
    info: &'static ParameterInfo,
    said: Said<'r>,
}

/// The value of a parameter.
enum Said<'r> {
    Text(Cow<'r, str>),
    /// A variable of the environment has it.
    Variable(String),
}

impl Received {
    /// The request in each form that it has, for a server at this base URL.
    pub(crate) fn forms(&self, base: &str) -> Map<String, Value> {
        let mut forms = Map::new();
        let Some(form) = self.form(base) else {
            return forms;
        };
        let mut add = |name: &str, form: Option<String>| {
            forms.extend(form.map(|form| (name.to_owned(), form.into())));
        };
        add("curl", curl::form(&form));
        // What a server could not read is no request there.
        if self
            .encoded(Sandbox::IN_MEMORY_URL, AppKey::new("key"))
            .is_some()
        {
            add("rust", rust::form(&form));
            add("command", talkspace::form(&form));
        }
        forms
    }

    fn form<'r>(&'r self, base: &'r str) -> Option<Form<'r>> {
        let info = self.operation()?;
        let is_there = matches!(self.0.lacks, None | Some(Lacks::Grant | Lacks::File));
        if !is_there {
            return None;
        }
        let given = info.parameters.iter().flat_map(|info| self.given(info));
        Some(Form {
            info,
            base,
            given: given.collect(),
        })
    }

    /// A parameter, as often as it came.
    fn given(&self, info: &'static ParameterInfo) -> Vec<Given<'_>> {
        let fixed = match info.kind {
            ParameterKind::AppKey => Some(Said::Variable("TALKSPACE_APP_KEY".to_owned())),
            ParameterKind::File => Some(Said::Text(FILE.into())),
            _ => None,
        };
        if let Some(said) = fixed {
            return vec![Given { info, said }];
        }
        let is_it = |location, name| (location, name) == (info.location, info.name);
        let values = self.0.parameters.values();
        let values = values.filter(|(location, name, _)| is_it(*location, *name));
        let given = values.map(|(_, _, value)| Given {
            info,
            said: match info.location {
                ParameterLocation::Url => Said::Text(self.escaped(value).into()),
                _ => Said::of(info, value),
            },
        });
        given.collect()
    }
}

impl<'r> Said<'r> {
    fn of(info: &ParameterInfo, value: &'r str) -> Self {
        match info.kind {
            ParameterKind::Secret => Self::Variable("TALKSPACE_GRANT_ID".to_owned()),
            // An id may be somebody's number, too.
            _ if value.parse::<PhoneNumber>().is_err() => Self::Text(value.into()),
            _ => Self::Variable(info.field.to_uppercase()),
        }
    }
}

impl Form<'_> {
    /// Those that stand in this place.
    fn at(&self, location: ParameterLocation) -> impl Iterator<Item = &Given<'_>> {
        let given = self.given.iter();
        given.filter(move |given| given.info.location == location)
    }

    /// Whether it is sent without that parameter by whoever is not asked for it: empty, or
    /// a flag that is not set.
    fn is_left_out(given: &Given<'_>) -> bool {
        match (given.info.kind, &given.said) {
            (ParameterKind::AppKey, _) => true,
            (ParameterKind::Flag, Said::Text(value)) => value != "true",
            (_, Said::Text(value)) => value.is_empty(),
            (_, Said::Variable(_)) => false,
        }
    }
}

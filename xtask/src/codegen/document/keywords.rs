//! Our own keywords on operations, where they have parts.

use super::operation::status;
use super::optional;
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::load::Node;
use crate::codegen::model::Method;

/// A status that is a value, and the word for it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) at: Pointer,
    pub(crate) status: u16,
    pub(crate) word: String,
}

/// Another address at which a server takes an operation.
#[derive(Debug)]
pub(crate) struct Alias {
    pub(crate) at: Pointer,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Whether the fields of the form are in the query.
    pub(crate) in_query: bool,
    /// The one `action` with which it is taken here.
    pub(crate) action: Option<String>,
}

/// A parameter of the path that is a list, and what joins it.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) at: Pointer,
    pub(crate) parameter: String,
    pub(crate) separator: String,
}

/// `x-talkspace-look`: how the result of an operation is looked for.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) at: Pointer,
    pub(crate) way: Way,
}

/// The way to look, or why there is none.
#[derive(Debug)]
pub(crate) enum Way {
    None(String),
    By {
        /// The operation whose response shows the result.
        operation: (Pointer, String),
        /// Its parameters, and what they get.
        with: Vec<Pair>,
        /// The parameter that gets an id which is new in a list, and the operation
        /// that lists.
        new: Option<Pair>,
        /// What in the response shows the result.
        shows: Pair,
    },
}

/// A key and its text.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) at: Pointer,
    pub(crate) key: String,
    pub(crate) text: String,
}

impl Pair {
    fn all(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<Self>> {
        let entries = node.entries(findings)?.into_iter();
        entries
            .map(|(key, node)| {
                Some(Self {
                    at: node.at().clone(),
                    key: key.to_owned(),
                    text: node.text(findings)?,
                })
            })
            .collect()
    }

    fn one(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut all = Self::all(node, findings)?;
        if all.len() != 1 {
            findings.add(node.at(), format!("{} entries; write one", all.len()));
            return None;
        }
        all.pop()
    }
}

impl Look {
    pub(super) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut object = node.object(findings)?;
        if let Some(why) = object.text("none", findings) {
            object.finish(findings);
            return Some(Self {
                at: node.at().clone(),
                way: Way::None(why),
            });
        }
        let operation = object.require("operation", findings);
        let with = optional(object.get("with"), findings, Pair::all);
        let new = optional(object.get("new"), findings, Pair::one);
        let shows = object.require("shows", findings);
        object.finish(findings);
        let shows = shows.and_then(|node| Pair::one(&node, findings));
        let operation = operation?;
        Some(Self {
            at: node.at().clone(),
            way: Way::By {
                operation: (operation.at().clone(), operation.text(findings)?),
                with: with.ok()?.unwrap_or_default(),
                new: new.ok()?,
                shows: shows?,
            },
        })
    }
}

impl Outcome {
    /// The entries of `x-talkspace-outcomes`.
    pub(super) fn all(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<Self>> {
        let entries = node.entries(findings)?.into_iter();
        entries
            .map(|(key, node)| {
                Some(Self {
                    at: node.at().clone(),
                    status: status(node.at(), key, findings)?,
                    word: node.text(findings)?,
                })
            })
            .collect()
    }
}

impl Alias {
    pub(super) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut object = node.object(findings)?;
        let method = object.require("method", findings);
        let path = object.require("path", findings);
        let place = object.get("in");
        let action = object.text("action", findings);
        object.finish(findings);
        if let Some(place) = &place
            && place.text(findings)? != "query"
        {
            findings.add(place.at(), "write `query`, or leave it out");
        }
        Some(Self {
            at: node.at().clone(),
            method: method.and_then(|node| self::method(&node, findings))?,
            path: path?.text(findings)?,
            in_query: place.is_some(),
            action,
        })
    }
}

impl Joined {
    /// The entries of `x-talkspace-joined`.
    pub(super) fn all(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<Self>> {
        let entries = node.entries(findings)?.into_iter();
        entries
            .map(|(parameter, node)| {
                Some(Self {
                    at: node.at().clone(),
                    parameter: parameter.to_owned(),
                    separator: node.text(findings)?,
                })
            })
            .collect()
    }
}

fn method(node: &Node<'_>, findings: &mut Findings) -> Option<Method> {
    let text = node.text(findings)?;
    let mut all = Method::ALL.into_iter();
    let found = all.find(|method| method.as_str().to_lowercase() == text);
    if found.is_none() {
        let message = format!("`{text}` is no method; write one such as `get`");
        findings.add(node.at(), message);
    }
    found
}

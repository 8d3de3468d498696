//! The spec as a tree in which every node knows where it is.
//!
//! Nothing is lost on the way: a key that is not read is a finding, and so
//! is one that is there twice.

mod yaml;

use super::finding::{Findings, Pointer, or_nearest};

pub(crate) use yaml::{Place, Places, read};

#[cfg(test)]
mod tests;

/// A YAML value. Maps keep their order, and keys that are there twice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    /// With a fraction or an exponent, which nothing here has.
    Float,
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl Value {
    /// What the value is, for messages.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a truth value",
            Self::Integer(_) | Self::Float => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    value: &'a Value,
    at: Pointer,
}

impl<'a> Node<'a> {
    pub(crate) const fn root(value: &'a Value) -> Self {
        Self {
            value,
            at: Pointer::root(),
        }
    }

    pub(crate) const fn at(&self) -> &Pointer {
        &self.at
    }

    /// The text.
    pub(crate) fn text(&self, findings: &mut Findings) -> Option<String> {
        match self.value {
            Value::Text(text) => Some(text.clone()),
            _ => self.wrong("text", findings),
        }
    }

    /// The truth value.
    pub(crate) fn bool(&self, findings: &mut Findings) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(*value),
            _ => self.wrong("`true` or `false`", findings),
        }
    }

    /// The text, or the digits of a whole number.
    pub(crate) fn scalar(&self, findings: &mut Findings) -> Option<Scalar> {
        match self.value {
            Value::Text(text) => Some(Scalar::Text(text.clone())),
            Value::Integer(number) => Some(Scalar::Integer(*number)),
            Value::Bool(value) => Some(Scalar::Bool(*value)),
            _ => self.wrong("text, a whole number or a truth value", findings),
        }
    }

    /// The entries of the list.
    pub(crate) fn list(&self, findings: &mut Findings) -> Option<Vec<Node<'a>>> {
        match self.value {
            Value::List(items) => Some(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, value)| Node {
                        value,
                        at: self.at.child(&index.to_string()),
                    })
                    .collect(),
            ),
            _ => self.wrong("a list", findings),
        }
    }

    /// Whether it is a list.
    pub(crate) const fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// The entries of a list of text.
    pub(crate) fn texts(&self, findings: &mut Findings) -> Option<Vec<String>> {
        self.list(findings)?
            .iter()
            .map(|item| item.text(findings))
            .collect()
    }

    /// The entries of the map, whose keys are free.
    pub(crate) fn entries(&self, findings: &mut Findings) -> Option<Vec<(&'a str, Node<'a>)>> {
        let Value::Map(map) = self.value else {
            return self.wrong("a map", findings);
        };
        let mut entries: Vec<(&str, Node<'_>)> = Vec::new();
        for (key, value) in map {
            let at = self.at.child(key);
            if entries.iter().any(|(other, _)| other == key) {
                findings.add_to_key(&at, "the key is here twice; keep one of the two");
            } else {
                entries.push((key, Node { value, at }));
            }
        }
        Some(entries)
    }

    /// The map as an object, whose keys are known.
    pub(crate) fn object(&self, findings: &mut Findings) -> Option<Object<'a>> {
        Some(Object {
            at: self.at.clone(),
            entries: self.entries(findings)?,
            known: Vec::new(),
        })
    }

    fn wrong<T>(&self, right: &str, findings: &mut Findings) -> Option<T> {
        let kind = self.value.kind();
        findings.add(&self.at, format!("{kind} where {right} belongs"));
        None
    }
}

/// A value without parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Text(String),
    Integer(i64),
    Bool(bool),
}

/// A map whose keys are asked for one by one; one that nobody asked for is a
/// finding.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    at: Pointer,
    entries: Vec<(&'a str, Node<'a>)>,
    known: Vec<&'static str>,
}

impl<'a> Object<'a> {
    pub(crate) const fn at(&self) -> &Pointer {
        &self.at
    }

    /// All entries, asked for or not.
    pub(crate) fn entries(&self) -> &[(&'a str, Node<'a>)] {
        &self.entries
    }

    /// The value of a key, if it is there.
    pub(crate) fn get(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.known.push(key);
        self.entries
            .iter()
            .find(|(other, _)| *other == key)
            .map(|(_, node)| node.clone())
    }

    /// The value of a key that must be there.
    pub(crate) fn require(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<Node<'a>> {
        let node = self.get(key);
        if node.is_none() {
            findings.add(&self.at, format!("`{key}` is missing"));
        }
        node
    }

    /// The text of a key, if it is there.
    pub(crate) fn text(&mut self, key: &'static str, findings: &mut Findings) -> Option<String> {
        self.get(key)?.text(findings)
    }

    /// Keys that may be there and say nothing that shows in Rust.
    pub(crate) fn skip(&mut self, keys: &[&'static str]) {
        self.known.extend(keys);
    }

    /// Nobody asks for more.
    pub(crate) fn finish(self, findings: &mut Findings) {
        for (key, node) in &self.entries {
            if !self.known.contains(key) {
                let known = || format!("known here are `{}`", self.known.join("`, `"));
                let right = or_nearest(key, self.known.iter().copied(), known);
                findings.add_to_key(node.at(), format!("the key is not understood; {right}"));
            }
        }
    }
}

//! The spec as a tree in which every node knows where it is.
//!
//! Nothing is lost on the way: a key that is not read is a finding, and so
//! is one that is there twice.

mod unsupported;
mod yaml;

use super::finding::{Findings, Pointer, all, nearest, or_nearest};

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

/// A value, its place, and where it is said what is wrong with it.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    value: &'a Value,
    at: Pointer,
    findings: &'a Findings,
}

impl<'a> Node<'a> {
    pub(crate) const fn root(value: &'a Value, findings: &'a Findings) -> Self {
        Self {
            value,
            at: Pointer::root(),
            findings,
        }
    }

    pub(crate) const fn at(&self) -> &Pointer {
        &self.at
    }

    const fn inside(&self, value: &'a Value, at: Pointer) -> Self {
        Self {
            value,
            at,
            findings: self.findings,
        }
    }

    /// Whether it is a list.
    pub(crate) const fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// Whether it is a map with this key.
    pub(crate) fn has(&self, key: &str) -> bool {
        matches!(self.value, Value::Map(map) if map.iter().any(|(other, _)| other == key))
    }

    /// Whether it is a map with this key alone.
    pub(crate) fn has_only(&self, key: &str) -> bool {
        matches!(self.value, Value::Map(map) if map.len() == 1) && self.has(key)
    }

    /// Whether there is nothing.
    pub(crate) const fn is_nothing(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Whether it is `type: 'null'` and nothing else.
    pub(crate) fn is_null(&self) -> bool {
        let Value::Map(map) = self.value else {
            return false;
        };
        matches!(map.as_slice(), [(key, Value::Text(text))] if key == "type" && text == "null")
    }

    /// The entries of the list.
    pub(crate) fn list(&self) -> Option<Vec<Self>> {
        let Value::List(items) = self.value else {
            return self.is_no("a list");
        };
        let items = items.iter().enumerate();
        Some(
            items
                .map(|(index, value)| self.inside(value, self.at.child(&index.to_string())))
                .collect(),
        )
    }

    /// The entries of the map, whose keys are free.
    pub(crate) fn entries(&self) -> Option<Vec<(&'a str, Self)>> {
        let Value::Map(map) = self.value else {
            return self.is_no("a map");
        };
        let mut entries: Vec<(&str, Self)> = Vec::new();
        for (key, value) in map {
            let at = self.at.child(key);
            if entries.iter().any(|(other, _)| other == key) {
                let message = "the key is here twice; keep one of the two";
                self.findings.add_to_key(&at, message);
            } else {
                entries.push((key, self.inside(value, at)));
            }
        }
        Some(entries)
    }

    /// The map as an object, whose keys are known.
    pub(crate) fn object(&self) -> Option<Object<'a>> {
        Some(Object {
            node: self.clone(),
            entries: self.entries()?,
            known: Vec::new(),
            is_whole: true,
        })
    }

    /// The value cannot be read.
    pub(crate) fn wrong<T>(&self, message: impl Into<String>) -> Option<T> {
        self.add(&self.at, message);
        None
    }

    /// Something is wrong, here or below.
    pub(crate) fn add(&self, at: &Pointer, message: impl Into<String>) {
        self.findings.add(at, message);
    }

    fn is_no<T>(&self, right: &str) -> Option<T> {
        let kind = self.value.kind();
        self.wrong(format!("{kind} where {right} belongs"))
    }
}

/// What a value is read as; where it cannot be, a finding says why.
pub(crate) trait Read: Sized {
    fn read(node: &Node<'_>) -> Option<Self>;
}

/// What an entry of a map is read as, whose keys are free.
pub(crate) trait Entry: Sized {
    fn read(key: &str, node: &Node<'_>) -> Option<Self>;
}

/// A map whose keys are free.
#[derive(Debug)]
pub(crate) struct Map<T>(pub(crate) Vec<T>);

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Entry> Read for Map<T> {
    fn read(node: &Node<'_>) -> Option<Self> {
        let entries = node.entries()?.into_iter();
        all(entries.map(|(key, node)| T::read(key, &node))).map(Self)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node<'_>) -> Option<Self> {
        all(node.list()?.iter().map(T::read))
    }
}

/// With its place.
impl<T: Read> Read for (Pointer, T) {
    fn read(node: &Node<'_>) -> Option<Self> {
        Some((node.at.clone(), T::read(node)?))
    }
}

/// With its key.
impl<T: Read> Entry for (String, T) {
    fn read(key: &str, node: &Node<'_>) -> Option<Self> {
        Some((key.to_owned(), T::read(node)?))
    }
}

impl Read for String {
    fn read(node: &Node<'_>) -> Option<Self> {
        match node.value {
            Value::Text(text) => Some(text.clone()),
            Value::Bool(_) | Value::Integer(_) | Value::Float => {
                let kind = node.value.kind();
                node.wrong(format!("{kind} where text belongs; put it in quotes"))
            }
            Value::Null | Value::List(_) | Value::Map(_) => node.is_no("text"),
        }
    }
}

impl Read for bool {
    fn read(node: &Node<'_>) -> Option<Self> {
        match node.value {
            Value::Bool(value) => Some(*value),
            _ => node.is_no("`true` or `false`"),
        }
    }
}

impl Read for i64 {
    fn read(node: &Node<'_>) -> Option<Self> {
        match node.value {
            Value::Integer(number) => Some(*number),
            _ => node.is_no("a whole number"),
        }
    }
}

/// A value without parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Text(String),
    Integer(i64),
    Bool(bool),
}

impl Read for Scalar {
    fn read(node: &Node<'_>) -> Option<Self> {
        match node.value {
            Value::Text(text) => Some(Self::Text(text.clone())),
            Value::Integer(number) => Some(Self::Integer(*number)),
            Value::Bool(value) => Some(Self::Bool(*value)),
            _ => node.is_no("text, a whole number or a truth value"),
        }
    }
}

/// A map whose keys are asked for one by one; one that nobody asked for is a
/// finding.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    node: Node<'a>,
    entries: Vec<(&'a str, Node<'a>)>,
    known: Vec<&'static str>,
    /// Whether everything that was asked for could be read.
    is_whole: bool,
}

impl<'a> Object<'a> {
    pub(crate) const fn at(&self) -> &Pointer {
        &self.node.at
    }

    /// Something is wrong, here or below.
    pub(crate) fn add(&self, at: &Pointer, message: impl Into<String>) {
        self.node.add(at, message);
    }

    /// All entries, asked for or not.
    pub(crate) fn entries(&self) -> &[(&'a str, Node<'a>)] {
        &self.entries
    }

    /// The node of a key, if it is there.
    pub(crate) fn node(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.known.push(key);
        let mut entries = self.entries.iter();
        let found = entries.find(|(other, _)| *other == key);
        found.map(|(_, node)| node.clone())
    }

    /// The value of a key, if it is there.
    pub(crate) fn get<T: Read>(&mut self, key: &'static str) -> Option<T> {
        self.get_by(key, T::read)
    }

    /// The same, read in a way of its own.
    pub(crate) fn get_by<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<T> {
        let read = read(&self.node(key)?);
        self.is_whole &= read.is_some();
        read
    }

    /// The value of a key, or the one that means the same as none.
    pub(crate) fn or_default<T: Read + Default>(&mut self, key: &'static str) -> T {
        self.get(key).unwrap_or_default()
    }

    /// The value of a key that must be there. Where it is not, the object is dropped, and
    /// with it what stands in here.
    pub(crate) fn require<T: Read + Default>(&mut self, key: &'static str) -> T {
        self.require_by(key, T::read).unwrap_or_default()
    }

    /// The same, read in a way of its own.
    pub(crate) fn require_by<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Node<'a>) -> Option<T>,
    ) -> Option<T> {
        self.need(key);
        self.get_by(key, read)
    }

    /// A key that must be there, whatever its value is.
    pub(crate) fn need(&mut self, key: &'static str) {
        if !self.node.has(key) {
            self.is_whole = false;
            let stands_for = |found: &str| {
                unsupported::stands_for(found) == Some(key)
                    || nearest(found, [key].into_iter()).is_some()
            };
            // What is there in its place is a finding by itself.
            if !self.entries.iter().any(|(found, _)| stands_for(found)) {
                self.node.wrong::<()>(format!("`{key}` is missing"));
            }
        }
    }

    /// What can be read of a list that may be absent.
    pub(crate) fn each<T: Read>(&mut self, key: &'static str) -> Vec<T> {
        let items = self.node(key).and_then(|node| node.list());
        items.iter().flatten().filter_map(T::read).collect()
    }

    /// What can be read of a map that may be absent, whose keys are free.
    pub(crate) fn each_entry<T: Entry>(&mut self, key: &'static str) -> Vec<T> {
        let entries = self.node(key).and_then(|node| node.entries());
        let entries = entries.into_iter().flatten();
        entries
            .filter_map(|(key, node)| T::read(key, &node))
            .collect()
    }

    /// Keys that may be there and say nothing that shows in Rust.
    pub(crate) fn skip(&mut self, keys: &[&'static str]) {
        self.known.extend(keys);
    }

    /// Nobody asks for more. What was read of it counts if all of that could be.
    pub(crate) fn finish<T>(self, read: T) -> Option<T> {
        for (key, node) in &self.entries {
            if !self.known.contains(key) {
                let message = unsupported::message(key).unwrap_or_else(|| {
                    let right = or_nearest(key, self.known.iter().copied(), || self.known(key));
                    format!("the key is not understood; {right}")
                });
                self.node.findings.add_to_key(&node.at, message);
            }
        }
        self.is_whole.then_some(read)
    }

    /// The keys that are known here: our own for one that begins so, else those of OpenAPI.
    fn known(&self, key: &str) -> String {
        let is_own = |key: &str| key.starts_with("x-");
        let known = self.known.iter().filter(|it| is_own(it) == is_own(key));
        let known: Vec<String> = known.map(|it| format!("`{it}`")).collect();
        match known.is_empty() {
            true => "leave it out".to_owned(),
            false => format!("known here are {}", known.join(", ")),
        }
    }
}

//! The spec as a tree in which every node knows where it is.
//!
//! Nothing is lost on the way: a key that is not read is a finding, and so
//! is one that is there twice.

mod unsupported;
mod yaml;

use super::finding::{Findings, Pointer, nearest, or_nearest};

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
    pub(crate) value: &'a Value,
    pub(crate) at: Pointer,
    /// In a map, what the value stands under.
    pub(crate) key: &'a str,
    findings: &'a Findings,
}

impl<'a> Node<'a> {
    pub(crate) const fn root(value: &'a Value, findings: &'a Findings) -> Self {
        Self {
            value,
            at: Pointer::root(),
            key: "",
            findings,
        }
    }

    fn inside(&self, key: &'a str, at: Pointer, value: &'a Value) -> Self {
        Self {
            value,
            at,
            key,
            findings: self.findings,
        }
    }

    /// Whether it is a map with this key.
    pub(crate) fn has(&self, key: &str) -> bool {
        matches!(self.value, Value::Map(map) if map.iter().any(|(other, _)| other == key))
    }

    /// The entries of the list.
    pub(crate) fn list(&self) -> Option<Vec<Self>> {
        let Value::List(items) = self.value else {
            return self.is_no("a list");
        };
        let at = |index: usize| self.at.child(&index.to_string());
        let items = items.iter().enumerate();
        Some(
            items
                .map(|(index, value)| self.inside("", at(index), value))
                .collect(),
        )
    }

    /// The entries of the map.
    pub(crate) fn entries(&self) -> Option<Vec<Self>> {
        let Value::Map(map) = self.value else {
            return self.is_no("a map");
        };
        let mut entries: Vec<Self> = Vec::new();
        for (key, value) in map {
            let at = self.at.child(key);
            if entries.iter().any(|other| other.key == key) {
                let message = "the key is here twice; keep one of the two";
                self.findings.add_to_key(&at, message);
            } else {
                entries.push(self.inside(key, at, value));
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
        })
    }

    /// One of several values, each of which has a word.
    pub(crate) fn one_of<T: Copy>(&self, words: &[(impl AsRef<str>, T)]) -> Option<T> {
        let text = String::read(self)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| word.as_ref() == text) {
            return Some(*value);
        }
        let words: Vec<&str> = words.iter().map(|(word, _)| word.as_ref()).collect();
        let all = || format!("known here are `{}`", words.join("`, `"));
        let right = || or_nearest(&text, words.iter().copied(), all);
        let message = unsupported::message(&text);
        self.wrong(message.unwrap_or_else(|| format!("`{text}` is not understood; {}", right())))
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

impl<T: Read> Read for Option<T> {
    fn read(node: &Node<'_>) -> Option<Self> {
        T::read(node).map(Some)
    }
}

/// What can be read of a list.
impl<T: Read> Read for Vec<T> {
    fn read(node: &Node<'_>) -> Option<Self> {
        Some(node.list()?.iter().filter_map(T::read).collect())
    }
}

/// With its place.
impl<T: Read> Read for (Pointer, T) {
    fn read(node: &Node<'_>) -> Option<Self> {
        Some((node.at.clone(), T::read(node)?))
    }
}

/// With its key.
impl<T: Read> Read for (String, T) {
    fn read(node: &Node<'_>) -> Option<Self> {
        Some((node.key.to_owned(), T::read(node)?))
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
/// finding. What is wrong with a value is one, too, and the value is then as if absent.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) entries: Vec<Node<'a>>,
    known: Vec<&'static str>,
}

impl<'a> Object<'a> {
    pub(crate) fn at(&self) -> Pointer {
        self.node.at.clone()
    }

    /// What the object stands under.
    pub(crate) fn key(&self) -> String {
        self.node.key.to_owned()
    }

    /// The node of a key, if it is there.
    pub(crate) fn node(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.known.push(key);
        let mut entries = self.entries.iter();
        entries.find(|node| node.key == key).cloned()
    }

    /// The value of a key, or the one that means the same as none.
    pub(crate) fn optional<T: Read + Default>(&mut self, key: &'static str) -> T {
        let node = self.node(key);
        node.and_then(|node| T::read(&node)).unwrap_or_default()
    }

    /// The value of a key that must be there.
    pub(crate) fn required<T: Read + Default>(&mut self, key: &'static str) -> T {
        self.need(key);
        self.optional(key)
    }

    /// The value of a key that other keys make known.
    pub(crate) fn known<T: Read>(&self, key: &str) -> Option<T> {
        let mut entries = self.entries.iter().filter(|_| self.known.contains(&key));
        T::read(entries.find(|node| node.key == key)?)
    }

    /// The least and the greatest of them.
    pub(crate) fn bounds(&self, least: &str, most: &str) -> (Option<i64>, Option<i64>) {
        let bounds = (self.known(least), self.known(most));
        if matches!(bounds, (Some(least), Some(most)) if least > most) {
            self.node.wrong::<()>("nothing lies between these bounds");
        }
        bounds
    }

    /// The node of a key that must be there.
    pub(crate) fn required_node(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.need(key);
        self.node(key)
    }

    /// The entries of a map whose keys are free.
    pub(crate) fn entries(&mut self, key: &'static str) -> Vec<Node<'a>> {
        let node = self.node(key);
        node.and_then(|node| node.entries()).unwrap_or_default()
    }

    /// What can be read of them.
    pub(crate) fn map<T: Read>(&mut self, key: &'static str) -> Vec<T> {
        self.entries(key).iter().filter_map(T::read).collect()
    }

    /// The same, without what has a mistake in it.
    pub(crate) fn map_of_whole<T: Read>(&mut self, key: &'static str) -> Vec<T> {
        let findings = self.node.findings;
        let read = |node: &Node<'_>| {
            let before = findings.len();
            T::read(node).filter(|_| findings.len() == before)
        };
        self.entries(key).iter().filter_map(read).collect()
    }

    /// A map that must be there.
    pub(crate) fn required_map<T: Read>(&mut self, key: &'static str) -> Vec<T> {
        self.need(key);
        self.map(key)
    }

    /// What is read in a way of its own.
    pub(crate) fn with<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        read(self)
    }

    fn need(&self, key: &'static str) {
        let stands_for = |found: &str| {
            unsupported::stands_for(found) == Some(key)
                || nearest(found, [key].into_iter()).is_some()
        };
        // What is there in its place is a finding by itself.
        let mut found = self.entries.iter().map(|node| node.key);
        if !found.any(|found| found == key || stands_for(found)) {
            self.node.wrong::<()>(format!("`{key}` is missing"));
        }
    }

    /// Keys that may be there and say nothing that shows in Rust.
    pub(crate) fn skip(&mut self, keys: &[&'static str]) {
        self.known.extend(keys);
    }

    /// Nobody asks for more.
    pub(crate) fn finish(self) {
        let unknown = |node: &&Node<'_>| !self.known.contains(&node.key);
        for Node { key, at, .. } in self.entries.iter().filter(unknown) {
            let message = unsupported::message(key).unwrap_or_else(|| {
                let right = or_nearest(key, self.known.iter().copied(), || self.right(key));
                format!("the key is not understood; {right}")
            });
            self.node.findings.add_to_key(at, message);
        }
    }

    /// The keys that are known here: our own for one that begins so, else those of OpenAPI.
    fn right(&self, key: &str) -> String {
        let is_own = |key: &str| key.starts_with("x-");
        let known = self.known.iter().copied();
        let known: Vec<&str> = known.filter(|it| is_own(it) == is_own(key)).collect();
        match known.as_slice() {
            [] => "leave it out".to_owned(),
            known => format!("known here are `{}`", known.join("`, `")),
        }
    }
}

/// Declares a struct whose fields are keys of an object, each with the method of [`Object`]
/// that reads it; `skips` has keys that may be there besides.
macro_rules! object {
    (
        $(#[$about:meta])*
        pub(crate) struct $name:ident $(skips $skipped:expr,)? {
            $($(#[$what:meta])* $field:ident: $type:ty = $read:ident($($key:expr),*),)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name {
            $($(#[$what])* pub(crate) $field: $type,)*
        }

        impl $name {
            /// What of an object is in here, which may have more.
            pub(crate) fn part_of(object: &mut $crate::codegen::load::Object<'_>) -> Self {
                $(object.skip(&$skipped);)?
                Self {
                    $($field: object.$read($($key),*),)*
                }
            }
        }

        impl $crate::codegen::load::Read for $name {
            fn read(node: &$crate::codegen::load::Node<'_>) -> Option<Self> {
                let mut object = node.object()?;
                let read = Self::part_of(&mut object);
                object.finish();
                Some(read)
            }
        }
    };
}

pub(crate) use object;

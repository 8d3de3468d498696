//! What is wrong with the spec, and where.

mod show;

use std::cell::RefCell;
use std::fmt;

/// A place in the spec, as a JSON pointer (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pointer(String);

impl Pointer {
    pub(crate) const fn root() -> Self {
        Self(String::new())
    }

    pub(crate) fn child(&self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{key}", self.0))
    }

    /// Whether the other is the same, or inside.
    fn has(&self, other: &Self) -> bool {
        let rest = other.0.strip_prefix(&self.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The operation or the component that it is in, if it is in one.
    fn item(&self) -> Self {
        let end = self.0.match_indices('/').nth(3).map(|(end, _)| end);
        let item = end.and_then(|end| self.0.get(..end));
        Self(item.unwrap_or(&self.0).to_owned())
    }

    /// The name of the component that it is in.
    fn component(&self) -> Option<&str> {
        let mut keys = self.0.strip_prefix("/components/")?.split('/');
        keys.nth(1)
    }
}

/// What of a node is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Key,
    Value,
    /// The text there, which is no YAML.
    Offset(usize),
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    at: Pointer,
    part: Part,
    message: String,
}

/// One line, with the place as a pointer.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.at.0.is_empty() { "" } else { "#" };
        write!(f, "{}{place}{}: {}", super::SPEC, self.at.0, self.message)
    }
}

/// Everything that is wrong, in the order in which it was seen. Whoever reads the spec
/// shares it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings(RefCell<Vec<Finding>>);

impl Findings {
    pub(crate) fn add(&self, at: &Pointer, message: impl Into<String>) {
        self.push(at.clone(), Part::Value, message.into());
    }

    /// Adds it if it is so.
    pub(crate) fn add_if(&self, is_so: bool, at: &Pointer, message: impl Into<String>) {
        if is_so {
            self.add(at, message);
        }
    }

    /// Adds it, and gives nothing.
    pub(crate) fn wrong<T>(&self, at: &Pointer, message: impl Into<String>) -> Option<T> {
        self.add(at, message);
        None
    }

    /// Something is wrong with a key, whatever its value is.
    pub(crate) fn add_to_key(&self, at: &Pointer, message: impl Into<String>) {
        self.push(at.clone(), Part::Key, message.into());
    }

    /// The text is no YAML from there on.
    pub(crate) fn add_at(&self, offset: usize, message: impl Into<String>) {
        self.push(Pointer::root(), Part::Offset(offset), message.into());
    }

    fn push(&self, at: Pointer, part: Part, message: String) {
        let finding = Finding { at, part, message };
        // A component that several operations share is wrong once.
        let mut all = self.0.borrow_mut();
        if !all.contains(&finding) {
            all.push(finding);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds what was found in what could be read of a document, in which these
    /// were wrong: without what may be wrong because of them alone. An operation or a
    /// component with a mistake in it is not judged further. A component may look like
    /// one that is used otherwise, or by nobody, where an operation is lost.
    pub(crate) fn add_independent(&self, later: Self) {
        let known = self.0.borrow().clone();
        for finding in later.0.into_inner() {
            let mut before = known.iter();
            let named = |name: &str| finding.message.contains(&format!("`{name}`"));
            let follows = before.any(|Finding { at, .. }| match at.component() {
                _ if at.item().has(&finding.at) || finding.at.has(at) => true,
                Some(name) => named(name),
                None => finding.at.component().is_some(),
            });
            if !follows {
                self.push(finding.at, finding.part, finding.message);
            }
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.borrow().iter().map(ToString::to_string).collect();
        f.write_str(&all.join("\n"))
    }
}

/// All of them, if each is there. Each is tried, so that all that is wrong is said.
pub(crate) fn all<T>(each: impl IntoIterator<Item = Option<T>>) -> Option<Vec<T>> {
    let tried: Vec<Option<T>> = each.into_iter().collect();
    tried.into_iter().collect()
}

/// Asks whether one of the right words was meant; if none is like it, says which
/// are right.
pub(crate) fn or_nearest<'w>(
    word: &str,
    right: impl Iterator<Item = &'w str>,
    all: impl FnOnce() -> String,
) -> String {
    match nearest(word, right) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => all(),
    }
}

/// The word that was meant, if one is like it.
pub(crate) fn nearest<'w>(word: &str, right: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let distance = |other: &str| strsim::damerau_levenshtein(word, other);
    let nearest = right.min_by_key(|other| distance(other));
    nearest.filter(|other| distance(other) * 3 <= word.len().max(other.len()))
}

#[cfg(test)]
mod tests;

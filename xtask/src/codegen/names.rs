//! From names on the wire to names in Rust.
//!
//! The service runs words together and Rust does not; the type of a value
//! shows where its words end.

use std::fmt;

#[cfg(test)]
mod tests;

/// Words that are not names (the reference, "Keywords", edition 2024).
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that cannot be written as `r#…`.
const NEVER_RAW: [&str; 3] = ["crate", "self", "super"];

/// Names that a module's file cannot have: one that its folder has, and those of devices,
/// which Windows keeps for itself.
const NO_FILES: [&str; 5] = ["aux", "con", "mod", "nul", "prn"];

/// Methods of `std::ops`, with which a setter of that name is confused.
const OPERATORS: [&str; 10] = [
    "add", "bitand", "bitor", "bitxor", "div", "mul", "rem", "shl", "shr", "sub",
];

/// A name of a value, a function or a module: `network_id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Snake(String);

impl Snake {
    /// The words of a camelCase or snake_case name. A letter of another alphabet
    /// would be lost.
    pub(crate) fn new(name: &str) -> Option<Self> {
        if name.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) {
            return None;
        }
        let words = words(name);
        let starts = words
            .first()
            .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
        let mut name = words.join("_");
        if NEVER_RAW.contains(&name.as_str()) {
            name.push('_');
        }
        starts.then_some(Self(name))
    }

    /// The name of a parameter or a property, whose type may show its words.
    pub(crate) fn of_value(wire: &str, type_name: Option<&str>) -> Option<Self> {
        split_by_type(wire, type_name).map_or_else(|| Self::new(wire), |name| Self::new(&name))
    }

    /// The name of a module: one word per word of the tag.
    pub(crate) fn of_module(tag: &str) -> Option<Self> {
        Self::new(&tag.to_lowercase().replace([' ', '-'], "_")).map(|name| name.as_module())
    }

    /// The name of a module that is called so, which is that of its file.
    pub(crate) fn as_module(&self) -> Self {
        let name = self.0.as_str();
        let device = name.strip_prefix("com").or(name.strip_prefix("lpt"));
        let is_device = device.is_some_and(|rest| rest.len() == 1 && rest != "0");
        match NO_FILES.contains(&name) || is_device {
            true => self.otherwise(),
            false => self.clone(),
        }
    }

    /// Another name, which says the same.
    pub(crate) fn otherwise(&self) -> Self {
        Self(format!("{}_", self.0))
    }

    /// Whether a setter of this name looks like an operator.
    pub(crate) fn is_operator(&self) -> bool {
        OPERATORS.contains(&self.as_str())
    }

    /// Whether a method of this name looks like one that makes a value, or takes its
    /// own apart (Rust API guidelines, C-CONV and C-CTOR).
    pub(crate) fn is_conversion(&self) -> bool {
        let converts = |word| self.0.starts_with(word);
        self.0 == "new" || converts("from_") || converts("into_")
    }

    /// The name as it is spelt in text, not in code.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// As an identifier in code.
impl fmt::Display for Snake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.as_str();
        if KEYWORDS.contains(&name) {
            write!(f, "r#{name}")
        } else {
            f.write_str(name)
        }
    }
}

/// A name of a type: `CreateTalkspace`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Camel(String);

impl Camel {
    /// A name that is in camelCase or UpperCamelCase already.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let mut letters = name.chars();
        let first = letters.next().filter(char::is_ascii_alphabetic)?;
        let rest = letters.as_str();
        let is_name = rest.chars().all(|c| c.is_ascii_alphanumeric());
        let name = format!("{}{rest}", first.to_ascii_uppercase());
        (is_name && name != "Self").then_some(Self(name))
    }

    /// The words of a name that begins and ends with whatever letter.
    pub(crate) fn of_words(name: &str) -> Option<Self> {
        let words = words(name).into_iter().map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        });
        Self::new(&words.collect::<String>())
    }

    /// The name with `suffix` after it.
    pub(crate) fn with(&self, suffix: &str) -> Self {
        Self(format!("{}{suffix}", self.0))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// `CREATE_TALKSPACE`.
    pub(crate) fn shouted(&self) -> String {
        words(&self.0).join("_").to_uppercase()
    }
}

impl fmt::Display for Camel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `toconferenceid`, being a `ConferenceId`, is `to_conference_id`; `greetingid`,
/// being a `MediaId`, is `greeting_id`.
fn split_by_type(wire: &str, type_name: Option<&str>) -> Option<String> {
    let type_name = type_name?;
    if wire.chars().any(|c| !c.is_ascii_lowercase()) {
        return None;
    }
    let whole = (type_name.to_ascii_lowercase(), words(type_name).join("_"));
    let id = type_name.ends_with("Id");
    let id = id.then(|| ("id".to_owned(), "id".to_owned()));
    std::iter::once(whole).chain(id).find_map(|(end, spelt)| {
        let (stem, plural) = match wire.strip_suffix(&end) {
            Some(stem) => (stem, ""),
            None => (wire.strip_suffix('s')?.strip_suffix(&end)?, "s"),
        };
        let space = if stem.is_empty() { "" } else { "_" };
        Some(format!("{stem}{space}{spelt}{plural}"))
    })
}

/// The words of a name, in lower case: at each capital that begins one, and at
/// each character that cannot be in a name.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_small = letters.peek().is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (!before.is_ascii_uppercase() || is_small) {
            spaced.push(' ');
        }
        spaced.push(match letter.is_ascii_alphanumeric() {
            true => letter.to_ascii_lowercase(),
            false => ' ',
        });
        before = letter;
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

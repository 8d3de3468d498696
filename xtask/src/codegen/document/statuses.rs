//! Which statuses a response is for.

use std::fmt;

use crate::codegen::load::{Node, Read};

/// A status, or failures that have no response of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statuses {
    One(u16),
    /// All of a class: 4 stands for `4XX`.
    Class(u16),
    /// `default`.
    Others,
}

impl Statuses {
    /// Reads the key of a response.
    pub(super) fn read(node: &Node<'_>, key: &str) -> Option<Self> {
        match key {
            "default" => Some(Self::Others),
            "4XX" => Some(Self::Class(4)),
            "5XX" => Some(Self::Class(5)),
            "1XX" | "2XX" | "3XX" => {
                let right = "write the statuses one by one, as a server sends one of them";
                node.wrong(format!("not supported: `{key}`; {right}"))
            }
            _ => status(node, key).map(Self::One),
        }
    }

    pub(crate) const fn one(self) -> Option<u16> {
        match self {
            Self::One(code) => Some(code),
            Self::Class(_) | Self::Others => None,
        }
    }

    /// Whether a status is among them, if it is not said otherwise.
    pub(crate) const fn cover(self, code: u16) -> bool {
        match self {
            Self::One(one) => one == code,
            Self::Class(class) => code / 100 == class,
            Self::Others => true,
        }
    }

    pub(crate) const fn is_success(self) -> bool {
        matches!(self, Self::One(200..=299))
    }
}

impl PartialEq<u16> for Statuses {
    fn eq(&self, code: &u16) -> bool {
        self.one() == Some(*code)
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Others => f.write_str("default"),
        }
    }
}

/// A single status, as text.
impl Read for u16 {
    fn read(node: &Node<'_>) -> Option<Self> {
        status(node, &String::read(node)?)
    }
}

/// The status that stands at a node.
pub(super) fn status(node: &Node<'_>, text: &str) -> Option<u16> {
    // Another spelling of a number would be another key of the same status.
    let status = text
        .parse()
        .ok()
        .filter(|code: &u16| code.to_string() == text);
    let status = status.filter(|code| (200..=599).contains(code));
    status.or_else(|| node.wrong(format!("`{text}` is no status; write one such as '404'")))
}

//! Our own keywords on operations, where they have parts.

use super::statuses::status;
use crate::codegen::finding::Pointer;
use crate::codegen::load::{Entry, Map, Node, Read};
use crate::codegen::model::{Method, Path};

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
    pub(crate) path: Path,
    /// Whether the fields of the form are in the query.
    pub(crate) in_query: bool,
    /// The one `action` with which it is taken here.
    pub(crate) action: Option<String>,
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

/// An entry of a map: its key and its text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pair {
    pub(crate) at: Pointer,
    pub(crate) key: String,
    pub(crate) text: String,
}

impl Entry for Pair {
    fn read(key: &str, node: &Node<'_>) -> Option<Self> {
        Some(Self {
            at: node.at().clone(),
            key: key.to_owned(),
            text: Read::read(node)?,
        })
    }
}

/// The only entry of a map.
impl Read for Pair {
    fn read(node: &Node<'_>) -> Option<Self> {
        let Map(mut all) = Map::read(node)?;
        match all.len() {
            1 => all.pop(),
            count => node.wrong(format!("{count} entries; write one")),
        }
    }
}

impl Read for Look {
    fn read(node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let way = match object.get("none") {
            Some(why) => Way::None(why),
            None => Way::By {
                operation: object.require("operation"),
                with: object.or_default::<Map<_>>("with").0,
                new: object.get("new"),
                shows: object.require("shows"),
            },
        };
        let at = node.at().clone();
        object.finish(Self { at, way })
    }
}

impl Entry for Outcome {
    fn read(key: &str, node: &Node<'_>) -> Option<Self> {
        Some(Self {
            at: node.at().clone(),
            status: status(node, key)?,
            word: Read::read(node)?,
        })
    }
}

impl Read for Alias {
    fn read(node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let alias = Self {
            at: node.at().clone(),
            method: object.require("method"),
            path: Path::new(object.require("path")),
            in_query: object.get_by("in", in_query).is_some(),
            action: object.get("action"),
        };
        object.finish(alias)
    }
}

fn in_query(node: &Node<'_>) -> Option<()> {
    match String::read(node)?.as_str() {
        "query" => Some(()),
        _ => node.wrong("write `query`, or leave it out"),
    }
}

impl Read for Method {
    fn read(node: &Node<'_>) -> Option<Self> {
        let text = String::read(node)?;
        let wrong = || node.wrong(format!("`{text}` is no method; write one such as `get`"));
        Self::of(&text).or_else(wrong)
    }
}

//! What a schema says of its values besides their shape: people read it.

use super::schema::Shape;
use crate::codegen::load::{Node, Object, Scalar};

/// Bounds, spelling, and what counts where nothing is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// The least and the greatest number.
    pub(crate) range: (Option<i64>, Option<i64>),
    /// The least and the greatest number of characters.
    pub(crate) length: (Option<i64>, Option<i64>),
    pattern: Option<String>,
    pub(crate) format: Option<String>,
    pub(crate) default: Option<Scalar>,
    /// Whether it may go.
    pub(crate) deprecated: bool,
}

impl Facts {
    pub(super) fn read(object: &mut Object<'_>) -> Self {
        Self {
            range: (object.get("minimum"), object.get("maximum")),
            length: (object.get("minLength"), object.get("maxLength")),
            pattern: object.get("pattern"),
            format: object.get("format"),
            default: object.get("default"),
            deprecated: object.or_default("deprecated"),
        }
    }

    /// The least and the greatest number, or number of characters.
    pub(crate) const fn bounds(&self) -> (Option<i64>, Option<i64>) {
        match self.range {
            (None, None) => self.length,
            range => range,
        }
    }

    pub(super) fn deprecated(deprecated: bool) -> Self {
        Self {
            deprecated,
            ..Self::default()
        }
    }

    /// Each stands on values that can have it.
    pub(super) fn check(&self, node: &Node<'_>, shape: &Shape) {
        let is_text = matches!(shape, Shape::Text { .. } | Shape::TextOrInteger);
        let is_integer = matches!(shape, Shape::Integer);
        let has_range = self.range != (None, None);
        let is_spelt = self.length != (None, None) || self.pattern.is_some();
        for (is_wrong, message) in [
            (
                has_range && !is_integer,
                "a minimum and a maximum are of an integer",
            ),
            (is_spelt && !is_text, "a length and a pattern are of text"),
            (
                self.format.is_some() && !is_text && !is_integer,
                "a format is of text or of an integer",
            ),
            (
                [self.length.0, self.length.1]
                    .into_iter()
                    .flatten()
                    .any(|it| it < 0),
                "no text is that short",
            ),
            (
                matches!(self.range, (Some(least), Some(most)) if least > most)
                    || matches!(self.length, (Some(least), Some(most)) if least > most),
                "nothing lies between these bounds",
            ),
        ] {
            if is_wrong {
                node.add(node.at(), message);
            }
        }
    }

    /// What people read of it, after the description.
    pub(crate) fn sentences(&self) -> String {
        let mut sentences = String::new();
        let mut say = |sentence: String| {
            sentences.push(' ');
            sentences.push_str(&sentence);
        };
        match self.range {
            (Some(least), Some(most)) => say(format!("From {least} to {most}.")),
            (Some(least), None) => say(format!("At least {least}.")),
            (None, Some(most)) => say(format!("At most {most}.")),
            (None, None) => {}
        }
        match self.length {
            (Some(least), Some(most)) => say(format!("From {least} to {most} characters.")),
            (Some(least), None) => say(format!("At least {least} characters.")),
            (None, Some(most)) => say(format!("At most {most} characters.")),
            (None, None) => {}
        }
        if let Some(pattern) = &self.pattern {
            say(format!("It matches `{pattern}`."));
        }
        if let Some(format) = self.format.as_deref().filter(|it| !is_size(it)) {
            say(format!("In the format `{format}`."));
        }
        match &self.default {
            Some(Scalar::Text(text)) => say(format!("Left out, it is `{text}`.")),
            Some(Scalar::Integer(number)) => say(format!("Left out, it is {number}.")),
            Some(Scalar::Bool(value)) => say(format!("Left out, it is {value}.")),
            None => {}
        }
        sentences.push_str(deprecation(self.deprecated));
        sentences
    }
}

/// What people read of what may go, as a paragraph of its own.
pub(crate) const fn deprecation(deprecated: bool) -> &'static str {
    match deprecated {
        true => "\n\n**Deprecated**: a later version may do without it.",
        false => "",
    }
}

/// The formats of integers, which say how large they are and nothing else.
pub(super) fn is_size(format: &str) -> bool {
    matches!(format, "int32" | "int64")
}

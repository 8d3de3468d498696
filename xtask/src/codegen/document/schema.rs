//! Schemas: what values look like.

use super::operation::Pair;
use super::response::MP3;
use crate::codegen::finding::Pointer;
use crate::codegen::load::{Node, Object, Read, Scalar, Value, object};

object! {
    /// A schema, and what it says besides the shape.
    #[derive(Default)]
    pub(crate) struct Schema {
        at: Pointer = at(),
        description: String = optional("description"),
        shape: Shape = with(shape_or_default),
        /// Whether the value may be `null`, which means the same as none.
        nullable: bool = with(nullable),
        facts: Facts = with(Facts::part_of),
        examples: Vec<(Pointer, Scalar)> = with(examples),
        /// The Rust type that this stands for.
        rust_type: Option<String> = optional("x-talkspace-type"),
        /// The name in Rust.
        rust_name: Option<String> = optional("x-talkspace-name"),
        /// Which default of the client stands in.
        default: Option<String> = optional("x-talkspace-default"),
        /// Nothing shows the value.
        secret: bool = optional("x-talkspace-secret"),
        /// The value may be empty in a success.
        empty: bool = optional("x-talkspace-empty"),
        /// Other spellings of the name.
        also: Vec<String> = optional("x-talkspace-also"),
        /// What each choice means.
        meanings: Vec<Pair> = map("x-talkspace-meanings"),
    }
}

/// What a value looks like.
#[derive(Clone, Debug, Default)]
pub(crate) enum Shape {
    Ref(Reference),
    /// Text; only one text, or one of several, where the spec says so.
    Text {
        constant: Option<String>,
        choices: Vec<String>,
    },
    /// Text that may come as a number.
    TextOrInteger,
    /// A sound.
    Bytes,
    Integer,
    #[default]
    Boolean,
    Array(Box<Schema>),
    Object {
        required: Vec<String>,
        properties: Vec<(String, Schema)>,
    },
    OneOf {
        branches: Vec<Schema>,
        discriminator: Option<Discriminator>,
    },
}

object! {
    /// What a schema says of its values besides their shape, and people read: bounds,
    /// spelling, and what counts where nothing is sent. The shape says which it may have.
    #[derive(Default)]
    pub(crate) struct Facts {
        /// The least and the greatest number.
        range: Bounds = bounds("minimum", "maximum"),
        /// The least and the greatest number of characters.
        length: Bounds = with(length),
        pattern: Option<String> = known("pattern"),
        format: Option<String> = known("format"),
        default: Option<Scalar> = optional("default"),
        /// Whether it may go.
        deprecated: bool = optional("deprecated"),
    }
}

object! {
    /// Which branch it is, by the value of a property.
    pub(crate) struct Discriminator {
        at: Pointer = at(),
        property: String = required("propertyName"),
        mapping: Vec<(String, Reference)> = required_map("mapping"),
    }
}

/// A `$ref` to a component.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reference {
    pub(crate) at: Pointer,
    pub(crate) name: String,
}

impl Reference {
    /// Reads a reference into `#/components/<kind>/`.
    pub(crate) fn into(kind: &str, node: &Node<'_>) -> Option<Self> {
        if *node.value == Value::Null {
            return node.wrong("put it in quotes: what begins with `#` is a comment");
        }
        let text = String::read(node)?;
        let prefix = format!("#/components/{kind}/");
        match text.strip_prefix(&prefix) {
            Some(name) if !name.is_empty() && !name.contains('/') => Some(Self {
                at: node.at.clone(),
                name: name.to_owned(),
            }),
            _ => node.wrong(format!("`{text}` leads elsewhere; write `{prefix}…`")),
        }
    }
}

/// To a schema, as in most places.
impl Read for Reference {
    fn read(node: &Node<'_>) -> Option<Self> {
        Self::into("schemas", node)
    }
}

pub(crate) type Bounds = (Option<i64>, Option<i64>);

fn length(object: &mut Object<'_>) -> Bounds {
    let length = object.bounds("minLength", "maxLength");
    if [length.0, length.1].into_iter().flatten().any(|it| it < 0) {
        object.node.wrong::<()>("no text is that short");
    }
    length
}

impl Facts {
    /// The least and the greatest number, or number of characters.
    pub(crate) const fn bounds(&self) -> Bounds {
        match self.range {
            (None, None) => self.length,
            range => range,
        }
    }

    /// What people read of it, after the description.
    pub(crate) fn sentences(&self) -> String {
        let bounds = |bounds: Bounds, unit: &str| match bounds {
            (Some(least), Some(most)) => Some(format!("From {least} to {most}{unit}.")),
            (Some(least), None) => Some(format!("At least {least}{unit}.")),
            (None, Some(most)) => Some(format!("At most {most}{unit}.")),
            (None, None) => None,
        };
        let pattern = self.pattern.as_ref();
        let format = self.format.as_deref().filter(|it| !SIZES.contains(it));
        let sentences = [
            bounds(self.range, ""),
            bounds(self.length, " characters"),
            pattern.map(|pattern| format!("It matches `{pattern}`.")),
            format.map(|format| format!("In the format `{format}`.")),
            self.default.as_ref().map(|default| match default {
                Scalar::Text(text) => format!("Left out, it is `{text}`."),
                Scalar::Integer(number) => format!("Left out, it is {number}."),
                Scalar::Bool(value) => format!("Left out, it is {value}."),
            }),
        ];
        let sentences = sentences.iter().flatten();
        let sentences: String = sentences.map(|sentence| format!(" {sentence}")).collect();
        sentences + deprecation(self.deprecated)
    }
}

const OF_INTEGER: [&str; 3] = ["minimum", "maximum", "format"];
const OF_TEXT: [&str; 4] = ["minLength", "maxLength", "pattern", "format"];

/// The formats of integers, which say how large they are and nothing else.
const SIZES: [&str; 2] = ["int32", "int64"];

impl Schema {
    pub(crate) const fn is_object(&self) -> bool {
        matches!(self.shape, Shape::Object { .. })
    }

    /// The properties, if it is an object.
    pub(crate) fn properties(&self) -> &[(String, Self)] {
        match &self.shape {
            Shape::Object { properties, .. } => properties,
            _ => &[],
        }
    }

    pub(crate) fn property(&self, name: &str) -> Option<&Self> {
        super::find(self.properties(), name)
    }

    pub(crate) fn requires(&self, property: &str) -> bool {
        match &self.shape {
            Shape::Object { required, .. } => required.iter().any(|name| name == property),
            _ => false,
        }
    }

    /// The name that it refers to, if it does.
    pub(crate) fn refers_to(&self) -> Option<&str> {
        match &self.shape {
            Shape::Ref(reference) => Some(&reference.name),
            _ => None,
        }
    }

    /// What it may be, if it is a `oneOf`.
    pub(crate) fn branches(&self) -> &[Self] {
        match &self.shape {
            Shape::OneOf { branches, .. } => branches,
            _ => &[],
        }
    }

    /// Which of these it is, and what says so.
    pub(crate) const fn discriminator(&self) -> Option<&Discriminator> {
        match &self.shape {
            Shape::OneOf { discriminator, .. } => discriminator.as_ref(),
            _ => None,
        }
    }

    /// The words that a text may be, where the spec lists them.
    pub(crate) fn choices(&self) -> &[String] {
        match &self.shape {
            Shape::Text { choices, .. } => choices,
            _ => &[],
        }
    }

    /// Whether it is text, of whichever words.
    pub(crate) const fn is_text(&self) -> bool {
        self.shape.is_text()
    }

    /// Whether it is text of any words, with a type of its own where it has a name.
    pub(crate) fn is_own_text(&self) -> bool {
        self.is_text() && self.rust_type.is_none() && self.choices().is_empty()
    }

    /// The word that counts where none is chosen.
    pub(crate) fn preset(&self) -> Option<&str> {
        match &self.facts.default {
            Some(Scalar::Text(text)) if !self.choices().is_empty() => Some(text),
            _ => None,
        }
    }
}

impl Shape {
    const fn is_text(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::TextOrInteger)
    }

    /// Whether a value without parts is of this shape.
    pub(crate) fn fits(&self, scalar: &Scalar) -> bool {
        match self {
            Self::Text { .. } | Self::Bytes => matches!(scalar, Scalar::Text(_)),
            Self::TextOrInteger => matches!(scalar, Scalar::Text(_) | Scalar::Integer(_)),
            Self::Integer => matches!(scalar, Scalar::Integer(_)),
            Self::Boolean => matches!(scalar, Scalar::Bool(_)),
            Self::Ref(_) | Self::Array(_) | Self::Object { .. } | Self::OneOf { .. } => true,
        }
    }
}

fn shape_or_default(object: &mut Object<'_>) -> Shape {
    shape(object).unwrap_or_else(|| {
        // What is wrong is said; which of these it could have is not known.
        object.skip(&OF_TEXT);
        object.skip(&OF_INTEGER);
        Shape::default()
    })
}

/// The shape, if it is one; what else the values may have is known from then on.
fn shape(object: &mut Object<'_>) -> Option<Shape> {
    if let Some(node) = object.node("$ref") {
        for key in ["type", "oneOf", "enum", "const", "items", "properties"] {
            if let Some(beside) = object.node(key) {
                beside.wrong::<()>(format!("`{key}` beside a `$ref`; keep one of the two"));
            }
        }
        return Reference::read(&node).map(Shape::Ref);
    }
    if let Some(node) = object.node("oneOf") {
        let all = node.list()?;
        let branches: Vec<_> = all.iter().filter(|node| !is_null(node.value)).collect();
        // Something or `null` is that, and may be `null`.
        if let (true, [one]) = (branches.len() < all.len(), branches.as_slice()) {
            if !matches!(one.value, Value::Map(map) if map.len() == 1 && one.has("$ref")) {
                let right = "beside `null` stands a `$ref` alone; write `type: [string, 'null']`";
                one.wrong::<()>(format!("not supported: {right}"));
            }
            return Schema::read(one).map(|one| one.shape);
        }
        return Some(Shape::OneOf {
            branches: branches.into_iter().filter_map(Schema::read).collect(),
            discriminator: object.optional("discriminator"),
        });
    }
    let node = object.required_node("type")?;
    let types: Vec<String> = match node.value {
        Value::List(_) => Read::read(&node)?,
        _ => vec![Read::read(&node)?],
    };
    let types = types.iter().map(String::as_str);
    let types: Vec<&str> = types.filter(|name| *name != "null").collect();
    match types.as_slice() {
        ["string", "integer"] => {
            object.skip(&OF_TEXT);
            Some(Shape::TextOrInteger)
        }
        ["string"] => match object.node("contentMediaType") {
            Some(node) => node.one_of(&[(MP3, ())]).map(|()| Shape::Bytes),
            None => Some(text(object)),
        },
        ["integer"] => {
            object.skip(&OF_INTEGER);
            if let Some(format) = object.node("format") {
                format.one_of(&SIZES.map(|size| (size, ())));
            }
            Some(Shape::Integer)
        }
        ["boolean"] => Some(Shape::Boolean),
        ["array"] => Some(Shape::Array(object.required::<Schema>("items").into())),
        ["object"] => properties(object),
        other => {
            let right = match other {
                ["number"] => "write `string` with `format: decimal`, which keeps every digit",
                [_] => "write string, integer, boolean, array or object",
                _ => "a list of types is one type and `'null'`, or `[string, integer]`",
            };
            node.wrong(format!("not supported: `{}`; {right}", other.join("`, `")))
        }
    }
}

/// Whether it is `type: 'null'` and nothing else.
fn is_null(schema: &Value) -> bool {
    let Value::Map(map) = schema else {
        return false;
    };
    matches!(map.as_slice(), [(key, Value::Text(text))] if key == "type" && text == "null")
}

fn nullable(object: &mut Object<'_>) -> bool {
    let mut entries = object.entries.iter();
    entries.any(|node| match (node.key, node.value) {
        ("type", Value::List(all)) => all.contains(&Value::Text("null".to_owned())),
        ("oneOf", Value::List(all)) => all.iter().any(is_null),
        _ => false,
    })
}

/// Those of values with parts are for people alone.
fn examples(object: &mut Object<'_>) -> Vec<(Pointer, Scalar)> {
    let parts = ["items", "properties", "oneOf"];
    if parts.iter().any(|key| object.node.has(key)) {
        object.skip(&["examples"]);
        return Vec::new();
    }
    object.optional("examples")
}

fn text(object: &mut Object<'_>) -> Shape {
    object.skip(&OF_TEXT);
    let constant: Option<String> = object.optional("const");
    let words = object.node("enum");
    let choices = words.as_ref().and_then(Read::read);
    if let (Some(words), Some(choices)) = (words, &choices) {
        if constant.is_some() {
            words.wrong::<()>("a `const` is the one value; leave out the `enum`");
        } else if Vec::is_empty(choices) {
            words.wrong::<()>("an enum has a word at least");
        }
    }
    Shape::Text {
        constant,
        choices: choices.unwrap_or_default(),
    }
}

fn properties(object: &mut Object<'_>) -> Option<Shape> {
    let required: Vec<(Pointer, String)> = object.optional("required");
    let node = object.required_node("properties")?;
    for (index, (at, name)) in required.iter().enumerate() {
        if required.iter().take(index).any(|(_, other)| other == name) {
            node.add(at, format!("`{name}` is here twice"));
        } else if !node.has(name) {
            let message = format!("`{name}` is required and is not among the properties");
            node.add(at, message);
        }
    }
    if node.entries()?.is_empty() {
        return node.wrong("an object has a property at least");
    }
    Some(Shape::Object {
        required: required.into_iter().map(|(_, name)| name).collect(),
        properties: object.map("properties"),
    })
}

/// What people read of what may go, as a paragraph of its own.
pub(crate) const fn deprecation(deprecated: bool) -> &'static str {
    match deprecated {
        true => "\n\n**Deprecated**: a later version may do without it.",
        false => "",
    }
}

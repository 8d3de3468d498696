//! Schemas: what values look like.

use super::facts::{Facts, is_size};
use super::keywords::Pair;
use super::operation::MP3;
use crate::codegen::finding::Pointer;
use crate::codegen::load::{Map, Node, Object, Read, Scalar};

/// A schema, and what it says besides the shape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    pub(crate) at: Pointer,
    pub(crate) description: String,
    pub(crate) shape: Shape,
    /// `x-talkspace-type`: the Rust type that this stands for.
    pub(crate) rust_type: Option<String>,
    /// `x-talkspace-name`: the name in Rust.
    pub(crate) rust_name: Option<String>,
    /// `x-talkspace-default`: which default of the client stands in.
    pub(crate) default: Option<String>,
    pub(crate) facts: Facts,
    /// Whether the value may be `null`, which means the same as none.
    pub(crate) nullable: bool,
    /// `x-talkspace-secret`: nothing shows the value.
    pub(crate) secret: bool,
    /// `x-talkspace-empty`: the value may be empty in a success.
    pub(crate) empty: bool,
    /// `x-talkspace-also`: other spellings of the name.
    pub(crate) also: Vec<String>,
    /// `x-talkspace-meanings`: what each choice means.
    pub(crate) meanings: Vec<Pair>,
    pub(crate) examples: Vec<(Pointer, Scalar)>,
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

/// Which branch it is, by the value of a property.
#[derive(Clone, Debug)]
pub(crate) struct Discriminator {
    pub(crate) at: Pointer,
    pub(crate) property: String,
    pub(crate) mapping: Vec<(String, Reference)>,
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
        if node.is_nothing() {
            return node.wrong("put it in quotes: what begins with `#` is a comment");
        }
        let text = String::read(node)?;
        let prefix = format!("#/components/{kind}/");
        match text.strip_prefix(&prefix) {
            Some(name) if !name.is_empty() && !name.contains('/') => Some(Self {
                at: node.at().clone(),
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

impl Read for Schema {
    fn read(node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let mut schema = Self {
            at: node.at().clone(),
            description: object.or_default("description"),
            rust_type: object.get("x-talkspace-type"),
            rust_name: object.get("x-talkspace-name"),
            default: object.get("x-talkspace-default"),
            secret: object.or_default("x-talkspace-secret"),
            empty: object.or_default("x-talkspace-empty"),
            also: object.or_default("x-talkspace-also"),
            meanings: object.or_default::<Map<_>>("x-talkspace-meanings").0,
            ..Self::default()
        };
        let shape = shape(&mut object, &mut schema.nullable);
        schema.facts = Facts::read(&mut object);
        if let Some(shape) = &shape {
            if let Shape::Text {
                constant: Some(_),
                choices,
            } = shape
                && !choices.is_empty()
            {
                let message = "a `const` is the one value; leave out the `enum`";
                node.add(&node.at().child("enum"), message);
            }
            schema.facts.check(node, shape);
            schema.examples = examples(&mut object, shape);
        }
        schema = object.finish(schema)?;
        Some(Self {
            shape: shape?,
            ..schema
        })
    }
}

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

    /// The words that a text may be, where the spec lists them.
    pub(crate) fn choices(&self) -> &[String] {
        match &self.shape {
            Shape::Text { choices, .. } => choices,
            _ => &[],
        }
    }

    /// Whether it is text, of whichever words.
    pub(crate) const fn is_text(&self) -> bool {
        matches!(self.shape, Shape::Text { .. } | Shape::TextOrInteger)
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

fn shape(object: &mut Object<'_>, nullable: &mut bool) -> Option<Shape> {
    if let Some(node) = object.node("$ref") {
        for key in ["type", "oneOf", "enum", "const", "items", "properties"] {
            if let Some(beside) = object.node(key) {
                beside.wrong::<()>(format!("`{key}` beside a `$ref`; keep one of the two"));
            }
        }
        return Reference::read(&node).map(Shape::Ref);
    }
    if let Some(node) = object.node("oneOf") {
        let (nulls, branches): (Vec<_>, Vec<_>) = node.list()?.into_iter().partition(Node::is_null);
        *nullable = !nulls.is_empty();
        if let (true, [one]) = (*nullable, branches.as_slice())
            && !one.has_only("$ref")
        {
            let right = "beside `null` stands a `$ref` alone; write `type: [string, 'null']`";
            unsupported::<()>(one, right);
        }
        let mut branches: Vec<Option<Schema>> = branches.iter().map(Schema::read).collect();
        // Something or `null` is that, and may be `null`.
        if let (true, [one]) = (*nullable, branches.as_mut_slice()) {
            return one.take().map(|one| one.shape);
        }
        return Some(Shape::OneOf {
            discriminator: object.get("discriminator"),
            branches: branches.into_iter().collect::<Option<_>>()?,
        });
    }
    let (node, mut types) = object.require_by("type", |node| {
        let types = match node.is_list() {
            true => Read::read(node)?,
            false => vec![String::read(node)?],
        };
        Some((node.clone(), types))
    })?;
    let all = types.len();
    types.retain(|name| name != "null");
    *nullable = types.len() < all;
    let name = match types.as_slice() {
        [first, second] if first == "string" && second == "integer" => {
            return Some(Shape::TextOrInteger);
        }
        [one] => one.as_str(),
        _ => {
            let right = "a list of types is one type and `'null'`, or `[string, integer]`";
            return unsupported(&node, right);
        }
    };
    match name {
        "string" => Some(match object.get_by("contentMediaType", sound) {
            Some(()) => Shape::Bytes,
            None => Shape::Text {
                constant: object.get("const"),
                choices: object.get_by("enum", words).unwrap_or_default(),
            },
        }),
        "integer" => {
            object.get_by("format", |node| match is_size(&String::read(node)?) {
                true => Some(()),
                false => unsupported(node, "an integer is `int32` or `int64`"),
            });
            Some(Shape::Integer)
        }
        "boolean" => Some(Shape::Boolean),
        "array" => object
            .require_by("items", Schema::read)
            .map(|items| Shape::Array(items.into())),
        "object" => properties(object),
        "number" => {
            let right = "write `string` with `format: decimal`, which keeps every digit";
            unsupported(&node, &format!("`number`; {right}"))
        }
        other => {
            let right = "write string, integer, boolean, array or object";
            unsupported(&node, &format!("`{other}`; {right}"))
        }
    }
}

fn sound(node: &Node<'_>) -> Option<()> {
    match String::read(node)?.as_str() {
        MP3 => Some(()),
        other => unsupported(node, &format!("`{other}`; a file is `{MP3}`")),
    }
}

/// The words of an enum.
fn words(node: &Node<'_>) -> Option<Vec<String>> {
    let words: Vec<String> = Read::read(node)?;
    match words.is_empty() {
        true => node.wrong("an enum has a word at least"),
        false => Some(words),
    }
}

fn properties(object: &mut Object<'_>) -> Option<Shape> {
    let required: Vec<(Pointer, String)> = object.or_default("required");
    for (index, (at, name)) in required.iter().enumerate() {
        if required.iter().take(index).any(|(_, other)| other == name) {
            object.add(at, format!("`{name}` is here twice"));
        }
    }
    let Map(properties) = object.require_by("properties", |node| {
        for (at, name) in required.iter().filter(|(_, name)| !node.has(name)) {
            let message = format!("`{name}` is required and is not among the properties");
            node.add(at, message);
        }
        let properties: Map<_> = Read::read(node)?;
        match properties.0.is_empty() {
            true => node.wrong("an object has a property at least"),
            false => Some(properties),
        }
    })?;
    Some(Shape::Object {
        required: required.into_iter().map(|(_, name)| name).collect(),
        properties,
    })
}

impl Read for Discriminator {
    fn read(node: &Node<'_>) -> Option<Self> {
        let mut object = node.object()?;
        let discriminator = Self {
            at: node.at().clone(),
            property: object.require("propertyName"),
            mapping: object.require::<Map<_>>("mapping").0,
        };
        object.finish(discriminator)
    }
}

/// The examples of a value without parts.
fn examples(object: &mut Object<'_>, shape: &Shape) -> Vec<(Pointer, Scalar)> {
    if matches!(
        shape,
        Shape::Array(_) | Shape::Object { .. } | Shape::OneOf { .. }
    ) {
        object.skip(&["examples"]);
        return Vec::new();
    }
    object.each("examples")
}

fn unsupported<T>(node: &Node<'_>, message: &str) -> Option<T> {
    node.wrong(format!("not supported: {message}"))
}

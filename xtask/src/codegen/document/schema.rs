//! Schemas: what values look like.

use super::facts::{Facts, is_size};
use super::optional;
use crate::codegen::finding::{Findings, Pointer};
use crate::codegen::load::{Node, Object, Scalar};

/// A schema, and what it says besides the shape.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) at: Pointer,
    pub(crate) description: Option<String>,
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
    pub(crate) meanings: Vec<Meaning>,
    /// The first example.
    pub(crate) example: Option<Scalar>,
}

/// What one of several choices means.
#[derive(Clone, Debug)]
pub(crate) struct Meaning {
    pub(crate) at: Pointer,
    pub(crate) choice: String,
    pub(crate) text: String,
}

/// What a value looks like.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Ref(Reference),
    /// Text; only one text, or one of several, where the spec says so.
    Text {
        constant: Option<String>,
        choices: Vec<String>,
    },
    /// Text that may come as a number.
    TextOrInteger,
    /// Bytes of this media type.
    Bytes {
        media: String,
    },
    Integer,
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
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) at: Pointer,
    pub(crate) name: String,
}

impl Reference {
    /// Reads a reference into `#/components/<kind>/`.
    pub(crate) fn read(node: &Node<'_>, kind: &str, findings: &mut Findings) -> Option<Self> {
        let text = node.text(findings)?;
        let prefix = format!("#/components/{kind}/");
        match text.strip_prefix(&prefix) {
            Some(name) if !name.is_empty() && !name.contains('/') => Some(Self {
                at: node.at().clone(),
                name: name.to_owned(),
            }),
            _ => {
                let message = format!("`{text}` leads elsewhere; write `{prefix}…`");
                findings.add(node.at(), message);
                None
            }
        }
    }
}

impl Schema {
    pub(crate) fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut object = node.object(findings)?;
        let description = object.text("description", findings);
        let rust_type = object.text("x-talkspace-type", findings);
        let rust_name = object.text("x-talkspace-name", findings);
        let default = object.text("x-talkspace-default", findings);
        let secret = optional(object.get("x-talkspace-secret"), findings, Node::bool);
        let empty = optional(object.get("x-talkspace-empty"), findings, Node::bool);
        let also = optional(object.get("x-talkspace-also"), findings, Node::texts);
        let meanings = optional(object.get("x-talkspace-meanings"), findings, meanings);
        let mut nullable = false;
        let shape = shape(&mut object, &mut nullable, findings);
        let facts = Facts::read(&mut object, findings);
        if let (Some(facts), Some(shape)) = (&facts, &shape) {
            facts.check(node.at(), shape, findings);
        }
        let example = match &shape {
            Some(shape) => example(&mut object, shape, findings),
            None => None,
        };
        object.finish(findings);
        Some(Self {
            at: node.at().clone(),
            description,
            shape: shape?,
            rust_type,
            rust_name,
            default,
            facts: facts?,
            nullable,
            secret: secret.ok()?.unwrap_or(false),
            empty: empty.ok()?.unwrap_or(false),
            also: also.ok()?.unwrap_or_default(),
            meanings: meanings.ok()?.unwrap_or_default(),
            example,
        })
    }

    /// The word that counts where none is chosen.
    pub(crate) fn preset(&self) -> Option<&str> {
        match (&self.shape, &self.facts.default) {
            (Shape::Text { choices, .. }, Some(Scalar::Text(text))) if !choices.is_empty() => {
                Some(text)
            }
            _ => None,
        }
    }
}

impl Shape {
    /// Whether a value without parts is of this shape.
    pub(super) fn fits(&self, scalar: &Scalar) -> bool {
        match self {
            Self::Text { .. } | Self::Bytes { .. } => matches!(scalar, Scalar::Text(_)),
            Self::TextOrInteger => matches!(scalar, Scalar::Text(_) | Scalar::Integer(_)),
            Self::Integer => matches!(scalar, Scalar::Integer(_)),
            Self::Boolean => matches!(scalar, Scalar::Bool(_)),
            Self::Ref(_) | Self::Array(_) | Self::Object { .. } | Self::OneOf { .. } => true,
        }
    }
}

/// Whether it is `type: 'null'` and nothing else.
fn is_null(node: &Node<'_>) -> bool {
    let mut quiet = Findings::default();
    let entries = node.entries(&mut quiet).unwrap_or_default();
    let is_null = |node: &Node<'_>| node.text(&mut Findings::default()).as_deref() == Some("null");
    matches!(entries.as_slice(), [("type", node)] if is_null(node))
}

fn shape(object: &mut Object<'_>, nullable: &mut bool, findings: &mut Findings) -> Option<Shape> {
    if let Some(node) = object.get("$ref") {
        return Reference::read(&node, "schemas", findings).map(Shape::Ref);
    }
    if let Some(node) = object.get("oneOf") {
        let (nulls, branches): (Vec<_>, Vec<_>) =
            node.list(findings)?.into_iter().partition(is_null);
        *nullable = !nulls.is_empty();
        let branches = branches.iter().map(|node| Schema::read(node, findings));
        let mut branches: Vec<Option<Schema>> = branches.collect();
        // Something or `null` is that, and may be `null`.
        if let (true, [one]) = (*nullable, branches.as_mut_slice()) {
            return one.take().map(|one| one.shape);
        }
        let discriminator = optional(object.get("discriminator"), findings, discriminator);
        return Some(Shape::OneOf {
            branches: branches.into_iter().collect::<Option<_>>()?,
            discriminator: discriminator.ok()?,
        });
    }
    let node = object.require("type", findings)?;
    let mut types = match node.is_list() {
        true => node.texts(findings)?,
        false => vec![node.text(findings)?],
    };
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
            return unsupported(&node, right, findings);
        }
    };
    match name {
        "string" => {
            if let Some(media) = object.text("contentMediaType", findings) {
                return Some(Shape::Bytes { media });
            }
            let constant = object.text("const", findings);
            let choices = optional(object.get("enum"), findings, Node::texts);
            Some(Shape::Text {
                constant,
                choices: choices.ok()?.unwrap_or_default(),
            })
        }
        "integer" => {
            if let Some(node) = object.get("format")
                && !is_size(&node.text(findings)?)
            {
                return unsupported(&node, "an integer is `int32` or `int64`", findings);
            }
            Some(Shape::Integer)
        }
        "boolean" => Some(Shape::Boolean),
        "array" => {
            let items = object.require("items", findings)?;
            Some(Shape::Array(Box::new(Schema::read(&items, findings)?)))
        }
        "object" => properties(object, findings),
        "number" => {
            let right = "write `string` with `format: decimal`, which keeps every digit";
            unsupported(&node, &format!("`number`; {right}"), findings)
        }
        other => {
            let right = "write string, integer, boolean, array or object";
            unsupported(&node, &format!("`{other}`; {right}"), findings)
        }
    }
}

fn meanings(node: &Node<'_>, findings: &mut Findings) -> Option<Vec<Meaning>> {
    let entries = node.entries(findings)?.into_iter();
    entries
        .map(|(choice, node)| {
            Some(Meaning {
                at: node.at().clone(),
                choice: choice.to_owned(),
                text: node.text(findings)?,
            })
        })
        .collect()
}

fn properties(object: &mut Object<'_>, findings: &mut Findings) -> Option<Shape> {
    let required = match object.get("required") {
        Some(node) => {
            let names = node.texts(findings)?;
            names
                .into_iter()
                .zip(node.list(findings)?)
                .collect::<Vec<_>>()
        }
        None => Vec::new(),
    };
    let entries = object.require("properties", findings)?.entries(findings)?;
    for (name, node) in &required {
        if !entries.iter().any(|(property, _)| property == name) {
            let message = format!("`{name}` is required and is not among the properties");
            findings.add(node.at(), message);
        }
    }
    let mut properties = Vec::new();
    for (name, node) in entries {
        properties.push((name.to_owned(), Schema::read(&node, findings)));
    }
    Some(Shape::Object {
        required: required.into_iter().map(|(name, _)| name).collect(),
        properties: properties
            .into_iter()
            .map(|(name, schema)| Some((name, schema?)))
            .collect::<Option<_>>()?,
    })
}

fn discriminator(node: &Node<'_>, findings: &mut Findings) -> Option<Discriminator> {
    let mut object = node.object(findings)?;
    let property = object.require("propertyName", findings);
    let mapping = object.require("mapping", findings);
    object.finish(findings);
    let mut references = Vec::new();
    for (value, node) in mapping?.entries(findings)? {
        references.push((
            value.to_owned(),
            Reference::read(&node, "schemas", findings)?,
        ));
    }
    Some(Discriminator {
        at: node.at().clone(),
        property: property?.text(findings)?,
        mapping: references,
    })
}

/// The first example, after all of them were compared with the shape.
fn example(object: &mut Object<'_>, shape: &Shape, findings: &mut Findings) -> Option<Scalar> {
    let mut examples = Vec::new();
    if let Some(node) = object.get("examples") {
        examples = node.list(findings)?;
    }
    let mut first = None;
    for node in examples {
        if matches!(
            shape,
            Shape::Array(_) | Shape::Object { .. } | Shape::OneOf { .. }
        ) {
            continue;
        }
        let scalar = node.scalar(findings)?;
        if !shape.fits(&scalar) {
            findings.add(node.at(), "the example is not of the schema's type");
        }
        first = first.or(Some(scalar));
    }
    first
}

fn unsupported<T>(node: &Node<'_>, message: &str, findings: &mut Findings) -> Option<T> {
    findings.add(node.at(), format!("not supported: {message}"));
    None
}

//! What a request carries.

use super::types;
use super::{Place, collisions};
use crate::codegen::document::{
    About, Parameter as WireParameter, Place as WirePlace, Schema, Shape, deprecation,
};
use crate::codegen::finding::{Findings, Pointer, all};
use crate::codegen::kinds::{self, FLAG, Slot, Type};
use crate::codegen::model::{Carried, Default, Parameter, Place as Travels, Prose};
use crate::codegen::names::{Camel, Snake};
use crate::codegen::scope;

/// Whether a field of the request, or an option of its command, has another meaning.
fn is_taken(name: &Snake) -> bool {
    let name = name.as_str();
    // The constructor, the key, and the options that only some commands have.
    matches!(name, "new" | "app_key" | "wait") || scope::options().any(|option| option == name)
}

/// A character that would have to be escaped in a query, a form or a part's header
/// field, or that means something there: names are sent as they are.
fn never_in_name(name: &str) -> Option<char> {
    let is_sent = |c: char| c.is_ascii_alphanumeric() || "-._~[]".contains(c);
    name.chars().find(|c| !is_sent(*c))
}

/// A value as the spec has it, wherever it travels.
struct Input<'d> {
    at: &'d Pointer,
    key: &'d str,
    travels: Travels,
    required: bool,
    schema: &'d Schema,
    /// What each of several is like.
    each: Option<&'d Schema>,
    docs: Prose,
    rust_name: Option<&'d str>,
    example: Option<String>,
}

impl<'d> Place<'d> {
    /// The parameters in the order of the wire: those of the path, of the
    /// query and of the form. A whole URL stands for all of them.
    pub(super) fn carries(
        &self,
        about: &About,
        action: Option<&str>,
        findings: &Findings,
    ) -> Option<Vec<Carried>> {
        if let Some((at, name)) = &self.operation.url {
            return self.url(at, name, findings).map(|url| vec![url]);
        }
        let declared = self.document.parameters_of(self.path, self.operation);
        let (in_path, in_query): (Vec<_>, Vec<_>) =
            declared.partition(|own| own.place == WirePlace::Path);
        let names = self.path.path.parameters();
        let in_path = names.filter_map(|name| in_path.iter().find(|own| own.name == name));
        let declared = in_path.chain(&in_query).map(|own| self.declared(own));
        let form = self.operation.form.as_ref();
        let travels = if form.is_some_and(|form| form.is_multipart) {
            Travels::Part
        } else {
            Travels::Form
        };
        let fields = self.form(action).into_iter().flat_map(|form| {
            form.properties().iter().map(move |(key, schema)| Input {
                at: &schema.at,
                key,
                travels,
                required: form.requires(key),
                schema,
                each: self.each(schema),
                docs: types::docs(self.document, schema, ""),
                rust_name: schema.rust_name.as_deref(),
                example: types::example(self.document, schema),
            })
        });
        let inputs = declared.chain(fields);
        let carried = inputs.map(|input| (input.at, self.carried(input, about, findings)));
        let (places, carried): (Vec<&Pointer>, Vec<_>) = carried.unzip();
        let carried = all(carried)?;
        let names = carried.iter().zip(places);
        let names = names.filter_map(|(carried, at)| match carried {
            Carried::Parameter(own) => Some(((own.slot.name.as_str(), own.slot.key.as_str()), at)),
            Carried::AppKey(..) | Carried::Constant(..) => None,
        });
        collisions::inside(names, collisions::RENAME, findings);
        Some(carried)
    }

    /// The form of the operation, or of the one that `action` picks.
    fn form(&self, action: Option<&str>) -> Option<&'d Schema> {
        let schema = &self.operation.form.as_ref()?.schema;
        let (_, schema) = self.document.resolve(schema);
        let Some(action) = action else {
            return Some(schema);
        };
        let Shape::OneOf {
            discriminator: Some(discriminator),
            ..
        } = &schema.shape
        else {
            return None;
        };
        let (_, reference) = discriminator
            .mapping
            .iter()
            .find(|(value, _)| value == action)?;
        self.document.schema(&reference.name)
    }

    /// What is in a list.
    fn each(&self, schema: &'d Schema) -> Option<&'d Schema> {
        match &self.document.resolve(schema).1.shape {
            Shape::Array(each) => Some(each),
            Shape::Ref(_)
            | Shape::Text { .. }
            | Shape::TextOrInteger
            | Shape::Bytes
            | Shape::Integer
            | Shape::Boolean
            | Shape::Object { .. }
            | Shape::OneOf { .. } => None,
        }
    }

    fn declared(&self, parameter: &'d WireParameter) -> Input<'d> {
        let example = parameter.example.as_ref().map(types::spelt);
        Input {
            at: &parameter.at,
            key: &parameter.name,
            travels: match parameter.place {
                WirePlace::Path => Travels::Path,
                WirePlace::Query => Travels::Query,
            },
            required: parameter.required,
            schema: &parameter.schema,
            each: self.each(&parameter.schema),
            docs: types::docs(self.document, &parameter.schema, &parameter.description)
                .and(deprecation(parameter.deprecated)),
            rust_name: parameter.rust_name.as_deref(),
            example: example.or_else(|| types::example(self.document, &parameter.schema)),
        }
    }

    /// The URL that takes the place of the path. Its type has the same name.
    fn url(&self, at: &Pointer, key: &str, findings: &Findings) -> Option<Carried> {
        let found = self.document.url(key);
        let found = found.filter(|(_, schema)| schema.is_text() && schema.rust_type.is_none());
        let named = found.and_then(|(name, schema)| Some((Camel::new(name)?, schema)));
        let Some((id, schema)) = named else {
            findings.add(at, format!("`{key}` is not the name of a text"));
            return None;
        };
        if schema.secret {
            findings.add(at, "not supported: a whole URL that is a secret");
        }
        let slot = Slot {
            key: key.to_owned(),
            name: Snake::of_value(key, Some(id.as_str()))?,
            place: Travels::Url,
            required: true,
            empty: false,
            secret: schema.secret,
            default: None,
            example: types::example(self.document, schema),
            separator: None,
            repeated: false,
            part: String::new(),
            range: (None, None),
        };
        Some(Carried::Parameter(Box::new(Parameter {
            docs: types::docs(self.document, schema, ""),
            kind: kinds::input(&Type::Id(id), &slot)?,
            secret: schema.secret,
            slot,
        })))
    }

    fn carried(&self, input: Input<'d>, about: &About, findings: &Findings) -> Option<Carried> {
        let one = input.each.unwrap_or(input.schema);
        let mut found = types::scalar(self.document, one, findings)?;
        if let Some(character) = never_in_name(input.key) {
            let message = format!(
                "`{character}` cannot be sent in a name; it has letters, digits and `-._~[]`"
            );
            findings.add(input.at, message);
            return None;
        }
        if input.each.is_some() {
            several(&input, &found, findings)?;
        }
        if found == Type::AppKey {
            return Some(app_key(&input, findings));
        }
        if let Type::Constant(value) = found {
            if input.required {
                let key = input.key.to_owned();
                return Some(Carried::Constant(input.travels, key, value));
            }
            if value != FLAG {
                let message = format!(
                    "not supported: a constant that is not required, and not `'{FLAG}'`; write an \
                     `enum` of that one word, which is then chosen or not"
                );
                findings.add(input.at, message);
            }
            found = Type::Flag;
        }
        if found == Type::File && input.travels != Travels::Part {
            let right = "a form that carries one is `multipart/form-data`";
            findings.add(input.at, format!("not supported: a file here; {right}"));
        }
        let (_, list) = self.document.resolve(input.schema);
        let (_, target) = self.document.resolve(one);
        let mut schemas = [input.schema, list, one, target].into_iter();
        if schemas.any(|schema| schema.nullable) {
            let right = "what is not chosen is left out; do not require it";
            findings.add(
                input.at,
                format!("not supported: `null` in a request: {right}"),
            );
        }
        if found == Type::Flag && input.required {
            let right = "a boolean is a flag, which is sent when set; do not require it";
            findings.add(input.at, format!("not supported: {right}"));
        }
        let is_joined = |name: &str| input.travels == Travels::Path && name == input.key;
        let joined = about.joined.iter().find(|joined| is_joined(&joined.key));
        let separator = joined.and_then(|joined| joined.text.chars().next());
        let is_id = matches!(found, Type::Id(_)) && input.each.is_none();
        if let Some(joined) = joined.filter(|_| !is_id) {
            let message = "not supported: a list of anything but identifiers";
            findings.add(&joined.at, message);
        }
        if input.schema.empty && (input.required || !is_id) {
            let message = "what may be empty in a form is an identifier that may be left out";
            findings.add(&input.schema.at.child("x-talkspace-empty"), message);
        }
        let plural = separator.map(|_| format!("{}s", input.key));
        let name = name(&input, plural.as_deref(), &found, findings)?;
        let is_marked = types::is_secret(self.document, one);
        if is_marked && !(is_id && separator.is_none()) {
            findings.add(input.at, "not supported: a secret that is one of several");
        }
        let slot = Slot {
            default: self.default(&input, &found, findings),
            key: input.key.to_owned(),
            name,
            place: input.travels,
            required: input.required,
            empty: input.schema.empty,
            secret: is_marked,
            example: (input.example).or_else(|| types::example(self.document, one)),
            separator,
            repeated: input.each.is_some(),
            part: self.part_type(input.key),
            range: match one.facts.bounds() {
                (None, None) => target.facts.bounds(),
                bounds => bounds,
            },
        };
        let kind = kinds::input(&found, &slot);
        if kind.is_none() {
            types::no_value(input.schema, findings);
        }
        let kind = kind?;
        let of_each = input.each.map_or_else(String::new, |each| {
            let count = if input.required {
                "One or more."
            } else {
                "Any number."
            };
            format!(" {count}{}", each.facts.sentences())
        });
        Some(Carried::Parameter(Box::new(Parameter {
            docs: input.docs.and(&of_each),
            secret: is_marked || kind.is_secret,
            slot,
            kind,
        })))
    }

    /// The type that the part of a form has.
    fn part_type(&self, key: &str) -> String {
        let form = self.operation.form.as_ref();
        let mut parts = form.into_iter().flat_map(|form| &form.encoding);
        let part = parts.find(|part| part.property == key);
        part.map_or_else(String::new, |part| part.content_type.clone())
    }

    fn default(&self, input: &Input<'_>, found: &Type, findings: &Findings) -> Option<Default> {
        let word = input.schema.default.as_deref()?;
        let at = input.schema.at.child("x-talkspace-default");
        let is_media = matches!(found, Type::Id(name) if name.as_str() == "MediaId");
        if word != "greeting" {
            findings.add(
                &at,
                format!("`{word}` is no default; the one there is is `greeting`"),
            );
        } else if input.required || !is_media || input.each.is_some() {
            findings.add(&at, "the greeting is an optional MediaId");
        } else {
            return Some(Default::Greeting);
        }
        None
    }
}

fn app_key(input: &Input<'_>, findings: &Findings) -> Carried {
    if !input.required {
        findings.add(input.at, "the key is always sent; require it");
    }
    let may_travel = matches!(input.travels, Travels::Query | Travels::Form);
    let message = "not supported: a key in a path or a part; it travels in a query or a form";
    findings.add_if(!may_travel, input.at, message);
    Carried::AppKey(input.travels, input.key.to_owned())
}

/// A list stands where each of its values can be sent alone.
fn several(input: &Input<'_>, each: &Type, findings: &Findings) -> Option<()> {
    let right = match input.travels {
        Travels::Path => "a list in a path; `x-talkspace-joined` makes several of a text",
        Travels::Part => "a list in a form of several parts",
        Travels::Query | Travels::Form | Travels::Url if !kinds::may_repeat(each) => {
            "a list in a request of anything but text, words of an enum and integers"
        }
        Travels::Query | Travels::Form | Travels::Url => return Some(()),
    };
    findings.add(input.at, format!("not supported: {right}"));
    None
}

/// The name in Rust.
fn name(
    input: &Input<'_>,
    plural: Option<&str>,
    found: &Type,
    findings: &Findings,
) -> Option<Snake> {
    let name = match input.rust_name {
        Some(name) => Snake::new(name),
        None => Snake::of_value(plural.unwrap_or(input.key), found.name()),
    };
    let Some(name) = name else {
        let message = format!(
            "`{}` cannot be a name in Rust; add x-talkspace-name",
            input.key
        );
        findings.add(input.at, message);
        return None;
    };
    for (is_so, what) in [
        (is_taken(&name), "the name `{}` is taken"),
        (name.is_operator(), "`{}` is an operator"),
    ] {
        if is_so {
            let what = what.replace("{}", name.as_str());
            findings.add(input.at, format!("{what} in Rust; add x-talkspace-name"));
        }
    }
    Some(name)
}

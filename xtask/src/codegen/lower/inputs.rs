//! What a request carries.

use super::collisions::{self, RENAME};
use super::{Context, Place, types};
use crate::codegen::document::{Place as WirePlace, Schema, Shape, deprecation};
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
    docs: Prose,
    rust_name: Option<&'d str>,
    example: Option<String>,
}

impl<'d> Place<'d> {
    /// The parameters in the order of the wire: those of the path, of the
    /// query and of the form. A whole URL stands for all of them.
    pub(super) fn carries(&self) -> Option<Vec<Carried>> {
        let Context { document, findings } = self.context;
        if let Some((at, name)) = &self.wire.url {
            return self.url(at, name).map(|url| vec![url]);
        }
        let declared = document.parameters_of(self.path, self.wire);
        let (in_path, in_query): (Vec<_>, Vec<_>) =
            declared.partition(|own| own.place == WirePlace::Path);
        let names = self.path.path.parameters();
        let in_path = names.filter_map(|name| in_path.iter().find(|own| own.name == name));
        let declared = in_path.chain(&in_query).map(|own| {
            let travels = match own.place {
                WirePlace::Path => Travels::Path,
                WirePlace::Query => Travels::Query,
            };
            let input = self.input(&own.name, &own.schema, travels, own.required);
            let docs = self.context.docs(&own.schema, &own.description);
            Input {
                at: &own.at,
                docs: docs.and(deprecation(own.deprecated)),
                rust_name: own.rust_name.as_deref(),
                example: own.example.as_ref().map(types::spelt).or(input.example),
                ..input
            }
        });
        let form = self.wire.form.as_ref();
        let travels = match form.is_some_and(|form| form.is_multipart) {
            true => Travels::Part,
            false => Travels::Form,
        };
        let fields = self.form().into_iter().flat_map(|form| {
            let properties = form.properties().iter();
            properties.map(|(key, schema)| self.input(key, schema, travels, form.requires(key)))
        });
        let inputs = declared.chain(fields);
        let carried = inputs.map(|input| Some((input.at, self.carried(input)?)));
        let carried = all(carried)?;
        let parameters = carried.iter().map(|(at, it)| Some((it.parameter()?, *at)));
        let names = parameters.flatten();
        let names = names.map(|(own, at)| (own.slot.name.as_str(), own.slot.key.as_str(), at));
        collisions::inside(names, RENAME, findings);
        Some(carried.into_iter().map(|(_, carried)| carried).collect())
    }

    /// The form of the operation, or of the one that the action picks.
    fn form(&self) -> Option<&'d Schema> {
        let document = self.context.document;
        let (_, schema) = document.resolve(&self.wire.form.as_ref()?.schema);
        let Some((_, action)) = self.action else {
            return Some(schema);
        };
        let mut mapping = schema.discriminator()?.mapping.iter();
        let (_, reference) = mapping.find(|(value, _)| value == action)?;
        document.schema(&reference.name)
    }

    /// A value of which its schema says all.
    fn input(
        &self,
        key: &'d str,
        schema: &'d Schema,
        travels: Travels,
        required: bool,
    ) -> Input<'d> {
        Input {
            at: &schema.at,
            key,
            travels,
            required,
            schema,
            docs: self.context.docs(schema, ""),
            rust_name: schema.rust_name.as_deref(),
            example: self.context.example(schema),
        }
    }

    /// The URL that takes the place of the path. Its type has the same name.
    fn url(&self, at: &'d Pointer, key: &'d str) -> Option<Carried> {
        let Context { document, findings } = self.context;
        let found = document.url(key);
        let found = found.filter(|(_, schema)| schema.is_text() && schema.rust_type.is_none());
        let Some((id, schema)) = found.and_then(|(name, it)| Some((Camel::new(name)?, it))) else {
            return findings.wrong(at, format!("`{key}` is not the name of a text"));
        };
        let message = "not supported: a whole URL that is a secret";
        findings.add_if(schema.secret, at, message);
        let input = Input {
            at,
            ..self.input(key, schema, Travels::Url, true)
        };
        self.parameter(input, schema, &Type::Id(id))
    }

    fn carried(&self, input: Input<'d>) -> Option<Carried> {
        let Context { document, findings } = self.context;
        let (_, list) = document.resolve(input.schema);
        // What each of several is like.
        let each = if let Shape::Array(each) = &list.shape {
            each
        } else {
            input.schema
        };
        let found = self.context.scalar(each)?;
        if let Some(character) = never_in_name(input.key) {
            let message = format!(
                "`{character}` cannot be sent in a name; it has letters, digits and `-._~[]`"
            );
            return findings.wrong(input.at, message);
        }
        if !std::ptr::eq(each, input.schema) {
            several(&input, &found, findings)?;
        }
        let refuse = |is_wrong: bool, message: &str| findings.add_if(is_wrong, input.at, message);
        let key = input.key.to_owned();
        if found == Type::AppKey {
            refuse(!input.required, "the key is always sent; require it");
            refuse(
                !matches!(input.travels, Travels::Query | Travels::Form),
                "not supported: a key in a path or a part; it travels in a query or a form",
            );
            return Some(Carried::AppKey(input.travels, key));
        }
        if let Type::Constant(value) = &found
            && input.required
        {
            return Some(Carried::Constant(input.travels, key, value.clone()));
        }
        refuse(
            matches!(&found, Type::Constant(value) if value != FLAG),
            "not supported: a constant that is not required, and not `'true'`; write an `enum` \
             of that one word, which is then chosen or not",
        );
        refuse(
            found == Type::File && input.travels != Travels::Part,
            "not supported: a file here; a form that carries one is `multipart/form-data`",
        );
        refuse(
            self.context.is_nullable(input.schema) || self.context.is_nullable(each),
            "not supported: `null` in a request: what is not chosen is left out; do not require it",
        );
        refuse(
            found == Type::Flag && input.required,
            "not supported: a boolean is a flag, which is sent when set; do not require it",
        );
        let found = match matches!(found, Type::Constant(_)) {
            true => Type::Flag,
            false => found,
        };
        self.parameter(input, each, &found)
    }

    /// What a caller chooses: a value like `each`, or several.
    fn parameter(&self, input: Input<'d>, each: &'d Schema, found: &Type) -> Option<Carried> {
        let context = self.context;
        let is_joined = |name: &str| input.travels == Travels::Path && name == input.key;
        let mut joined = self.about.joined.iter();
        let joined = joined.find(|joined| is_joined(&joined.key));
        let separator = joined.and_then(|joined| joined.text.chars().next());
        let repeated = !std::ptr::eq(each, input.schema);
        let secret = context.is_secret(each);
        let is_id = matches!(found, Type::Id(_)) && !repeated;
        if let Some(joined) = joined.filter(|_| !is_id) {
            let message = "not supported: a list of anything but identifiers";
            context.findings.add(&joined.at, message);
        }
        context.findings.add_if(
            input.schema.empty && (input.required || !is_id),
            &input.schema.at.child("x-talkspace-empty"),
            "what may be empty in a form is an identifier that may be left out",
        );
        context.findings.add_if(
            secret && !(is_id && separator.is_none()),
            input.at,
            "not supported: a secret that is one of several",
        );
        let mut encoding = self.wire.form.iter().flat_map(|form| &form.encoding);
        let part = encoding.find(|part| part.property == input.key);
        let (_, target) = context.document.resolve(each);
        let slot = Slot {
            default: self.default(&input, found, repeated),
            key: input.key.to_owned(),
            name: self.name(&input, separator.is_some(), found)?,
            place: input.travels,
            required: input.required,
            empty: input.schema.empty,
            secret,
            example: input.example.or_else(|| context.example(each)),
            separator,
            repeated,
            part: part.map_or_else(String::new, |part| part.content_type.clone()),
            range: match each.facts.bounds() {
                // A server sees no more than the path of a URL.
                _ if input.travels == Travels::Url => (None, None),
                (None, None) => target.facts.bounds(),
                bounds => bounds,
            },
        };
        let kind = kinds::input(found, &slot);
        let kind = kind.or_else(|| context.no_value(input.schema))?;
        let of_each = match (repeated, input.required) {
            (false, _) => String::new(),
            (true, true) => format!(" One or more.{}", each.facts.sentences()),
            (true, false) => format!(" Any number.{}", each.facts.sentences()),
        };
        Some(Carried::Parameter(Box::new(Parameter {
            docs: input.docs.and(&of_each),
            secret: secret || kind.is_secret,
            slot,
            kind,
        })))
    }

    fn default(&self, input: &Input<'_>, found: &Type, repeated: bool) -> Option<Default> {
        let word = input.schema.default.as_deref()?;
        let findings = self.context.findings;
        let at = input.schema.at.child("x-talkspace-default");
        let is_media = matches!(found, Type::Id(name) if name.as_str() == "MediaId");
        if word != "greeting" {
            let message = format!("`{word}` is no default; the one there is is `greeting`");
            return findings.wrong(&at, message);
        }
        if input.required || !is_media || repeated {
            return findings.wrong(&at, "the greeting is an optional MediaId");
        }
        Some(Default::Greeting)
    }

    /// The name in Rust.
    fn name(&self, input: &Input<'_>, is_plural: bool, found: &Type) -> Option<Snake> {
        let findings = self.context.findings;
        let key = input.key;
        let name = match input.rust_name {
            Some(name) => Snake::new(name),
            None if is_plural => Snake::of_value(&format!("{key}s"), found.name()),
            None => Snake::of_value(key, found.name()),
        };
        let Some(name) = name else {
            let message = format!("`{key}` cannot be a name in Rust; add x-talkspace-name");
            return findings.wrong(input.at, message);
        };
        let spelt = name.as_str();
        for (is_so, what) in [
            (is_taken(&name), format!("the name `{spelt}` is taken")),
            (name.is_operator(), format!("`{spelt}` is an operator")),
        ] {
            if is_so {
                findings.add(input.at, format!("{what} in Rust; add x-talkspace-name"));
            }
        }
        Some(name)
    }
}

/// A list stands where each of its values can be sent alone.
fn several(input: &Input<'_>, each: &Type, findings: &Findings) -> Option<()> {
    let right = match input.travels {
        Travels::Path => "a list in a path; `x-talkspace-joined` makes several of a text",
        Travels::Part => "a list in a form of several parts",
        Travels::Query | Travels::Form | Travels::Url if kinds::may_repeat(each) => {
            return Some(());
        }
        Travels::Query | Travels::Form | Travels::Url => {
            "a list in a request of anything but text, words of an enum and integers"
        }
    };
    findings.wrong(input.at, format!("not supported: {right}"))
}

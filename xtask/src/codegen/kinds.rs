//! What values there are: one file for each kind, with all that is known of it.
//!
//! A kind of value in a request is a function that gives an [`Input`], one in a
//! response a function that gives an [`Output`]. Neither has a default, so the compiler
//! says what a new kind lacks. [`input`] and [`output`] list them.

mod choice;
mod decimal;
mod file;
mod flag;
mod id;
mod integer;
mod joined;
mod list;
mod object;
mod phone;
mod repeated;
mod status;
mod text;

use super::emit::text::Literal;
use super::model::{Default, Place};
use super::names::{Camel, Snake};

pub(crate) use flag::SET as FLAG;
pub(crate) use id::empty as empty_id;
pub(crate) use list::holds as may_be_listed;
pub(crate) use object::{function as json_function, wire_type as wire_object};
pub(crate) use repeated::is_one as may_repeat;
pub(crate) use status::output as status;

/// What the spec says a value without parts is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Id(Camel),
    Integer,
    Decimal,
    Flag,
    Phone,
    /// One of several words.
    Choice(Camel, Vec<String>),
    File,
    AppKey,
    Constant(String),
    /// Several values, in a response.
    Object(Camel),
    /// Several of one type, in a response; as one bare value where there is one.
    List(Box<Type>),
    Collapsing(Box<Type>),
}

impl Type {
    /// The name of its type, by which the words of a value's name are found.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Id(name) | Self::Choice(name, _) | Self::Object(name) => Some(name.as_str()),
            Self::File => Some(file::TYPE),
            Self::Phone => Some(phone::TYPE),
            Self::AppKey => Some("AppKey"),
            _ => None,
        }
    }

    /// What each of a list is; anything else is one itself.
    pub(crate) fn each(&self) -> &Self {
        match self {
            Self::List(each) | Self::Collapsing(each) => each,
            one => one,
        }
    }
}

/// Where a request has a value.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// The name on the wire.
    pub(crate) key: String,
    pub(crate) name: Snake,
    pub(crate) place: Place,
    pub(crate) required: bool,
    /// Whether it means the same as left out when it is empty.
    pub(crate) empty: bool,
    /// Whether the spec says that nobody may read it in a log.
    pub(crate) secret: bool,
    /// Which default of the client stands in.
    pub(crate) default: Option<Default>,
    pub(crate) example: Option<String>,
    /// What stands between several in one.
    pub(crate) separator: Option<char>,
    /// Whether it may be there several times.
    pub(crate) repeated: bool,
    /// The type of its part of a form.
    pub(crate) part: String,
    /// The least and the greatest number, or number of characters.
    pub(crate) range: (Option<i64>, Option<i64>),
}

impl Slot {
    /// A name for it that is free where it is written.
    fn local(&self) -> String {
        match self.name.as_str() {
            name @ ("request" | "target") => format!("{name}_"),
            _ => self.name.to_string(),
        }
    }
}

/// A value in a request.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) rust: Rust,
    /// The value where none is chosen.
    pub(crate) absent: &'static str,
    /// Its `ParameterKind`, in the description of the operation.
    pub(crate) info: String,
    /// The statement that writes it.
    pub(crate) write: String,
    /// The expression by which a server reads it.
    pub(crate) read: String,
    /// The command's `#[arg(…)]`, and what that needs.
    pub(crate) option: String,
    /// Its value in an example, what that needs, and the error that it may give.
    pub(crate) example: String,
    pub(crate) example_error: Option<&'static str>,
    /// What the example shows of it.
    pub(crate) assertion: String,
    /// What its documentation has to add.
    pub(crate) remark: Option<String>,
    /// Whether nobody may read it in a log, whatever the spec says.
    pub(crate) is_secret: bool,
    /// Whether it is opened, and not written down.
    pub(crate) is_file: bool,
    /// The type, where it is an identifier.
    pub(crate) id: Option<Camel>,
    /// The type and the words, where it is one of several.
    pub(crate) words: Option<(Camel, Vec<String>)>,
}

/// A value in a response.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    /// The type in Rust, and where it is.
    pub(crate) rust_type: String,
    /// The type in the envelope, how serde goes about it where that is not the type's
    /// own way, and what both need.
    pub(crate) wire_type: String,
    pub(crate) serde: Option<String>,
    /// The expression that makes it of the envelope's `fields`. `{KNOWN}` stands for what
    /// the request knows, until that is known.
    pub(crate) read: String,
    /// The expression that makes the envelope's field of it.
    pub(crate) write: String,
    pub(crate) start: Start,
    pub(crate) texts: Option<Texts>,
    /// The method of the command's record, and whether there may be nothing to record.
    pub(crate) record: &'static str,
    pub(crate) is_option: bool,
    /// The expression of `{VALUE}` that the record takes, if not that itself, and the
    /// one that makes JSON of it inside an object.
    pub(crate) shown: Option<String>,
    pub(crate) json: String,
    /// The type of the identifiers that it holds, and whether it is a list of them.
    pub(crate) id: Option<Camel>,
    pub(crate) is_list: bool,
}

impl Output {
    /// The type, where it is an identifier that must be there.
    pub(crate) fn required_id(&self) -> Option<&Camel> {
        match self.start {
            Start::Given => self.id.as_ref(),
            Start::Value(_) => None,
        }
    }

    /// The type of the identifiers of which it is a list.
    pub(crate) fn listed_id(&self) -> Option<&Camel> {
        self.id.as_ref().filter(|_| self.is_list)
    }
}

/// All kinds that a request has, save the key and constants, which nobody chooses.
pub(crate) fn input(found: &Type, slot: &Slot) -> Option<Input> {
    if slot.repeated {
        return repeated::input(found, slot);
    }
    Some(match (found, slot.separator) {
        (Type::Id(id), Some(separator)) => joined::input(id, separator, slot),
        (Type::Id(id), None) => id::input(id, slot),
        (Type::Text, _) => text::input(slot),
        (Type::Integer, _) => integer::input(slot),
        (Type::Decimal, _) => decimal::input(slot),
        (Type::Flag, _) => flag::input(slot),
        (Type::Phone, _) => phone::input(slot),
        (Type::Choice(name, words), _) => choice::input(name, words, slot),
        (Type::File, _) => file::input(slot),
        (Type::AppKey | Type::Constant(_) | Type::Object(_), _) => return None,
        (Type::List(_) | Type::Collapsing(_), _) => return None,
    })
}

/// All kinds that a response has, or why it cannot have one.
pub(crate) fn output(
    found: &Type,
    key: &str,
    name: &Snake,
    presence: Presence,
) -> Result<Output, &'static str> {
    Ok(match found {
        Type::Text => text::output(name, presence),
        Type::Id(id) => match presence {
            Presence::Required => id::required(id, key, name),
            Presence::Empty => id::empty(id, name),
            Presence::Optional | Presence::Nullable => id::optional(id, name, presence),
        },
        Type::Integer => integer::output(name, presence),
        Type::Decimal => decimal::output(name, presence),
        Type::Flag => flag::output(name, presence),
        Type::Phone | Type::AppKey | Type::Constant(_) => {
            return Err("not supported in a response: a key, a phone number or a constant");
        }
        Type::Choice(word, _) => choice::output(word, name, presence),
        Type::Object(held) => object::output(held, name, presence),
        Type::List(each) => list::array(each, name, presence),
        Type::Collapsing(each) => list::collapsing(each, name),
        Type::File => return Err("not supported in an envelope: a file"),
    })
}

/// Whether a response has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    /// It is there, and may be empty: an identifier.
    Empty,
    Optional,
    /// It is there, and may be `null`.
    Nullable,
}

impl Presence {
    const fn is_option(self) -> bool {
        matches!(self, Self::Optional | Self::Nullable)
    }

    /// How serde leaves out what is absent.
    const fn skip(self) -> Option<&'static str> {
        match self {
            Self::Optional => Some("skip_serializing_if = \"Option::is_none\""),
            Self::Required | Self::Empty | Self::Nullable => None,
        }
    }
}

/// How Rust spells a value of a request.
#[derive(Debug)]
pub(crate) struct Rust {
    pub(crate) name: String,
    /// The type of an argument, and what makes it the value.
    pub(crate) argument: String,
    pub(crate) conversion: &'static str,
}

impl Rust {
    /// An argument is the value.
    fn plain(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            argument: name.clone(),
            name,
            conversion: "",
        }
    }

    /// An argument becomes the value.
    fn converted(name: impl Into<String>) -> Self {
        let plain = Self::plain(name);
        Self {
            argument: format!("impl Into<{}>", plain.name),
            conversion: ".into()",
            ..plain
        }
    }
}

/// What a response begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// What is handed in.
    Given,
    Value(&'static str),
}

/// The texts of an envelope's field: all of them as a slice, and the statement that takes
/// secrets out, in which `{VERB}` stands for how.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    pub(crate) slice: String,
    pub(crate) redact: String,
}

impl Texts {
    fn one(name: &Snake) -> Self {
        Self {
            slice: format!("std::slice::from_ref(&self.{name})"),
            redact: format!("redactor.{{VERB}}(&mut self.{name});\n"),
        }
    }

    fn optional(name: &Snake) -> Self {
        Self {
            slice: format!("self.{name}.as_slice()"),
            redact: Self::each(&format!("self.{name}.as_mut_slice()")),
        }
    }

    fn many(place: &str) -> Self {
        Self {
            slice: format!("self.{place}.as_slice()"),
            redact: Self::each(&format!("&mut self.{place}")),
        }
    }

    fn each(all: &str) -> String {
        format!("for text in {all} {{ redactor.{{VERB}}(text); }}\n")
    }
}

/// The statement that writes a value, of which `spelt` makes text.
fn write(slot: &Slot, spelt: impl Fn(&str) -> String) -> String {
    let (verb, key, name) = (slot.place.verb(), Literal(&slot.key), &slot.name);
    if slot.required {
        let value = spelt(&format!("self.{name}"));
        return format!("request.{verb}({key}, {value})?;\n");
    }
    let chosen = match slot.default {
        Some(Default::Greeting) => format!("self.{name}.as_ref().or(target.greeting_id())"),
        None => format!("&self.{name}"),
    };
    let local = slot.local();
    let value = spelt(&local);
    format!("if let Some({local}) = {chosen} {{ request.{verb}({key}, {value})?; }}\n")
}

fn as_str(place: &str) -> String {
    format!("{place}.as_str()")
}

/// The expression that reads a value by a method whose name says whether it is needed.
fn read(slot: &Slot, suffix: &str, conversion: &str) -> String {
    let need = match (slot.required, slot.empty) {
        (true, _) => "required",
        (false, true) => "filled",
        (false, false) => "optional",
    };
    let (place, key) = (slot.place.as_str(), Literal(&slot.key));
    format!("parameters.{need}{suffix}(ParameterLocation::{place}, {key})?{conversion}")
}

/// The example of the spec as text, or this.
fn example<'s>(slot: &'s Slot, stand_in: &'s str) -> &'s str {
    slot.example.as_deref().unwrap_or(stand_in)
}

/// What an example shows of a value: all of it where it is required.
fn shows(slot: &Slot, required: impl Fn(&str) -> String) -> String {
    let field = format!("request.{}", slot.name);
    match slot.required {
        true => required(&field),
        false => format!("assert!({field}.is_some());"),
    }
}

/// Words as arguments.
fn literals(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| Literal(word).to_string()).collect();
    words.join(", ")
}

//! In Rust, in an `async` function with a client.

use std::fmt::Write;

use talkspace_core::operation::ParameterKind;

use super::{FILE, Form, Given, Said};

pub(super) fn form(form: &Form<'_>) -> Option<String> {
    let given = || form.given.iter().filter(|given| !Form::is_left_out(given));
    let required = given().filter(|given| given.info.required);
    let arguments: Option<Vec<String>> = required.map(|given| value(form, given)).collect();
    let mut code = format!(
        "client.send({}::new({})",
        type_name(form.info.id),
        arguments?.join(", ")
    );
    for given in given().filter(|given| !given.info.required) {
        _ = write!(code, ".{}({})", given.info.field, value(form, given)?);
    }
    code.push_str(").await?");
    Some(code)
}

/// `createTalkspace` is `CreateTalkspace`.
fn type_name(id: &str) -> String {
    let mut letters = id.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// An expression with the value of a parameter.
fn value(form: &Form<'_>, given: &Given<'_>) -> Option<String> {
    let text = match &given.said {
        Said::Text(text) => &**text,
        Said::Variable(name) => {
            let text = format!("std::env::var({name:?})?");
            return match given.info.kind {
                ParameterKind::Phone => Some(format!("{text}.parse()?")),
                ParameterKind::Joined(_) => None,
                _ => Some(text),
            };
        }
    };
    Some(match given.info.kind {
        ParameterKind::Integer | ParameterKind::Flag => text.to_owned(),
        ParameterKind::Choice(_) => format!("{text:?}.parse()?"),
        ParameterKind::Joined(separator) => {
            let items: Vec<&str> = text.split(separator).collect();
            format!("{items:?}")
        }
        ParameterKind::Url => format!("{:?}", format!("{}{text}", form.base)),
        ParameterKind::File => format!("MediaFile::mp3(std::fs::File::open({FILE:?})?)?"),
        _ => format!("{text:?}"),
    })
}

//! In Rust, in an `async` function with a client.

use std::fmt::Write;

use talkspace_core::operation::ParameterKind;

use super::{FILE, Form, Given, Said};

pub(super) fn form(form: &Form<'_>) -> Option<String> {
    let given = form.given.iter().filter(|given| !Form::is_left_out(given));
    let given: Vec<&Given<'_>> = given.collect();
    // Those of one parameter are beside each other.
    let all = || given.chunk_by(|one, other| one.info == other.info);
    let is_required = |one: &&[&Given<'_>]| one.iter().any(|given| given.info.required);
    let required = all().filter(is_required);
    let arguments: Option<Vec<String>> = required.map(|one| argument(form, one)).collect();
    let mut code = format!(
        "client.send({}::new({})",
        type_name(form.info.id),
        arguments?.join(", ")
    );
    for one in all().filter(|one| !is_required(one)) {
        let field = one.first()?.info.field;
        _ = write!(code, ".{field}({})", argument(form, one)?);
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

/// An expression with what is given of a parameter.
fn argument(form: &Form<'_>, all: &[&Given<'_>]) -> Option<String> {
    let values: Option<Vec<String>> = all.iter().map(|given| value(form, given)).collect();
    let values = values?.join(", ");
    match all.first()?.info.repeated {
        true => Some(format!("[{values}]")),
        false => Some(values),
    }
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

//! With curl, from 7.42.0 on.

use talkspace_core::operation::{ParameterKind, ParameterLocation};
use talkspace_core::server::segment;

use super::shell::{Word, is_odd};
use super::{FILE, Form, Given, Said};

pub(super) fn form(form: &Form<'_>) -> Option<String> {
    let mut line = "curl".to_owned();
    let mut add = |option: &str, word: &Word| {
        line = format!("{line} {option}{}", word.quoted());
    };
    let in_path = |given: &Given<'_>| given.info.location == ParameterLocation::Path;
    let is_dots = |given: &Given<'_>| matches!(&given.said, Said::Text(text) if [".", ".."].contains(&&**text));
    if form
        .given
        .iter()
        .any(|given| in_path(given) && is_dots(given))
    {
        add("", &Word::of("--path-as-is"));
    }
    let has_query = form.at(ParameterLocation::Query).next().is_some();
    if has_query {
        add("", &Word::of("--get"));
    }
    let method = form.info.method.as_str();
    let has_form = form.at(ParameterLocation::Form).next().is_some();
    if method != if has_form { "POST" } else { "GET" } {
        add("--request ", &Word::of(method));
    }
    add("", &url(form)?);
    let fields = |given: &Given<'_>| {
        [ParameterLocation::Form, ParameterLocation::Query].contains(&given.info.location)
    };
    let is_file = |given: &Given<'_>| given.info.kind == ParameterKind::File;
    let has_parts = form.given.iter().any(is_file);
    if let Some(action) = form.info.action {
        add("--data-urlencode ", &Word::of(format!("action={action}")));
    }
    for given in form.given.iter().filter(|given| fields(given)) {
        let name = Word::of(format!("{}=", given.info.name));
        match &given.said {
            Said::Text(_) if is_file(given) => {
                add("--form ", &name.text(&format!("@{FILE};type=audio/mpeg")));
            }
            Said::Text(value) if is_odd(value) => add("--data ", &name.text(&segment(value))),
            Said::Text(value) => add("--data-urlencode ", &name.text(value)),
            Said::Variable(variable) if has_parts => {
                add("--form-string ", &name.variable(variable));
            }
            Said::Variable(variable) => add("--data-urlencode ", &name.variable(variable)),
        }
    }
    if form.info.transfers_file && !has_parts {
        add("--output ", &Word::of(FILE));
    }
    Some(line)
}

/// The URL without its query.
fn url(form: &Form<'_>) -> Option<Word> {
    let mut word = Word::of(form.base);
    if let Some(given) = form.at(ParameterLocation::Url).next() {
        return match &given.said {
            Said::Text(path) => Some(word.text(path)),
            Said::Variable(_) => None,
        };
    }
    let mut rest = form.info.path;
    while let Some((before, parameter)) = rest.split_once('{') {
        let (name, after) = parameter.split_once('}')?;
        let mut given = form.at(ParameterLocation::Path);
        word = match &given.find(|given| given.info.name == name)?.said {
            Said::Text(value) => word.text(before).text(&segment(value)),
            Said::Variable(variable) => word.text(before).variable(variable),
        };
        rest = after;
    }
    Some(word.text(rest))
}

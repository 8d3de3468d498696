//! By the command `talkspace`, which reads the key and a grant from its environment.

use talkspace_core::BaseUrl;
use talkspace_core::operation::ParameterKind;

use super::shell::{Word, is_odd};
use super::{FILE, Form, Given, Said};

pub(super) fn form(form: &Form<'_>) -> Option<String> {
    let mut line = format!("talkspace {}", command(form.info.id));
    let mut add = |word: Word| line = format!("{line} {}", word.quoted());
    add(Word::of(format!("--base-url={}", form.base)));
    if form.base.parse::<BaseUrl>().is_err() {
        let authority = form.base.strip_prefix("http://")?;
        add(Word::of(format!("--plain-http-host={authority}")));
    }
    for given in form.given.iter().filter(|given| !Form::is_left_out(given)) {
        for word in words(form, given)? {
            add(word);
        }
    }
    Some(line)
}

/// `createTalkspace` is `create-talkspace`.
fn command(id: &str) -> String {
    let mut name = String::new();
    for letter in id.chars() {
        if letter.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// The words of a parameter.
fn words(form: &Form<'_>, given: &Given<'_>) -> Option<Vec<Word>> {
    let option = given.info.field.replace('_', "-");
    let text = match &given.said {
        Said::Text(text) => &**text,
        Said::Variable(name) => {
            return match given.info.kind {
                ParameterKind::Secret => Some(Vec::new()),
                ParameterKind::Joined(_) => None,
                _ => Some(vec![Word::of(format!("--{option}=")).variable(name)]),
            };
        }
    };
    if is_odd(text) {
        return None;
    }
    Some(match given.info.kind {
        ParameterKind::Flag => vec![Word::of(format!("--{option}"))],
        ParameterKind::Joined(separator) => {
            // One after the other, each named in the singular.
            let option = option.strip_suffix('s').unwrap_or(&option);
            let items = text.split(separator);
            items
                .map(|item| Word::of(format!("--{option}={item}")))
                .collect()
        }
        ParameterKind::File => vec![Word::of(FILE)],
        ParameterKind::Url => {
            let url = format!("--url={}{text}", form.base);
            vec![Word::of(url), Word::of(format!("--output={FILE}"))]
        }
        _ => vec![Word::of(format!("--{option}={text}"))],
    })
}

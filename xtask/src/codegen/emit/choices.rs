//! Values of which there are few, each with a name.

use askama::Template;

use super::text::{filters, series};
use crate::codegen::model::{Api, Choice};

#[derive(Template)]
#[template(path = "choices.rs.j2")]
pub(crate) struct Choices<'a> {
    pub(crate) api: &'a Api,
}

/// What is right, where a text is none of them.
fn right(choice: &Choice) -> String {
    let words = choice.words.iter();
    let words: Vec<String> = words.map(|word| format!("`{}`", word.text)).collect();
    format!("write {}", series(&words, "or"))
}

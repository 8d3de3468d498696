//! Values of which there are few, each with a name.

use super::serde;
use super::source;
use super::text::{Comment, Literal, series};
use crate::codegen::model::{Api, Choice, Word};
use crate::codegen::names::Camel;

pub(crate) fn file(api: &Api) -> String {
    let docs = Comment::module().paragraph("Values of which there are few, each with a name.");
    let items = api.choices.iter().flat_map(|choice| {
        let (count, all) = (choice.words.len(), all(&choice.words));
        let constant = format!(
            "/// All of them, in the order of the spec.\n    \
             pub const ALL: [Self; {count}] = [{all}];\n\n    "
        );
        let (name, words, open) = (&choice.name, &choice.words, choice.open);
        let items = [
            declaration(choice),
            spelling(name, words, open, &constant, ""),
            reading(choice),
        ];
        let conversions = open.then(|| conversions(name));
        items.into_iter().chain(conversions).chain([error(choice)])
    });
    source::file(docs, items)
}

fn declaration(choice: &Choice) -> String {
    let docs = Comment::item(0).prose(&choice.docs);
    let name = &choice.name;
    let default = match choice.default {
        Some(_) => "Default, ",
        None => "",
    };
    let mut variants = variants(&choice.words, choice.default.as_deref());
    let copy = if choice.open { "" } else { "Copy, " };
    if choice.open {
        let serde = serde::untagged();
        variants.push_str(&format!(
            "/// A word that the spec does not have.\n{serde}Other(String),\n"
        ));
    }
    let serde = serde::words();
    format!(
        "\
{docs}#[derive(Clone, {copy}Debug, {default}PartialEq, Eq, Hash)]
{serde}#[non_exhaustive]
pub enum {name} {{
{variants}}}
"
    )
}

/// The variants, each with its docs.
pub(super) fn variants<'a>(
    words: impl IntoIterator<Item = &'a Word>,
    default: Option<&str>,
) -> String {
    let words = words.into_iter();
    words
        .map(|word| {
            let docs = Comment::item(4).prose(&word.docs);
            let attribute = if default == Some(word.text.as_str()) {
                "#[default]\n"
            } else {
                ""
            };
            let serde = serde::word(word);
            format!("{docs}{attribute}{serde}{},\n", word.variant)
        })
        .collect()
}

fn all(words: &[Word]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("Self::{}", word.variant))
        .collect();
    words.join(", ")
}

/// The way from a variant to its word, with what else the type has before and
/// after that.
pub(super) fn spelling<'a>(
    name: &Camel,
    words: impl IntoIterator<Item = &'a Word>,
    open: bool,
    before: &str,
    after: &str,
) -> String {
    let words = words.into_iter();
    let mut arms: String = words
        .map(|word| format!("Self::{} => {},\n", word.variant, Literal(&word.text)))
        .collect();
    let (which, function) = match open {
        true => {
            arms.push_str("Self::Other(word) => word,\n");
            ("The word.", "fn as_str(&self) -> &str")
        }
        false => (
            "The word that the spec uses.",
            "const fn as_str(self) -> &'static str",
        ),
    };
    format!(
        "\
impl {name} {{
    {before}/// {which}
    #[must_use]
    pub {function} {{
        match self {{
{arms}        }}
    }}
{after}}}

impl fmt::Display for {name} {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.write_str(self.as_str())
    }}
}}
"
    )
}

/// The way from a word to its variant.
fn reading(choice: &Choice) -> String {
    let name = &choice.name;
    format!(
        "\
impl FromStr for {name} {{
    type Err = Invalid{name};

    fn from_str(text: &str) -> Result<Self, Invalid{name}> {{
        let mut all = Self::ALL.into_iter();
        let found = all.find(|choice| choice.as_str() == text);
        found.ok_or(Invalid{name}(()))
    }}
}}
"
    )
}

/// The ways between a word that may be any and the type.
fn conversions(name: &Camel) -> String {
    format!(
        "\
impl From<String> for {name} {{
    fn from(word: String) -> Self {{
        word.parse().unwrap_or(Self::Other(word))
    }}
}}

impl From<{name}> for String {{
    fn from(word: {name}) -> Self {{
        word.as_str().to_owned()
    }}
}}

impl AsRef<str> for {name} {{
    fn as_ref(&self) -> &str {{
        self.as_str()
    }}
}}
"
    )
}

fn error(choice: &Choice) -> String {
    let name = &choice.name;
    let words: Vec<String> = choice
        .words
        .iter()
        .map(|word| format!("`{}`", word.text))
        .collect();
    let right = format!("write {}", series(&words, "or"));
    let right = Literal(&right);
    format!(
        "\
/// The text is no [`{name}`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid{name}(());

impl fmt::Display for Invalid{name} {{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{
        f.write_str({right})
    }}
}}

impl Error for Invalid{name} {{}}
"
    )
}

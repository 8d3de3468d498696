//! The feature `serde` of what is generated.

use super::text::Literal;
use crate::codegen::model::Word;

/// The attribute that derives both directions, or reading alone of what holds a
/// secret: nothing but its own request may write that.
pub(super) const fn derive(has_secret: bool) -> &'static str {
    if has_secret {
        "#[cfg_attr(feature = \"serde\", derive(serde::Deserialize))]\n"
    } else {
        "#[cfg_attr(feature = \"serde\", derive(serde::Deserialize, serde::Serialize))]\n"
    }
}

/// The attribute with this inside.
fn attribute(inside: &str) -> String {
    format!("#[cfg_attr(feature = \"serde\", serde({inside}))]\n")
}

/// The attributes of a choice, each of which is read and written by its word.
pub(super) fn words() -> String {
    let names = attribute("rename_all = \"lowercase\"");
    format!("{}{names}", derive(false))
}

/// The attribute of a variant that is any other word.
pub(super) fn untagged() -> String {
    attribute("untagged")
}

/// The attribute of a variant whose name is not its word.
pub(super) fn word(word: &Word) -> String {
    if word.variant.as_str().to_lowercase() == word.text {
        return String::new();
    }
    attribute(&format!("rename = {}", Literal(&word.text)))
}

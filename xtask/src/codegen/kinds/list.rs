//! A list of texts or identifiers.

use super::*;

/// What a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Text,
    Id(Camel),
}

/// An array, left out when empty or not.
pub(crate) fn array(item: &Item, name: &Snake, required: bool) -> Output {
    Output {
        wire_type: "Vec<Text>".to_owned(),
        serde: Some(match required {
            true => "deserialize_with = \"one_or_many\"",
            false => "deserialize_with = \"one_or_many\", skip_serializing_if = \"Vec::is_empty\"",
        }),
        wire_imports: &[TEXT, "crate::codec::json::one_or_many"],
        read: format!("OneOrMany(fields.{name}).into_ids()"),
        read_import: Some(LIST),
        write: format!("OneOrMany::from_ids(&response.{name}).0"),
        texts: Some(Texts::many(&name.to_string())),
        ..collapsing(item, name)
    }
}

/// A list that collapses: absent, bare, or an array.
pub(crate) fn collapsing(item: &Item, name: &Snake) -> Output {
    let (held, id) = match item {
        Item::Text => ("String".to_owned(), None),
        Item::Id(id) => (id.to_string(), Some(id.clone())),
    };
    Output {
        rust_type: format!("Vec<{held}>"),
        import: id.as_ref().map(|id| format!("{VALUE}::{id}")),
        wire_type: "OneOrMany".to_owned(),
        serde: Some("skip_serializing_if = \"OneOrMany::is_empty\""),
        wire_imports: &[LIST],
        read: format!("fields.{name}.into_ids()"),
        read_import: None,
        write: format!("OneOrMany::from_ids(&response.{name})"),
        write_import: Some(LIST),
        start: Start::Value("Vec::new()"),
        texts: Some(Texts::many(&format!("{name}.0"))),
        record: "list",
        is_option: false,
        id,
        is_list: true,
    }
}

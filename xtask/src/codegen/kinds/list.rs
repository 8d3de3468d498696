//! A list. Of texts it may come as one bare value.

use super::*;

/// What a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Text,
    Id(Camel),
    Choice(Camel),
    Object(Camel),
}

impl Item {
    pub(crate) fn of(found: Type) -> Option<Self> {
        match found {
            Type::Text => Some(Self::Text),
            Type::Id(name) => Some(Self::Id(name)),
            Type::Choice(name, _) => Some(Self::Choice(name)),
            Type::Object(name) => Some(Self::Object(name)),
            _ => None,
        }
    }
}

/// An array, left out when empty or not.
pub(crate) fn array(item: &Item, name: &Snake, required: bool) -> Output {
    let skip = match required {
        true => None,
        false => Some("skip_serializing_if = \"Vec::is_empty\""),
    };
    if let Item::Object(held) = item {
        return object::list(held, name, skip);
    }
    let skip = skip.map_or_else(String::new, |skip| format!(", {skip}"));
    Output {
        wire_type: "Vec<Text>".to_owned(),
        serde: Some(format!("deserialize_with = \"one_or_many\"{skip}")),
        read: format!("OneOrMany(fields.{name}).into_ids()"),
        write: format!("OneOrMany::from_ids(&response.{name}).0"),
        texts: Some(Texts::many(&name.to_string())),
        ..collapsing(item, name)
    }
}

/// A list that collapses: absent, bare, or an array.
pub(crate) fn collapsing(item: &Item, name: &Snake) -> Output {
    let held = match item {
        Item::Text => "String".to_owned(),
        Item::Id(name) | Item::Choice(name) | Item::Object(name) => name.to_string(),
    };
    Output {
        rust_type: format!("Vec<{held}>"),
        wire_type: "OneOrMany".to_owned(),
        serde: Some("skip_serializing_if = \"OneOrMany::is_empty\"".to_owned()),
        read: format!("fields.{name}.into_ids()"),
        write: format!("OneOrMany::from_ids(&response.{name})"),
        start: Start::Value("Vec::new()"),
        texts: Some(Texts::many(&format!("{name}.0"))),
        record: "list",
        shown: None,
        json: match item {
            Item::Text => "Value::from({VALUE})",
            Item::Id(_) | Item::Choice(_) | Item::Object(_) => {
                "Value::from_iter({VALUE}.into_iter().map(String::from))"
            }
        }
        .to_owned(),
        is_option: false,
        id: match item {
            Item::Id(id) => Some(id.clone()),
            Item::Text | Item::Choice(_) | Item::Object(_) => None,
        },
        is_list: true,
    }
}

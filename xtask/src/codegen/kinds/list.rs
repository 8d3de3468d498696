//! A list. Of texts it may come as one bare value.

use super::*;

/// Whether a list holds it.
pub(crate) const fn holds(found: &Type) -> bool {
    matches!(
        found,
        Type::Text | Type::Id(_) | Type::Choice(..) | Type::Object(_)
    )
}

/// An array, left out when empty or not.
pub(super) fn array(each: &Type, name: &Snake, presence: Presence) -> Output {
    let skip = match presence {
        Presence::Optional => Some("skip_serializing_if = \"Vec::is_empty\""),
        Presence::Required | Presence::Empty | Presence::Nullable => None,
    };
    if let Type::Object(held) = each {
        return object::list(held, name, skip);
    }
    let skip = skip.map_or_else(String::new, |skip| format!(", {skip}"));
    Output {
        wire_type: "Vec<Text>".to_owned(),
        serde: Some(format!("deserialize_with = \"one_or_many\"{skip}")),
        read: format!("OneOrMany(fields.{name}).into_ids()"),
        write: format!("OneOrMany::from_ids(&response.{name}).0"),
        texts: Some(Texts::many(&name.to_string())),
        ..collapsing(each, name)
    }
}

/// A list that collapses: absent, bare, or an array.
pub(super) fn collapsing(each: &Type, name: &Snake) -> Output {
    let held = each.name().unwrap_or("String");
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
        json: match each.name() {
            None => "Value::from({VALUE})",
            Some(_) => "Value::from_iter({VALUE}.into_iter().map(String::from))",
        }
        .to_owned(),
        is_option: false,
        id: match each {
            Type::Id(id) => Some(id.clone()),
            _ => None,
        },
        is_list: true,
    }
}

//! Keywords of OpenAPI and of JSON Schema that nothing here reads, and what to write
//! in their place.

const INSTEAD: [(&[&str], &str); 13] = [
    (&["allOf"], "write all of its properties in one object"),
    (&["anyOf"], "write one type"),
    (&["nullable"], "write `type: [string, 'null']`"),
    (
        &["additionalProperties", "patternProperties"],
        "an object has the properties that it lists",
    ),
    (&["minimum", "maximum"], "only an integer has it"),
    (
        &["minLength", "maxLength", "pattern", "format"],
        "only text has it",
    ),
    (&["exclusiveMinimum"], "write `minimum`"),
    (&["exclusiveMaximum"], "write `maximum`"),
    (&["const", "enum"], "only text has it"),
    (&["required"], "the object lists what it requires"),
    (
        &["security", "securitySchemes"],
        "an operation that needs the key has the parameter or the field `appkey`",
    ),
    (
        &["head", "options", "trace"],
        "write get, post, put, patch or delete",
    ),
    (
        &[
            "callbacks",
            "externalDocs",
            "links",
            "maxItems",
            "minItems",
            "multipleOf",
            "readOnly",
            "title",
            "uniqueItems",
            "writeOnly",
            "xml",
        ],
        "leave it out, and say in the description what it means",
    ),
];

/// What is wrong with a keyword, if it is one of these.
pub(super) fn message(key: &str) -> Option<String> {
    let (_, right) = INSTEAD.iter().find(|(keys, _)| keys.contains(&key))?;
    Some(format!("not supported: `{key}`; {right}"))
}

/// What it takes the place of, where that would be needed.
pub(super) fn stands_for(key: &str) -> Option<&'static str> {
    match key {
        "allOf" | "anyOf" => Some("type"),
        "additionalProperties" => Some("properties"),
        _ => None,
    }
}

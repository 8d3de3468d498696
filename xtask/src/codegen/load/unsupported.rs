//! Words of OpenAPI and of JSON Schema that nothing here reads, or not where they stand, and
//! what to write in their place.

const INSTEAD: &str = "\
allOf: write all of its properties in one object
anyOf: write one type
nullable: write `type: [string, 'null']`
additionalProperties patternProperties: an object has the properties that it lists
minimum maximum: only an integer has it
minLength maxLength pattern format: only text has it
exclusiveMinimum: write `minimum`
exclusiveMaximum: write `maximum`
const enum: only text has it
required: the object lists what it requires
security securitySchemes: an operation that needs the key has the parameter or the field `appkey`
head options trace: write get, post, put, patch or delete
header cookie: header fields are set on a client, by `with_header`; send it in the query
callbacks externalDocs links: leave it out, and say in the description what it means
maxItems minItems multipleOf uniqueItems: leave it out, and say in the description what it means
readOnly title writeOnly xml: leave it out, and say in the description what it means";

/// What is wrong with a word, if it is one of these.
pub(super) fn message(key: &str) -> Option<String> {
    let mut lines = INSTEAD.lines().filter_map(|line| line.split_once(": "));
    let (_, right) = lines.find(|(keys, _)| keys.split(' ').any(|it| it == key))?;
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

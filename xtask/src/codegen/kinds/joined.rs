//! Several identifiers in one segment of a path.

use super::*;

pub(super) fn input(id: &Camel, separator: char, slot: &Slot) -> Input {
    let (verb, key, name) = (slot.place.verb(), Literal(&slot.key), &slot.name);
    let place = slot.place.as_str();
    // One after the other on the command line, each named in the singular.
    let single = name.as_str();
    let single = single.strip_suffix('s').unwrap_or(single).replace('_', "-");
    let (single, value) = (Literal(&single), id.shouted());
    let value = Literal(&value);
    let literal = Literal(example(slot, "text"));
    Input {
        rust: Rust {
            name: format!("Vec<{id}>"),
            argument: format!("impl IntoIterator<Item = impl Into<{id}>>"),
            conversion: ".into_iter().map(Into::into).collect()",
        },
        info: format!("Joined({separator:?})"),
        write: format!(
            "request.joined_{verb}({key}, self.{name}.iter().map({id}::as_str), {separator:?})?;\n"
        ),
        read: format!("parameters.joined(ParameterLocation::{place}, {key}, {separator:?})?"),
        option: format!("long = {single}, value_name = {value}, required = true"),
        example: format!("[{literal}]"),
        assertion: shows(slot, |field| format!("assert_eq!({field}.len(), 1);")),
        remark: Some(format!("One or more, of which none holds a `{separator}`.")),
        ..text::input(slot)
    }
}

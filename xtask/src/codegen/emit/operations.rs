//! All operations: their descriptions.

use super::source::{Item, Source};
use super::text::Comment;
use crate::codegen::model::Api;

pub(crate) fn file(api: &Api) -> String {
    let docs = Comment::module().paragraph("All operations, in the order of the spec.");
    let mut source = Source::new(docs);
    let names: Vec<String> = api
        .operations
        .iter()
        .map(|operation| operation.name.to_string())
        .collect();
    let imports = format!("crate::request::{{{}}}", names.join(", "));
    source.push(list(&names).uses([&imports]));
    source.finish()
}

fn list(names: &[String]) -> Item {
    let infos: String = names
        .iter()
        .map(|name| format!("{name}::INFO,\n"))
        .collect();
    Item::new(format!(
        "\
/// What the spec says about every operation, in its order.
///
/// ```
/// use talkspace_core::{{Effect, OPERATIONS}};
///
/// let ringing = OPERATIONS.iter().filter(|info| info.effect == Effect::Rings);
/// assert!(ringing.count() > 0);
/// ```
pub const OPERATIONS: &[&OperationInfo] = &[
{infos}];
"
    ))
    .uses(["crate::codec::Operation", "crate::operation::OperationInfo"])
}

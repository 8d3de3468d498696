//! All operations: their descriptions, and a way to go through their types.

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
    let imports = format!("crate::generated::{{{}}}", names.join(", "));
    source.push(list(&names).uses([&imports]));
    source.push(visitor());
    source.push(visit(&names));
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
    .uses(["crate::operation::{Operation, OperationInfo}"])
}

fn visitor() -> Item {
    Item::new(
        "\
/// Something that is done with the type of every operation.
///
/// A list can hold descriptions, as [`OPERATIONS`] does, but not types; this is
/// the way to go through those.
#[cfg(feature = \"server\")]
pub trait OperationVisitor {
    /// Does it with one operation.
    fn visit<O: ServerOperation>(&mut self);
}
",
    )
    .server_uses(["crate::server::ServerOperation"])
}

fn visit(names: &[String]) -> Item {
    let visits: String = names
        .iter()
        .map(|name| format!("visitor.visit::<{name}>();\n"))
        .collect();
    Item::new(format!(
        "\
/// Visits every operation, in the order of the spec.
///
/// ```
/// use talkspace_core::server::ServerOperation;
/// use talkspace_core::{{OPERATIONS, OperationVisitor, visit_operations}};
///
/// struct Names(Vec<&'static str>);
///
/// impl OperationVisitor for Names {{
///     fn visit<O: ServerOperation>(&mut self) {{
///         self.0.push(O::INFO.id);
///     }}
/// }}
///
/// let mut names = Names(Vec::new());
/// visit_operations(&mut names);
/// assert_eq!(names.0.len(), OPERATIONS.len());
/// ```
#[cfg(feature = \"server\")]
pub fn visit_operations(visitor: &mut impl OperationVisitor) {{
{visits}}}
"
    ))
}

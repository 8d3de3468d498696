//! All operations: their descriptions.

use super::source;
use super::text::Comment;
use crate::codegen::model::Api;

pub(crate) fn file(api: &Api) -> String {
    let docs = Comment::module().paragraph("All operations, in the order of the spec.");
    source::file(docs, [list(api)])
}

fn list(api: &Api) -> String {
    let names = || api.operations.iter().map(|operation| &operation.name);
    let infos: String = names().map(|name| format!("{name}::INFO,\n")).collect();
    format!(
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
    )
}

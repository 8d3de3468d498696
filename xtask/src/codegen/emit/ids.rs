//! The identifiers.

use super::source;
use super::text::Comment;
use crate::codegen::model::{Api, Id};

pub(crate) fn file(api: &Api) -> String {
    let docs = Comment::module().paragraph("Identifiers, each with a type of its own.");
    source::file(docs, api.ids.iter().map(newtype))
}

fn newtype(id: &Id) -> String {
    let docs = Comment::item(4).prose(&id.docs);
    let name = &id.name;
    let verb = if id.secret { "secret_id" } else { "text_id" };
    format!(
        "\
{verb}! {{
{docs}    {name}
}}
"
    )
}

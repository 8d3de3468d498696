//! The modules that hold the others together.

#![expect(unused_qualifications, reason = "what askama derives has them")]

use askama::Template;

use super::text::Comment;
use crate::codegen::model::{Api, Group, Operation};
use crate::codegen::names::Snake;

#[derive(Template)]
pub(crate) enum Modules<'a> {
    #[template(path = "modules/requests.rs.j2")]
    Requests { api: &'a Api },
    #[template(path = "modules/responses.rs.j2")]
    Responses { api: &'a Api },
    /// One file for each operation of a group.
    #[template(path = "modules/family.rs.j2")]
    Family {
        api: &'a Api,
        group: &'a Group,
        head: Comment,
    },
    #[template(path = "modules/cli.rs.j2")]
    Commands { api: &'a Api },
}

/// The module of an operation, which is not called as the one that it is in.
pub(crate) fn module(group: &Group, operation: &Operation) -> Snake {
    let module = operation.function.as_module();
    match module == group.module {
        true => module.otherwise(),
        false => module,
    }
}

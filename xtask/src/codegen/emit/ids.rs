//! The identifiers.

use askama::Template;

use super::text::filters;
use crate::codegen::model::Api;

#[derive(Template)]
#[template(path = "ids.rs.j2")]
pub(crate) struct Ids<'a> {
    pub(crate) api: &'a Api,
}

//! All operations: their descriptions.

use askama::Template;

use crate::codegen::model::Api;

#[derive(Template)]
#[template(path = "operations.rs.j2")]
pub(crate) struct Operations<'a> {
    pub(crate) api: &'a Api,
}

//! What tests share.

use crate::{Client, Context, Suite};

mod faults;
mod page;

pub(crate) use page::{page, up_to_date};

/// The suite with the contract, as most tests want it.
pub(crate) fn blocking<C: Client>(
    name: &str,
    version: &str,
    build: impl Fn(&Context) -> C + Send + Sync + 'static,
) -> Suite {
    crate::blocking(name, version, build).contract()
}

//! `api/*`: the operations of the API, as the core's client sends them
//! through the adapter.

mod encoding;
mod errors;
#[cfg(feature = "wiremock")]
mod operation;
mod responses;

use talkspace_core::server::ServerOperation;
use talkspace_core::server::{OperationVisitor, visit_operations};

use crate::parameters::are_text;
use http1_conformance::Case;

/// Two cases for each operation of the spec whose parameters are text, and
/// those for all of them.
pub(super) fn cases() -> Vec<Case> {
    let mut each = EachOperation::default();
    visit_operations(&mut each);
    let mut cases = each.encoding;
    #[cfg(feature = "wiremock")]
    cases.extend(each.operation);
    cases.extend(responses::cases());
    cases.extend(errors::cases());
    cases
}

#[derive(Default)]
struct EachOperation {
    encoding: Vec<Case>,
    #[cfg(feature = "wiremock")]
    operation: Vec<Case>,
}

impl OperationVisitor for EachOperation {
    fn visit<O: ServerOperation>(&mut self) {
        if are_text(O::INFO) {
            self.encoding.push(encoding::case::<O>());
            #[cfg(feature = "wiremock")]
            self.operation.push(operation::case::<O>());
        }
    }
}

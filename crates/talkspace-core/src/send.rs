//! How a request is sent: its attempts, the backoff between them, its limits.

mod attempts;
mod collector;
mod drive;
mod header_fields;
mod open;
mod options;
mod response;
mod retry;
mod transfer;

pub(crate) use attempts::Along;
pub use attempts::{Attempts, Step};
pub(crate) use drive::drive_from;
pub use drive::{drive, drive_blocking};
pub(crate) use header_fields::HeaderFields;
pub(crate) use open::{open, open_blocking};
pub use options::RequestOptions;
pub use response::Response;
pub use retry::RetryBudget;
pub(crate) use transfer::{Progress, Transfer};

//! How a request is sent: its attempts, the backoff between them, its limits.

mod attempts;
mod drive;
mod header_fields;
mod options;
mod response;
mod retry;
mod sink;

pub(crate) use attempts::Along;
pub use attempts::{Attempts, Step};
pub use drive::{drive, drive_blocking};
pub(crate) use drive::{drive_into, drive_into_blocking};
pub(crate) use header_fields::HeaderFields;
pub use options::RequestOptions;
pub use response::Response;
pub use retry::RetryBudget;
pub(crate) use sink::{Progress, Sink};

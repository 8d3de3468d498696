//! What several of the peers do the same way.

pub mod floor;

use bench::{Outcome, work};

/// Fails unless the status is that of a TalkSpace created.
///
/// # Errors
///
/// When it is another.
pub fn created(status: u16) -> Outcome<()> {
    if status == 201 {
        return Ok(());
    }
    Err(format!("status {status}").into())
}

/// The form, written as a program would that has no generated client.
#[must_use]
pub fn form() -> String {
    form_urlencoded::Serializer::new(String::with_capacity(work::FORM.len()))
        .extend_pairs(work::FIELDS)
        .finish()
}

//! What a sandbox cannot begin with.

use std::error::Error as StdError;
use std::fmt;

use talkspace_core::{InvalidPhoneNumber, NetworkId};

use super::seeds::shown;
use crate::RestoreError;

/// A sandbox cannot begin like this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSeed(Wrong);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wrong {
    /// Whose, and why.
    Phone(String, InvalidPhoneNumber),
    /// What a seed file should say, and where.
    Said(String),
    Saved(RestoreError),
}

impl InvalidSeed {
    pub(super) fn phone(person: &NetworkId, why: InvalidPhoneNumber) -> Self {
        let person = shown(person.as_str(), "somebody");
        Self(Wrong::Phone(person.to_owned(), why))
    }

    pub(super) const fn said(why: String) -> Self {
        Self(Wrong::Said(why))
    }
}

impl From<RestoreError> for InvalidSeed {
    fn from(why: RestoreError) -> Self {
        Self(Wrong::Saved(why))
    }
}

impl fmt::Display for InvalidSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Wrong::Phone(person, why) => write!(f, "the phone of {person} is {why}"),
            Wrong::Said(why) => f.write_str(why),
            Wrong::Saved(why) => why.fmt(f),
        }
    }
}

impl StdError for InvalidSeed {}

//! What is said when something cannot be done.

use http::StatusCode;
use serde_json::json;
use talkspace_core::server::ServiceError;

use crate::telephone::TelephoneError;
use crate::{ResetError, RestoreError};

/// An error: a word for programs, and a sentence for people.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    message: String,
    /// The methods that the path takes.
    pub(super) allowed: Option<String>,
    /// The word by which it is done all the same.
    confirm: Option<&'static str>,
}

impl Problem {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code,
            message: message.into(),
            allowed: None,
            confirm: None,
        }
    }

    /// It is done when it is asked for with this word.
    pub(super) fn needs_confirm(would: String, confirm: &'static str) -> Self {
        Self {
            confirm: Some(confirm),
            ..Self::new(409, "needs_confirm", would)
        }
    }

    /// This field cannot be so, and why.
    pub(super) fn field(name: &str, why: &str) -> Self {
        Self::new(400, "bad_field", format!("`{name}` {why}."))
    }

    pub(super) fn method(allowed: String) -> Self {
        let message = format!("This path takes {allowed}.");
        Self {
            allowed: Some(allowed),
            ..Self::new(405, "wrong_method", message)
        }
    }

    /// A request that is not taken at all.
    pub(super) fn of(error: &ServiceError) -> Self {
        let code = match error.status {
            403 => "foreign_page",
            421 => "wrong_host",
            _ => "bad_request",
        };
        Self::new(error.status, code, error.message.clone())
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn json(&self) -> String {
        let Self { code, message, .. } = self;
        let status = self.status.as_u16();
        let mut json = json!({"error": code, "message": message, "status": status});
        if let (Some(word), Some(fields)) = (self.confirm, json.as_object_mut()) {
            fields.insert("confirm".to_owned(), word.into());
        }
        json.to_string()
    }
}

impl From<ResetError> for Problem {
    fn from(error: ResetError) -> Self {
        let code = match error {
            ResetError::StateIsKept => "state_is_kept",
            ResetError::UnknownKey => "no_such_app",
        };
        Self::new(409, code, error.to_string())
    }
}

impl From<RestoreError> for Problem {
    fn from(error: RestoreError) -> Self {
        let (status, code) = match error {
            RestoreError::StateIsKept => (409, "state_is_kept"),
            RestoreError::OtherVersion(_) => (409, "other_version"),
            RestoreError::OtherKeys => (409, "no_such_app"),
            RestoreError::NoJson { .. } => (400, "bad_body"),
            RestoreError::NotSaved { .. }
            | RestoreError::BadRow(_)
            | RestoreError::BadFile(_)
            | RestoreError::BadTime
            | RestoreError::BadChance => (400, "not_saved"),
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<TelephoneError> for Problem {
    fn from(error: TelephoneError) -> Self {
        let (status, code) = match &error {
            TelephoneError::StateIsKept => (409, "state_is_kept"),
            TelephoneError::NotHeld(person) => {
                let why = format!(
                    "The telephone of {person} is the crowd's: hold it first, with PATCH \
                     /_sandbox/people/{} and {{\"held\":true}}.",
                    talkspace_core::server::segment(person.as_str())
                );
                return Self::new(409, "not_held", why);
            }
            TelephoneError::CallOver(_) => (409, "call_over"),
            TelephoneError::NotMp3 { .. } | TelephoneError::OtherFormat => (400, "bad_mp3"),
            TelephoneError::NotWav(_) => (400, "bad_wav"),
            TelephoneError::TooMuch(_) => (413, "too_large"),
            TelephoneError::NotNow { .. }
            | TelephoneError::Silent(_)
            | TelephoneError::Unchanged(_) => (409, "wrong_state"),
        };
        Self::new(status, code, error.to_string())
    }
}

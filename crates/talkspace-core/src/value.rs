//! The values that requests, responses and errors are made of.

mod app_key;
mod base_url;
mod given_up;
mod id;
pub(crate) mod ids;
mod invalid_request;
mod media_hosts;
mod number;
mod origin;
mod phone_number;
mod request_id;
#[cfg(feature = "serde")]
mod secret_text;
mod status;
mod unseen;

pub use app_key::AppKey;
pub use base_url::{BaseUrl, IntoBaseUrl, InvalidBaseUrl};
pub(crate) use base_url::{Given, PlainHttpHost};
pub use given_up::GivenUp;
pub(crate) use ids::*;
pub use invalid_request::{InvalidRequest, InvalidRequestKind};
pub(crate) use media_hosts::{MediaHost, MediaHosts};
pub(crate) use number::{digits, integer};
pub(crate) use origin::Origin;
pub use phone_number::{InvalidPhoneNumber, PhoneNumber};
pub use request_id::{InvalidRequestId, RequestId};
pub use status::Status;
pub use unseen::is_unseen;

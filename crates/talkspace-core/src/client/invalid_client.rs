//! Settings of which no client is made.

use std::error::Error as StdError;
use std::fmt;

use crate::value::InvalidBaseUrl;

/// Why a [`ClientBuilder`](crate::ClientBuilder) builds no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidClient {
    /// The base URL is none that a client takes.
    BaseUrl(InvalidBaseUrl),
    /// A [host for plain http](crate::ClientBuilder::plain_http_host) is none.
    PlainHttpHost,
    /// A [media host](crate::ClientBuilder::media_host) is none.
    MediaHost,
    /// The [user agent](crate::ClientBuilder::user_agent) cannot be a header field.
    UserAgent,
    /// The [header field of request ids](crate::ClientBuilder::request_id_header) is none
    /// that the client can add.
    RequestIdHeader,
}

impl InvalidClient {
    /// The reason, and what would be right.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BaseUrl(why) => why.as_str(),
            Self::PlainHttpHost => {
                "a host for plain http is a host, if need be with a port: write one like sandbox, \
                 or sandbox:8080"
            }
            Self::MediaHost => {
                "a media host is a host, if need be with a scheme and a port: write one like \
                 media.example, or http://media.example:8080"
            }
            Self::UserAgent => {
                "the user agent cannot be a header field; write one like name/1.0, without line \
                 breaks and other control characters"
            }
            Self::RequestIdHeader => {
                "the header field of request ids cannot be sent; name one like x-request-id, and \
                 none that is written already"
            }
        }
    }
}

impl fmt::Display for InvalidClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StdError for InvalidClient {}

impl From<InvalidBaseUrl> for InvalidClient {
    fn from(why: InvalidBaseUrl) -> Self {
        Self::BaseUrl(why)
    }
}

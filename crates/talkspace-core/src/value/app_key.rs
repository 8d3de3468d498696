//! The application key, which must not be seen.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use zeroize::Zeroizing;

/// The key of an application: the one credential of the service.
///
/// It has no `Display`, its `Debug` shows nothing of it, and its memory is
/// wiped when the last clone is dropped. It joins a request only while that
/// request is encoded. With the feature `serde` it is read from a
/// configuration, as a text, and never written.
///
/// ```
/// use talkspace_core::AppKey;
///
/// let key = AppKey::new("6f1b0d3e-0000-4000-8000-5f0c2f6f7d11");
/// assert_eq!(format!("{key:?}"), "AppKey(..)");
/// ```
#[derive(Clone)]
pub struct AppKey(Arc<Zeroizing<String>>);

impl AppKey {
    /// A key from its text. Nothing is checked here: a request with an empty
    /// key, or one that holds control characters, is an error before it is sent.
    pub fn new(key: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(key.into())))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for AppKey {
    fn from(key: &str) -> Self {
        Self::new(key)
    }
}

impl From<String> for AppKey {
    fn from(key: String) -> Self {
        Self::new(key)
    }
}

impl From<&String> for AppKey {
    fn from(key: &String) -> Self {
        Self::new(key)
    }
}

impl From<Cow<'_, str>> for AppKey {
    fn from(key: Cow<'_, str>) -> Self {
        Self::new(key)
    }
}

impl From<Box<str>> for AppKey {
    fn from(key: Box<str>) -> Self {
        Self::new(key)
    }
}

impl From<&AppKey> for AppKey {
    fn from(key: &AppKey) -> Self {
        key.clone()
    }
}

impl FromStr for AppKey {
    type Err = Infallible;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(key))
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for AppKey {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        crate::value::secret_text::deserialize(from).map(Self::new)
    }
}

impl PartialEq for AppKey {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for AppKey {}

impl Hash for AppKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppKey(..)")
    }
}

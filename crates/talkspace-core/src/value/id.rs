//! What all identifiers share: text with a type of its own.

/// Declares an identifier: a newtype over text.
///
/// What comes from the service is never rejected for its form, so making one
/// cannot fail. What could not be sent safely is an error when a request that
/// carries it is encoded.
macro_rules! text_id {
    ($(#[$docs:meta])* $name:ident) => {
        crate::value::id::text! {
            $(#[$docs])*
            #[derive(Debug, serde::Deserialize, serde::Serialize)]
            #[serde(transparent)]
            $name
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// Declares an identifier whose possession is a permission: it has no
/// `Display`, its `Debug` shows nothing of it, and serde only reads it.
macro_rules! secret_id {
    ($(#[$docs:meta])* $name:ident) => {
        crate::value::id::text! { $(#[$docs])* $name }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                crate::value::secret_text::deserialize(from).map(Self)
            }
        }
    };
}

/// What the two have in common.
macro_rules! text {
    ($(#[$attributes:meta])* $name:ident) => {
        $(#[$attributes])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            #[doc = concat!("A `", stringify!($name), "` from its text.")]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                Self(text.clone())
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<std::borrow::Cow<'_, str>> for $name {
            fn from(text: std::borrow::Cow<'_, str>) -> Self {
                Self(text.into_owned())
            }
        }

        impl From<Box<str>> for $name {
            fn from(text: Box<str>) -> Self {
                Self(text.into_string())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self(text.to_owned()))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        /// Equality, order and hash are those of the text, so a map is looked up by `&str`.
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        crate::value::id::compares! { $name with str, &str, String }
    };
}

/// Equality with text, in both directions.
macro_rules! compares {
    ($name:ident with $($text:ty),*) => {$(
        impl PartialEq<$text> for $name {
            fn eq(&self, text: &$text) -> bool {
                self.0 == *text
            }
        }

        impl PartialEq<$name> for $text {
            fn eq(&self, id: &$name) -> bool {
                *self == id.0
            }
        }
    )*};
}

pub(crate) use {compares, secret_id, text, text_id};

//! How values are spelt in JSON: read generously, written as the service did.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use memchr::memchr_iter;
use serde::de::{DeserializeOwned, Error as DeError, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::redact::Redactor;
use crate::codec::text::{Text, TextVisitor};
use crate::value::integer;

#[cfg(test)]
mod tests;

/// The object inside an envelope: the fields that are on the wire.
pub(crate) trait Envelope: DeserializeOwned + Serialize + Default {
    /// The envelope's name, the one key of the document.
    const NAME: &'static str;

    /// The status inside the envelope.
    fn status(&self) -> Option<u16>;

    /// The service's message.
    fn message(&self) -> &str;

    /// What in it is a permission.
    fn secrets(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Takes secrets out of everything else.
    fn redact(&mut self, redactor: &Redactor<'_>);

    /// Sets what every envelope has.
    #[cfg(feature = "server")]
    fn set_head(&mut self, status: u16, message: String);
}

/// A document larger than this is not copied to be read faster.
const LARGEST_COPY: usize = 64 * 1024;

/// Reads a document of JSON.
///
/// As text it is validated once, and not string by string. The service escapes
/// every slash, and the parser gathers a string with an escape piece by piece;
/// so the slashes lose their escapes first. What cannot be read like this is
/// read as it came, so that an error is told by its place there.
pub(crate) fn read<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    std::str::from_utf8(&with_plain_slashes(json))
        .ok()
        .and_then(|text| serde_json::from_str(text).ok())
        .map_or_else(|| serde_json::from_slice(json), Ok)
}

fn with_plain_slashes(json: &[u8]) -> Cow<'_, [u8]> {
    let mut escapes = memchr_iter(b'\\', json).peekable();
    if json.len() > LARGEST_COPY || escapes.peek().is_none() {
        return Cow::Borrowed(json);
    }
    let mut plain = Vec::with_capacity(json.len());
    let mut copied = 0;
    while let Some(place) = escapes.next() {
        match json.get(place + 1) {
            Some(b'/') => {
                plain.extend_from_slice(json.get(copied..place).unwrap_or_default());
                copied = place + 1;
            }
            // An escaped backslash begins no escape.
            Some(b'\\') => _ = escapes.next(),
            _ => {}
        }
    }
    plain.extend_from_slice(json.get(copied..).unwrap_or_default());
    Cow::Owned(plain)
}

/// What a response's document turned out to be.
#[derive(Debug)]
pub(crate) enum Document<T> {
    /// The envelope that was expected.
    Expected(T),
    /// The service's general error envelope.
    Error(ErrorResponse),
    /// A JSON object with neither.
    Other,
}

/// The envelope that may stand in for an operation's own when it fails.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorResponse {
    pub(crate) message: Text,
    pub(crate) status: Code,
}

impl<'de, T: Envelope> Deserialize<'de> for Document<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys<T>(PhantomData<T>);

        impl<'de, T: Envelope> Visitor<'de> for Keys<T> {
            type Value = Document<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an object with the key `{}`", T::NAME)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut found = Document::Other;
                while let Some(Key(key)) = map.next_key::<Key<T>>()? {
                    match key {
                        Name::Expected => found = Document::Expected(map.next_value()?),
                        Name::Error => {
                            let error = map.next_value()?;
                            if matches!(found, Document::Other) {
                                found = Document::Error(error);
                            }
                        }
                        Name::Other(_) => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(found)
            }
        }

        deserializer.deserialize_map(Keys(PhantomData))
    }
}

struct Key<T>(Name<T>);

enum Name<T> {
    Expected,
    Error,
    Other(PhantomData<T>),
}

impl<'de, T: Envelope> Deserialize<'de> for Key<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names<T>(PhantomData<T>);

        impl<T: Envelope> Visitor<'_> for Names<T> {
            type Value = Key<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of an envelope")
            }

            fn visit_str<E: DeError>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Key(if name == T::NAME {
                    Name::Expected
                } else if name == "ErrorResponse" {
                    Name::Error
                } else {
                    Name::Other(PhantomData)
                }))
            }
        }

        deserializer.deserialize_identifier(Names(PhantomData))
    }
}

/// A value that may be written as text.
pub(crate) trait FromText: Sized {
    /// The value, if the text is one.
    fn from_text(text: &str) -> Option<Self>;
}

impl FromText for i64 {
    fn from_text(text: &str) -> Option<Self> {
        integer(text)
    }
}

impl FromText for bool {
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// A number or a truth value that may come as itself, as text, or not at all.
/// Text that is neither counts as absent.
pub(crate) fn lenient<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromText,
{
    struct LenientVisitor<T>(PhantomData<T>);

    impl<T: FromText> Visitor<'_> for LenientVisitor<T> {
        type Value = Option<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            TextVisitor.expecting(f)
        }

        fn visit_str<E: DeError>(self, text: &str) -> Result<Self::Value, E> {
            Ok(T::from_text(text))
        }

        fn visit_u64<E: DeError>(self, number: u64) -> Result<Self::Value, E> {
            Ok(T::from_text(&number.to_string()))
        }

        fn visit_i64<E: DeError>(self, number: i64) -> Result<Self::Value, E> {
            Ok(T::from_text(&number.to_string()))
        }

        // Also what 64 bits cannot hold. It is no name, so that digits may go.
        fn visit_f64<E: DeError>(self, number: f64) -> Result<Self::Value, E> {
            Ok(T::from_text(&format!("{number:.0}")))
        }

        fn visit_bool<E: DeError>(self, value: bool) -> Result<Self::Value, E> {
            Ok(T::from_text(&value.to_string()))
        }

        fn visit_unit<E: DeError>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(LenientVisitor(PhantomData))
}

/// The same where nothing is what a default value says.
pub(crate) fn lenient_or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromText + Default,
{
    lenient(deserializer).map(Option::unwrap_or_default)
}

/// The status inside an envelope. One that is no status counts as absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) Option<u16>);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CodeVisitor;

        // As `Text` reads it, without making one.
        impl Visitor<'_> for CodeVisitor {
            type Value = Option<u16>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                TextVisitor.expecting(f)
            }

            fn visit_str<E: DeError>(self, text: &str) -> Result<Self::Value, E> {
                Ok(text.parse().ok())
            }

            fn visit_u64<E: DeError>(self, number: u64) -> Result<Self::Value, E> {
                Ok(number.try_into().ok())
            }

            fn visit_i64<E: DeError>(self, _negative: i64) -> Result<Self::Value, E> {
                Ok(None)
            }

            // As a number, `200.0` and `2e2` are 200. What is none must not cost
            // the rest of the envelope.
            fn visit_f64<E: DeError>(self, number: f64) -> Result<Self::Value, E> {
                let mut codes = 100..=999_u16;
                Ok(codes.find(|code| f64::from(*code).total_cmp(&number).is_eq()))
            }

            fn visit_bool<E: DeError>(self, _value: bool) -> Result<Self::Value, E> {
                Ok(None)
            }

            fn visit_unit<E: DeError>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
        }

        let code = deserializer.deserialize_any(CodeVisitor)?;
        Ok(Self(code.filter(|code| (100..=999).contains(code))))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0.unwrap_or_default())
    }
}

/// A list that collapses: nothing when empty, the bare value when there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OneOrMany(pub(crate) Vec<Text>);

impl OneOrMany {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The list as identifiers.
    pub(crate) fn into_ids<T: From<String>>(self) -> Vec<T> {
        self.0.into_iter().map(|text| T::from(text.0)).collect()
    }

    /// The list from identifiers.
    #[cfg(feature = "server")]
    pub(crate) fn from_ids<T: AsRef<str>>(ids: &[T]) -> Self {
        Self(ids.iter().map(|id| Text(id.as_ref().to_owned())).collect())
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        one_or_many(deserializer).map(Self)
    }
}

/// A list that may come as an array, as a bare value, or as `null`.
pub(crate) fn one_or_many<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Text>, D::Error> {
    struct ListVisitor;

    impl<'de> Visitor<'de> for ListVisitor {
        type Value = Vec<Text>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a value or an array of values")
        }

        fn visit_str<E: DeError>(self, text: &str) -> Result<Vec<Text>, E> {
            Ok(vec![Text(text.to_owned())])
        }

        fn visit_u64<E: DeError>(self, number: u64) -> Result<Vec<Text>, E> {
            Ok(vec![Text(number.to_string())])
        }

        fn visit_i64<E: DeError>(self, number: i64) -> Result<Vec<Text>, E> {
            Ok(vec![Text(number.to_string())])
        }

        fn visit_bool<E: DeError>(self, value: bool) -> Result<Vec<Text>, E> {
            Ok(vec![Text(value.to_string())])
        }

        fn visit_unit<E: DeError>(self) -> Result<Vec<Text>, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<Text>, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element()? {
                list.push(item);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_any(ListVisitor)
}

impl Serialize for OneOrMany {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

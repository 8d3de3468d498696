//! A seed file, which a person wrote or a sandbox saved.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use talkspace_core::{NetworkId, PhoneNumber};

use super::{InvalidSeed, SandboxBuilder, fit};
use crate::Saved;
use crate::requests::near::nearest;
use crate::state::Text;

/// What a person writes.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Seeds {
    app_keys: Vec<String>,
    people: Members<String>,
    media: Members<Option<String>>,
    ring: Option<f64>,
    speech: Option<f64>,
    outage: bool,
    seed: Option<u64>,
}

/// The members of an object, one that stands twice, too.
struct Members<T>(Vec<(String, T)>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Self::default())
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(member) = map.next_entry()? {
            self.0.push(member);
        }
        Ok(self)
    }
}

/// What tells that it was saved.
#[derive(Deserialize)]
struct Mark {
    talkspace_sandbox: Option<u64>,
}

pub(super) fn read(builder: SandboxBuilder, text: &str) -> Result<SandboxBuilder, InvalidSeed> {
    let mark = serde_json::from_str::<Mark>(text);
    // One that was cut off is no JSON, and begins as one all the same.
    let begins = || {
        let first = text.trim_start().strip_prefix('{').map(str::trim_start);
        first.is_some_and(|first| first.starts_with("\"talkspace_sandbox\""))
    };
    if mark.map_or_else(|_| begins(), |mark| mark.talkspace_sandbox.is_some()) {
        Text::read(text)?;
        return Ok(builder.saved(Saved::from_json(text)));
    }
    // A list of the fields would be taken for them.
    if text.trim_start().starts_with('[') {
        let why = r#"expected an object, such as {"people": {"eta": "14151239876"}}"#;
        return Err(InvalidSeed::said(why.to_owned()));
    }
    let seeds: Seeds = serde_json::from_str(text).map_err(|error| wrong(&error))?;
    add(builder, seeds)
}

fn add(mut builder: SandboxBuilder, seeds: Seeds) -> Result<SandboxBuilder, InvalidSeed> {
    for key in seeds.app_keys {
        fit::name("an application key", &key)?;
        builder = builder.app_key(key);
    }
    for (id, phone) in seeds.people.0 {
        let id = NetworkId::from(id);
        let read = phone.parse::<PhoneNumber>();
        read.map_err(|why| InvalidSeed::phone(&id, why))?;
        builder = builder.person(id, phone);
    }
    for (id, file) in seeds.media.0 {
        let Some(file) = file else {
            builder = builder.media(id);
            continue;
        };
        let file = STANDARD.decode(&file).map_err(|_| {
            let why = "is a file in base64, or null for a moment of silence";
            let id = shown(&id, "one of them");
            InvalidSeed::said(format!("`media`: the content of {id} {why}"))
        })?;
        builder = builder.media_with(id, file);
    }
    if let Some(ring) = seconds("ring", seeds.ring)? {
        builder = builder.ring(ring);
    }
    if let Some(speech) = seconds("speech", seeds.speech)? {
        builder = builder.speech(speech);
    }
    if seeds.outage {
        builder = builder.outage(true);
    }
    if let Some(seed) = seeds.seed {
        builder = builder.seed(seed);
    }
    Ok(builder)
}

fn seconds(name: &str, value: Option<f64>) -> Result<Option<Duration>, InvalidSeed> {
    let read = value.map(Duration::try_from_secs_f64).transpose();
    read.map_err(|_| InvalidSeed::said(format!("`{name}` is a number of seconds, such as 0.2")))
}

/// An id, or this in its place where it is a phone number, which is not told.
pub(super) fn shown<'i>(id: &'i str, otherwise: &'i str) -> &'i str {
    let is_phone = id.parse::<PhoneNumber>().is_ok();
    if is_phone { otherwise } else { id }
}

/// What is wrong. A value that stands there may be a phone number, and a name one or a
/// key, so they are not told, but for a name that is a slip.
fn wrong(error: &serde_json::Error) -> InvalidSeed {
    const NAMES: [&str; 7] = [
        "app_keys", "people", "media", "ring", "speech", "outage", "seed",
    ];
    let said = error.to_string();
    if let Some(unknown) = said.strip_prefix("unknown field `") {
        let (name, expected) = unknown.rsplit_once("`, expected ").unwrap_or_default();
        return InvalidSeed::said(match nearest(name, NAMES) {
            Some(_) => said,
            None => format!("unknown field, expected {expected}"),
        });
    }
    let is_of_type = error.classify() == Category::Data && said.starts_with("invalid");
    let expected = said.rsplit_once(", expected ").filter(|_| is_of_type);
    InvalidSeed::said(match expected {
        Some((_, expected)) => format!("expected {expected}"),
        None => said,
    })
}

//! Keeps the key, and what else is secret, out of texts that the service wrote.

mod needle;
mod spelling;

use std::borrow::Cow;

pub(crate) use needle::Needle;

use spelling::{ESCAPES, Reader, begins_escape};

use crate::codec::text::Text;
use crate::value::{AppKey, digits};

#[cfg(test)]
mod tests;

/// What stands in the place of the key, and of a phone number or a grant.
pub(crate) const KEY: &str = "[app key]";
pub(crate) const SECRET: &str = "[secret]";

/// Takes secrets out of a text, however a service may spell them: plain, in
/// either case, without hyphens, as people write a phone number, escaped as in
/// URLs, forms, JSON or HTML, and escaped twice.
///
/// The service is known to repeat parameters in its messages.
#[derive(Debug, Default)]
pub(crate) struct Redactor<'k> {
    key: Option<&'k Needle>,
    /// The longest first: what is a part of another must not break it up.
    secrets: Vec<Needle>,
}

impl Needle {
    /// The application key, as it is searched for.
    pub(crate) fn of_key(key: &AppKey) -> Option<Self> {
        Self::new(key.expose(), KEY)
    }
}

impl<'k> Redactor<'k> {
    /// For the key, and for these secrets of a request or a response.
    pub(crate) fn new(key: Option<&'k Needle>, secrets: &[&str]) -> Self {
        let mut needles = Vec::new();
        for secret in secrets {
            needles.extend(Needle::new(secret, SECRET));
            needles.extend(
                other_names(secret)
                    .iter()
                    .filter_map(|name| Needle::new(name, SECRET)),
            );
        }
        if needles.len() > 1 {
            needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        }
        Self {
            key,
            secrets: needles,
        }
    }

    /// Takes one more secret out from now on.
    #[cfg(feature = "record")]
    pub(crate) fn learn(&mut self, secret: &str, is_key: bool) {
        let mask = if is_key { KEY } else { SECRET };
        if self.redact(secret) == mask {
            return;
        }
        self.secrets.extend(Needle::new(secret, mask));
        if !is_key {
            let others = other_names(secret);
            let others = others.iter().filter_map(|name| Needle::new(name, mask));
            self.secrets.extend(others);
        }
        self.secrets
            .sort_by_key(|needle| std::cmp::Reverse(needle.len()));
    }

    /// Takes secrets out of what may be no text: there, a short one is as good as in it
    /// by chance.
    #[cfg(feature = "record")]
    pub(crate) fn bytes<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return match self.redact(text) {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            };
        }
        match self.is_in(bytes, Needle::is_long) {
            true => Cow::Owned(self.masked(bytes, usize::MAX)),
            false => Cow::Borrowed(bytes),
        }
    }

    /// Takes secrets out of a text for people.
    pub(crate) fn text(&self, text: &mut Text) {
        if let Cow::Owned(kept) = self.redact(text.as_str()) {
            text.0 = kept;
        }
    }

    /// Takes secrets out of a name or an address, which a program goes by. It is
    /// of no use then; but a few letters that a secret shares with it are left.
    pub(crate) fn id(&self, text: &mut Text) {
        if self.is_in(text.0.as_bytes(), Needle::is_no_chance) {
            self.text(text);
        }
    }

    /// The text without secrets.
    pub(crate) fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.is_in(text.as_bytes(), |_| true) {
            return Cow::Borrowed(text);
        }
        let kept = self.masked(text.as_bytes(), usize::MAX);
        Cow::Owned(String::from_utf8_lossy(&kept).into_owned())
    }

    /// The beginning of a text from the wire, of so many bytes at most. A secret
    /// across the cut is seen whole, so no part of it remains.
    pub(crate) fn beginning(&self, text: &[u8], at_most: usize) -> String {
        // With a whole character more, none is cut that would have had room.
        let kept = self.masked(text, at_most.saturating_add(4));
        let mut kept = String::from_utf8_lossy(&kept).into_owned();
        let mut end = kept.len().min(at_most);
        while !kept.is_char_boundary(end) {
            end -= 1;
        }
        kept.truncate(end);
        kept.shrink_to_fit();
        kept
    }

    fn masked(&self, text: &[u8], at_most: usize) -> Vec<u8> {
        let mut kept = Vec::with_capacity(text.len().min(at_most));
        let reader = Reader::new(text);
        let mut at = 0;
        while let Some(byte) = text.get(at).filter(|_| kept.len() < at_most) {
            if let Some((end, mask)) = self.found_at(at, &reader, |_| true) {
                kept.extend_from_slice(mask.as_bytes());
                at = end;
            } else {
                kept.push(*byte);
                at += 1;
            }
        }
        kept
    }

    /// Whether one of these secrets is anywhere in the text.
    fn is_in(&self, text: &[u8], which: impl Fn(&Needle) -> bool) -> bool {
        // However a secret is written, that takes no fewer bytes. Most texts are shorter.
        let wanted = || self.needles().filter(|needle| which(needle));
        let starts = wanted().filter_map(|needle| text.len().checked_sub(needle.len()));
        let Some(starts) = starts.max().and_then(|starts| text.get(..=starts)) else {
            return false;
        };
        // Most places of the others are passed over by a look at their byte.
        let mut begins = [false; 256];
        let mut mark = |byte: u8| {
            if let Some(begins) = begins.get_mut(usize::from(byte)) {
                *begins = true;
            }
        };
        wanted().for_each(|needle| needle.begins_with().into_iter().for_each(&mut mark));
        ESCAPES.into_iter().for_each(mark);
        let reader = Reader::new(text);
        let mut places = starts.iter().enumerate();
        places.any(|(at, byte)| {
            begins.get(usize::from(*byte)) == Some(&true)
                && self.found_at(at, &reader, &which).is_some()
        })
    }

    /// Where the secret ends that begins at this place, and what stands for it.
    /// An escape costs the most, and so it is read once for all of them.
    fn found_at(
        &self,
        at: usize,
        text: &Reader<'_>,
        which: impl Fn(&Needle) -> bool,
    ) -> Option<(usize, &'static str)> {
        let mut first = *text.text().get(at)?;
        if begins_escape(first) {
            let (unit, _) = text.read(at)?;
            first = *unit.bytes(&mut [0; 4]).first()?;
        }
        let mut needles = self.needles();
        needles.find_map(|needle| {
            let may_be = needle.begins_with().contains(&first) && which(needle);
            let end = may_be.then(|| needle.end_of(text, at))?;
            Some((end?, needle.mask()))
        })
    }

    fn needles(&self) -> impl Iterator<Item = &Needle> {
        self.key.into_iter().chain(&self.secrets)
    }
}

/// What else means the same: a phone number without the digit of its country,
/// and a number of 64 bits, such as a grant, in the other base.
fn other_names(secret: &str) -> Vec<String> {
    let hex = secret
        .strip_prefix("0x")
        .or_else(|| secret.strip_prefix("0X"))
        .and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let decimal = || digits(secret).filter(|_| secret.len() > 11);
    // Small numbers are in every text.
    match (hex, secret.strip_prefix('1')) {
        (Some(number @ 0x1000_0000..), _) => vec![format!("{number:x}"), number.to_string()],
        (_, Some(national)) if national.len() == 10 => vec![national.to_owned()],
        _ => decimal()
            .map(|number| format!("{number:x}"))
            .into_iter()
            .collect(),
    }
}

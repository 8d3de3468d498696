//! Texts, character by character, whichever escapes these are written in:
//! percent-encoding (RFC 3986 §2.1), JSON (RFC 8259 §7), HTML, and each of them
//! inside another. Nothing is copied, so that a place in the text stays known.

use std::cell::{Cell, OnceCell};

#[cfg(test)]
pub(super) mod tests;

/// How many escapes may be inside each other. `%255Cu002F` is three.
const DEPTH: u8 = 4;
/// The longest name of an HTML entity that is taken for one.
const LONGEST_NAME: usize = 8;

/// One character, or a byte of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// A byte as it stands, or as percent-encoding has it.
    Byte(u8),
    /// A character beyond ASCII, by its number.
    Char(char),
}

impl Unit {
    fn of(number: u32) -> Self {
        match u8::try_from(number) {
            Ok(byte @ 0..=0x7F) => Self::Byte(byte),
            _ => Self::Char(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    /// Its bytes in UTF-8.
    pub(super) fn bytes<'b>(&'b self, room: &'b mut [u8; 4]) -> &'b [u8] {
        match self {
            Self::Byte(byte) => std::slice::from_ref(byte),
            Self::Char(character) => character.encode_utf8(room).as_bytes(),
        }
    }

    /// Whether it may stand between the letters and digits of a secret.
    pub(super) const fn is_separator(self) -> bool {
        match self {
            Self::Byte(byte) => !byte.is_ascii_alphanumeric(),
            Self::Char(_) => true,
        }
    }
}

/// Whether an escape may begin with this byte.
pub(super) fn begins_escape(byte: u8) -> bool {
    ESCAPES.contains(&byte)
}

/// What an escape begins with.
pub(super) const ESCAPES: [u8; 3] = *b"%\\&";

/// A character, and where the text goes on after it.
type Read = (Unit, usize);

/// How many places the reader remembers. An escape that is longer with all that
/// is inside of it is read again.
const PLACES: usize = 32;

/// Reads a text at any place. It remembers what the last escapes were: otherwise
/// each layer would read anew what the next ones have read, and a text made of
/// beginnings of escapes would take sixteen times as long.
pub(super) struct Reader<'t> {
    text: &'t [u8],
    /// By the place, and by how many escapes may be inside each other there. Most
    /// texts have none, and then nothing is made.
    known: OnceCell<Box<[Layers; PLACES]>>,
}

type Layers = [Cell<Option<(usize, Read)>>; DEPTH as usize];

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            known: OnceCell::new(),
        }
    }

    /// The bytes as they stand.
    pub(super) const fn text(&self) -> &'t [u8] {
        self.text
    }

    /// What is written at this place.
    pub(super) fn read(&self, at: usize) -> Option<Read> {
        self.read_within(at, DEPTH)
    }

    fn read_within(&self, at: usize, depth: u8) -> Option<Read> {
        let byte = *self.text.get(at)?;
        let Some(within) = depth.checked_sub(1).filter(|_| begins_escape(byte)) else {
            return Some((Unit::Byte(byte), at + 1));
        };
        let known = self.known.get_or_init(Box::default);
        let known = known.get(at % PLACES)?.get(usize::from(within))?;
        if let Some((_, read)) = known.get().filter(|(place, _)| *place == at) {
            return Some(read);
        }
        let inner = Inner {
            reader: self,
            depth: within,
        };
        let read = inner.undone(at)?;
        known.set(Some((at, read)));
        Some(read)
    }
}

/// The text, as what is inside of an escape is read.
#[derive(Clone, Copy)]
struct Inner<'r> {
    reader: &'r Reader<'r>,
    depth: u8,
}

impl Inner<'_> {
    /// What is written at this place, one escape more undone.
    fn undone(self, at: usize) -> Option<Read> {
        #[cfg(test)]
        tests::UNDONE.with(|undone| undone.set(undone.get() + 1));
        // What begins an escape may be written as one itself.
        let (first, next) = self.read(at)?;
        let undone = match first {
            Unit::Byte(b'%') => self.hex(next, 2),
            Unit::Byte(b'\\') => self.quoted(next),
            Unit::Byte(b'&') => self.entity(next),
            _ => None,
        };
        Some(undone.unwrap_or((first, next)))
    }

    fn read(self, at: usize) -> Option<Read> {
        self.reader.read_within(at, self.depth)
    }

    fn byte(self, at: usize) -> Option<(u8, usize)> {
        match self.read(at)? {
            (Unit::Byte(byte), next) => Some((byte, next)),
            (Unit::Char(_), _) => None,
        }
    }

    /// So many hexadecimal digits.
    fn hex(self, mut at: usize, digits: usize) -> Option<Read> {
        let mut number = 0;
        for _ in 0..digits {
            let (byte, next) = self.byte(at)?;
            number = number * 16 + char::from(byte).to_digit(16)?;
            at = next;
        }
        let unit = match u8::try_from(number) {
            Ok(byte) if digits == 2 => Unit::Byte(byte),
            _ => Unit::of(number),
        };
        Some((unit, at))
    }

    /// What follows a backslash.
    fn quoted(self, at: usize) -> Option<Read> {
        let (byte, next) = self.byte(at)?;
        match byte {
            b'u' => self.hex(next, 4),
            b'x' => self.hex(next, 2),
            b'"' | b'\'' | b'/' | b'\\' => Some((Unit::Byte(byte), next)),
            b'b' | b'f' | b'n' | b'r' | b't' => Some((Unit::Byte(b' '), next)),
            _ => None,
        }
    }

    /// What follows an ampersand.
    fn entity(self, at: usize) -> Option<Read> {
        let (mut name, mut length, mut at) = ([0; LONGEST_NAME], 0, at);
        loop {
            let (byte, next) = self.byte(at)?;
            at = next;
            if byte == b';' {
                return named(name.get(..length)?).map(|unit| (unit, at));
            }
            let is_name = byte.is_ascii_alphanumeric() || (byte == b'#' && length == 0);
            *name.get_mut(length).filter(|_| is_name)? = byte;
            length += 1;
        }
    }
}

fn named(name: &[u8]) -> Option<Unit> {
    let number = |digits: &[u8], radix| {
        let digits = std::str::from_utf8(digits).ok()?;
        u32::from_str_radix(digits, radix).ok().map(Unit::of)
    };
    match name {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16),
        [b'#', digits @ ..] => number(digits, 10),
        b"amp" => Some(Unit::Byte(b'&')),
        b"quot" => Some(Unit::Byte(b'"')),
        b"apos" => Some(Unit::Byte(b'\'')),
        b"lt" => Some(Unit::Byte(b'<')),
        b"gt" => Some(Unit::Byte(b'>')),
        b"sol" => Some(Unit::Byte(b'/')),
        b"plus" => Some(Unit::Byte(b'+')),
        b"percnt" => Some(Unit::Byte(b'%')),
        // No other name stands for a letter or a digit.
        [first, ..] if first.is_ascii_alphabetic() => Some(Unit::Char(char::REPLACEMENT_CHARACTER)),
        _ => None,
    }
}

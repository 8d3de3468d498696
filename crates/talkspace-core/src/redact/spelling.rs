//! Texts, character by character, whichever escapes these are written in:
//! percent-encoding (RFC 3986 §2.1), JSON (RFC 8259 §7), HTML, and each of them
//! inside another. Nothing is copied, so that a place in the text stays known.

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
pub(super) const fn begins_escape(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&')
}

/// What is written at this place, and where the text goes on.
pub(super) fn read(text: &[u8], at: usize) -> Option<(Unit, usize)> {
    read_within(text, at, DEPTH)
}

fn read_within(text: &[u8], at: usize, depth: u8) -> Option<(Unit, usize)> {
    let byte = *text.get(at)?;
    if depth == 0 || !begins_escape(byte) {
        return Some((Unit::Byte(byte), at + 1));
    }
    // What begins an escape may be written as one itself.
    let inner = Inner {
        text,
        depth: depth - 1,
    };
    let (first, next) = inner.read(at)?;
    let undone = match first {
        Unit::Byte(b'%') => inner.hex(next, 2),
        Unit::Byte(b'\\') => inner.quoted(next),
        Unit::Byte(b'&') => inner.entity(next),
        _ => None,
    };
    Some(undone.unwrap_or((first, next)))
}

/// The text, as what is inside of an escape is read.
#[derive(Clone, Copy)]
struct Inner<'t> {
    text: &'t [u8],
    depth: u8,
}

impl Inner<'_> {
    fn read(self, at: usize) -> Option<(Unit, usize)> {
        read_within(self.text, at, self.depth)
    }

    fn byte(self, at: usize) -> Option<(u8, usize)> {
        match self.read(at)? {
            (Unit::Byte(byte), next) => Some((byte, next)),
            (Unit::Char(_), _) => None,
        }
    }

    /// So many hexadecimal digits.
    fn hex(self, mut at: usize, digits: usize) -> Option<(Unit, usize)> {
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
    fn quoted(self, at: usize) -> Option<(Unit, usize)> {
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
    fn entity(self, at: usize) -> Option<(Unit, usize)> {
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

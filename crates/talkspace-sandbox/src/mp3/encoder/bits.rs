//! Bits, one after the other.

/// The first bit of a byte is its highest.
#[derive(Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    length: usize,
}

impl Bits {
    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Appends the lowest bits of a value.
    pub(super) fn push(&mut self, value: u32, count: u32) {
        for place in (0..count).rev() {
            if self.length % 8 == 0 {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(value >> place & 1 == 1) << (7 - self.length % 8);
            }
            self.length += 1;
        }
    }

    /// Appends all of these.
    pub(super) fn append(&mut self, other: &Self) {
        let mut left = other.length;
        for byte in &other.bytes {
            let count = left.min(8);
            self.push(u32::from(*byte) >> (8 - count), count as u32);
            left -= count;
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

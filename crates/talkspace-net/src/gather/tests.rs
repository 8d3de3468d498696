//! Buffers as one.

use super::*;

#[test]
fn buffers_come_out_in_their_order() {
    let gathered = |buffers: &[&[u8]]| {
        let buffers: Vec<IoSlice<'_>> = buffers.iter().map(|buffer| IoSlice::new(buffer)).collect();
        gather(&buffers).into_owned()
    };
    assert_eq!(gathered(&[]), b"");
    assert_eq!(gathered(&[b"one"]), b"one");
    assert_eq!(
        gathered(&[b"one, ", b"", b"two, ", b"three"]),
        b"one, two, three"
    );
}

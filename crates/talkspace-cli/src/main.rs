//! The command `talkspace`.
fn main() {}

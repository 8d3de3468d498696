//! How the length of a file is read.

use super::{frames_in, is_complaint, samples_of};

#[test]
fn frames_follow_from_the_length_of_a_file() {
    assert_eq!(frames_in(417), 1);
    assert_eq!(frames_in(835), 2);
    assert_eq!(frames_in(20_480), 49);
    // A byte too many or too few is seen.
    assert_eq!(frames_in(20_481), 50);
    assert_eq!(frames_in(20_062), 48);
}

#[test]
fn samples_are_counted_by_channel() {
    let mut wav = Vec::from(*b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0");
    wav.extend(44_100_u32.to_le_bytes());
    wav.extend(*b"\x10\xB1\x02\0\x04\0\x10\0data\x0C\0\0\0");
    wav.extend([0; 12]);
    assert_eq!(samples_of(&wav), Some((3, 44_100)));
    assert_eq!(samples_of(b"RIFF"), None);
}

#[test]
fn a_decoder_that_skips_something_complains() {
    assert!(is_complaint("Note: Trying to resync..."));
    assert!(!is_complaint("MPEG 1.0 L III cbr128 44100 j-s"));
}

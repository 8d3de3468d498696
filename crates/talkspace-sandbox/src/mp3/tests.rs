//! Silence is as long as it is said to be.

use talkspace_core::MediaFile;

use super::*;

/// Walks over the frames as a decoder does: by their headers.
fn frames(mut file: &[u8]) -> u64 {
    let mut count = 0;
    while !file.is_empty() {
        assert_eq!(file[..2], HEADER[..2], "frame {count}");
        let length = 417 + usize::from(file[2] & PADDED != 0);
        assert!(file[4..length].iter().all(|byte| *byte == 0));
        file = &file[length..];
        count += 1;
    }
    count
}

#[test]
fn it_lasts_as_long_as_asked_for() {
    for (duration, expected) in [
        (Duration::ZERO, 1),
        (Duration::from_millis(26), 1),
        (Duration::from_secs(1), 38),
        (Duration::from_secs(10), 383),
        (Duration::from_secs(61), 2335),
    ] {
        let silence = Silence::lasting(duration);
        let file = silence.to_bytes();
        assert_eq!(frames(&file), expected, "{duration:?}");
        assert_eq!(file.len() as u64, silence.len());
        assert!(MediaFile::mp3(file).is_ok());
    }
}

#[test]
fn it_has_the_bit_rate_that_it_says() {
    let file = Silence::lasting(Duration::from_secs(100)).to_bytes();
    let rate = file.len() as f64 * 8.0 / (frames(&file) as f64 * 1152.0 / 44_100.0);
    assert!((rate - 128_000.0).abs() < 10.0, "{rate}");
}

#[test]
fn it_ends_after_an_hour() {
    let hour = Silence::lasting(Silence::MAX);
    assert_eq!(Silence::lasting(Duration::MAX), hour);
}

//! What is taken for speech, and where it stands in a recording.

use super::*;

fn silence(seconds: u64) -> Bytes {
    Silence::lasting(Duration::from_secs(seconds)).to_bytes()
}

#[test]
fn the_frames_are_taken_out_of_their_tags() {
    let frames = silence(2);
    let head = [&b"ID3\x04\0\0\0\0\x01\x02"[..], &[7; 130]].concat();
    let tail = [&b"TAG"[..], &[0; 125]].concat();
    let file = [&head[..], &frames, &tail].concat();
    let speech = Speech::of(&file.into()).unwrap();
    assert_eq!(speech.frames, frames);
    assert_eq!(speech.length.as_millis(), 2_011, "77 frames");
}

#[test]
fn what_is_not_whole_frames_is_an_error_at_its_place() {
    let frames = silence(1);
    let cut = frames.slice(..frames.len() - 1);
    let last = Silence { frames: 37 }.len();
    for (file, place) in [
        (Bytes::new(), 0),
        (Bytes::from_static(b"RIFF....WAVE"), 0),
        (Bytes::from_static(b"ID3\x04\0\0\0\0\x7F\x7F"), 10 + 0x3FFF),
        (cut, usize::try_from(last).unwrap()),
        ([&frames[..], b"?"].concat().into(), frames.len()),
    ] {
        let error = Speech::of(&file).unwrap_err();
        assert_eq!(error, TelephoneError::NotMp3 { at: place }, "{file:?}");
    }
}

#[test]
fn every_kind_of_frame_has_its_length() {
    // By the tables of ISO/IEC 11172-3 and 13818-3: bytes and microseconds.
    for (header, bytes, micros) in [
        ([0xFF, 0xFB, 0x90, 0x64], 417, 26_122),
        ([0xFF, 0xFB, 0x92, 0x64], 418, 26_122),
        ([0xFF, 0xFB, 0xE4, 0x00], 960, 24_000),
        ([0xFF, 0xF3, 0x88, 0x00], 288, 36_000),
        ([0xFF, 0xE3, 0x18, 0x00], 72, 72_000),
    ] {
        let frame = Frame::parse(&header).unwrap();
        assert_eq!(frame.bytes, bytes, "{header:x?}");
        assert_eq!(frame.length.as_micros(), micros, "{header:x?}");
    }
    for none in [
        [0xFF, 0xFB, 0xF0, 0x64],
        [0xFF, 0xFB, 0x00, 0x64],
        [0xFF, 0xFB, 0x9C, 0x64],
        [0xFF, 0xFD, 0x90, 0x64],
        [0xFF, 0xEB, 0x90, 0x64],
        [0xFE, 0xFB, 0x90, 0x64],
    ] {
        assert!(Frame::parse(&none).is_none(), "{none:x?}");
    }
}

#[test]
fn what_is_said_stands_where_it_was_said() {
    let mut tape = Tape::default();
    // Said with a bit rate that silence does not have.
    let said = Bytes::from([&[0xFF, 0xFB, 0xE0, 0x64][..], &[0; 1040]].concat());
    let speech = Speech::of(&said).unwrap();
    for at in [1_000, 1_010] {
        tape.add(Duration::from_millis(at), speech.clone()).unwrap();
    }
    let second = silence(1);
    let rest = Silence::until(Duration::from_millis(1_052), Duration::from_secs(2));
    let expected = [&second[..], &said, &said, &rest.to_bytes()].concat();
    assert_eq!(tape.play(Duration::from_secs(2)), expected);
    let short = tape.play(Duration::ZERO);
    assert_eq!(short, [&second[..], &said, &said].concat(), "it is whole");
}

#[test]
fn a_recording_has_a_greatest_size() {
    let mut tape = Tape::default();
    let second = Speech::of(&silence(600)).unwrap();
    let size = second.frames.len() as u64;
    let fit = MediaFile::MAX_LEN / size;
    for _ in 0..fit {
        tape.add(Duration::ZERO, second.clone()).unwrap();
    }
    let too_much = tape.add(Duration::ZERO, second.clone());
    assert_eq!(too_much, Err(TelephoneError::TooMuch(size * (fit + 1))));
    assert_eq!(tape.play(Duration::ZERO).len() as u64, size * fit);
}

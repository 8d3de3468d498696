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
        (Bytes::from_static(b"RIFF....AVI "), 0),
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

/// A recording without its first frame.
fn without_count(recording: Bytes) -> Bytes {
    let count = Frame::parse(&recording).unwrap();
    assert!(count.is_count(&recording));
    recording.slice(count.bytes..)
}

#[test]
fn a_recording_says_how_many_frames_it_has() {
    for header in [
        [0xFF, 0xFB, 0xE0, 0x64],
        [0xFF, 0xFA, 0xE0, 0xC4],
        [0xFF, 0xF3, 0x80, 0x00],
        [0xFF, 0xE3, 0x88, 0xC0],
    ] {
        let frame = Frame::parse(&header).unwrap();
        let said = [&header[..], &vec![0; frame.bytes - 4]].concat();
        let mut tape = Tape::default();
        let at = frame.length * 100;
        tape.add(at, Speech::of(&said.repeat(100).into()).unwrap())
            .unwrap();
        let recording = tape.play(Duration::ZERO);
        let count = Frame::parse(&recording).unwrap();
        assert_eq!(count.format(), frame.format());
        let at = count.count_at();
        let number = |at: usize| u32::from_be_bytes(recording[at..at + 4].try_into().unwrap());
        assert_eq!(&recording[at..at + 4], b"Xing", "{header:x?}");
        assert_eq!([number(at + 4), number(at + 8)], [7, 200], "{header:x?}");
        assert_eq!(number(at + 12) as usize, recording.len(), "{header:x?}");
        // Half of the time is silence, which takes less than half of the bytes.
        let table = &recording[at + 16..at + 116];
        assert!(table.is_sorted(), "{table:?}");
        let half = usize::from(table[50]) * recording.len() / 256;
        let speech = recording.len() - 100 * frame.bytes;
        assert!(
            half.abs_diff(speech) <= recording.len() / 256 + 1,
            "{header:x?}"
        );
        assert!(
            recording[at + 116..count.bytes]
                .iter()
                .all(|byte| *byte == 0)
        );
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
    let quiet = [&[0xFF, 0xFB, 0x10, 0x64][..], &[0; 100]].concat();
    let (second, rest) = (quiet.repeat(38), quiet.repeat(36));
    let expected = [&second[..], &said, &said, &rest].concat();
    assert_eq!(without_count(tape.play(Duration::from_secs(2))), expected);
    let short = without_count(tape.play(Duration::ZERO));
    assert_eq!(short, [&second[..], &said, &said].concat(), "it is whole");
}

#[test]
fn what_is_sent_once_it_was_said_stands_where_it_began() {
    let speech = Speech::of(&silence(2)).unwrap();
    let two = Duration::from_secs(2);
    let mut tape = Tape::default();
    let begun = speech.clone().begun(two);
    tape.add(Duration::from_secs(5), begun.clone()).unwrap();
    let mut at_once = Tape::default();
    at_once.add(Duration::from_secs(3), speech).unwrap();
    let whole = Duration::from_secs(6);
    assert_eq!(tape.play(whole), at_once.play(whole));
    let mut early = Tape::default();
    early.add(Duration::from_secs(1), begun).unwrap();
    let early = without_count(early.play(two));
    assert_eq!(early, silence(2), "not before the recording");
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
    let played = without_count(tape.play(Duration::ZERO));
    assert_eq!(played.len() as u64, size * fit);
}

#[test]
fn a_frame_that_counts_the_others_is_no_sound() {
    let frame = |header: [u8; 4], place: usize, word: &[u8]| {
        let mut frame = vec![0; Frame::parse(&header).unwrap().bytes];
        frame[..4].copy_from_slice(&header);
        frame[place..place + word.len()].copy_from_slice(word);
        frame
    };
    for (header, place, word) in [
        ([0xFF, 0xFB, 0x90, 0x64], 36, b"Xing"),
        ([0xFF, 0xFB, 0x90, 0x64], 36, b"VBRI"),
        ([0xFF, 0xFB, 0x90, 0xC4], 21, b"Info"),
        ([0xFF, 0xFA, 0x90, 0xC4], 23, b"Info"),
        ([0xFF, 0xF3, 0x88, 0x00], 21, b"Xing"),
        ([0xFF, 0xF3, 0x88, 0xC0], 13, b"Xing"),
    ] {
        let (count, sound) = (frame(header, place, word), frame(header, 4, b""));
        let speech = Speech::of(&[&count[..], &sound].concat().into()).unwrap();
        assert_eq!(speech.frames, sound, "{header:x?}");
        assert!(Speech::of(&count.into()).is_err(), "{header:x?}");
    }
}

#[test]
fn a_recording_has_one_format() {
    let frame = |header: [u8; 4]| {
        let mut frame = vec![0; Frame::parse(&header).unwrap().bytes];
        frame[..4].copy_from_slice(&header);
        Bytes::from(frame)
    };
    let stereo = frame([0xFF, 0xFB, 0x90, 0x64]);
    let mut tape = Tape::default();
    let speech = |file| Speech::of(&file).unwrap();
    tape.add(Duration::ZERO, speech(stereo.clone())).unwrap();
    for other in [
        frame([0xFF, 0xFB, 0x90, 0xC4]),
        frame([0xFF, 0xFB, 0x94, 0x64]),
        frame([0xFF, 0xF3, 0x90, 0x64]),
    ] {
        let added = tape.add(Duration::ZERO, speech(other.clone()));
        assert_eq!(added, Err(TelephoneError::OtherFormat));
        let mixed = Speech::of(&[&stereo[..], &other].concat().into());
        assert_eq!(mixed.unwrap_err(), TelephoneError::OtherFormat);
    }
    let other_rate = frame([0xFF, 0xFB, 0xA0, 0x44]);
    tape.add(Duration::ZERO, speech(other_rate)).unwrap();
}

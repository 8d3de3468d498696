//! A browser's microphone gives PCM, which is spoken as a WAV file.

use serde_json::json;
use talkspace_core::{CreateMedia, GetMediaStatus, RecordMedia};

use super::http::Http;
use super::{client, server};

/// A WAV file of PCM with so many bytes of samples: two channels of 32 bits and 48 kHz,
/// so that the largest is soon encoded.
fn wav(length: u32) -> Vec<u8> {
    let mut file = Vec::from(*b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend(48_000_u32.to_le_bytes());
    file.extend((8 * 48_000_u32).to_le_bytes());
    file.extend(b"\x08\0\x20\0data");
    file.extend(length.to_le_bytes());
    file.extend((0..length).map(|n| (n >> 7 ^ n) as u8));
    file
}

#[test]
fn what_a_microphone_gave_is_in_the_recording() {
    let server = server();
    let (http, client) = (Http::of(&server), client(&server));
    http.json("PATCH", "people/eta", json!({"held": true}));
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    client.send(RecordMedia::new(&media, "eta")).unwrap();
    http.json("POST", "calls/1/answer", json!({}));
    http.json("POST", "calls/1/press", json!({"key": "1"}));
    let speak = |kind, file: &[u8]| {
        let said = http.send("POST", "calls/1/speak", &[("content-type", kind)], file);
        let message = said.body["message"].as_str().unwrap_or_default();
        (said.status, message.to_owned())
    };
    let most = 1024 * 1024;
    let wrong_type =
        "Send this with the header field Content-Type: audio/mpeg or audio/wav or audio/x-wav.";
    assert_eq!(speak("audio/webm", &wav(2)), (415, wrong_type.to_owned()));
    let empty = "the WAV file has no samples".to_owned();
    assert_eq!(speak("audio/wav", &wav(0)), (400, empty));
    let (status, message) = speak("audio/wav", &wav(most - 44 + 1));
    assert_eq!(
        (status, message.contains("1048576")),
        (413, true),
        "{message}"
    );
    assert_eq!(speak("audio/wav", &wav(most - 44)).0, 200);
    assert_eq!(speak("audio/x-wav; codecs=1", &wav(32_000)).0, 200);
    http.json("POST", "calls/1/hang_up", json!({}));
    let size = client.send(GetMediaStatus::new(&media)).unwrap().file_size;
    // Of 48 kHz and 192 kbit/s: 24 ms have 576 bytes. The frame that says how many there are has 144.
    let frames = |bytes: i64| (bytes / 8 + 1057 + 1151) / 1152;
    let expected = 144 + 576 * (frames(i64::from(most) - 44) + frames(32_000));
    assert_eq!(size, expected);
}

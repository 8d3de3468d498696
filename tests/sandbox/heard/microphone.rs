//! What a microphone gave, as a WAV file, is heard in a recording as it was said.

use std::f64::consts::TAU;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use talkspace_core::{BlockingClient, CreateMedia, DownloadMedia, GetMediaStatus, RecordMedia};
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder, TelephoneError, WavError};
use talkspace_tests::software::find;

use super::Sound;
use crate::holds;

/// How many samples later a decoder gives what was said.
const DELAY: usize = 1057;
const RATES: [u32; 9] = [
    44_100, 48_000, 32_000, 22_050, 24_000, 16_000, 11_025, 12_000, 8_000,
];
/// The size that the sandbox's admin API takes at most.
const MIB: usize = 1024 * 1024;

/// A sandbox in which somebody is recorded.
struct Recorder {
    sandbox: Sandbox,
    client: BlockingClient,
}

impl Recorder {
    fn new() -> Self {
        let sandbox = Sandbox::builder().examples().clock(Clock::frozen());
        let sandbox = sandbox.build().unwrap();
        let client =
            BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY);
        let client = client.build_blocking(sandbox.transport()).unwrap();
        Self { sandbox, client }
    }

    /// The recording of a call in which this is all that is said.
    fn record(&self, file: Vec<u8>) -> Result<Bytes, TelephoneError> {
        let telephone = self.sandbox.telephone("eta")?;
        let media = self.client.send(CreateMedia::new()).unwrap().media_id;
        self.client.send(RecordMedia::new(&media, "eta")).unwrap();
        let call = telephone.rings()?;
        call.answer()?;
        call.press_1()?;
        let said = call.speak(file);
        call.hang_up()?;
        said?;
        let status = self.client.send(GetMediaStatus::new(&media)).unwrap();
        let download = DownloadMedia::new(status.download_url.unwrap());
        Ok(self.client.send(download).unwrap().content)
    }
}

/// How PCM is written.
#[derive(Clone, Copy, Debug)]
struct Pcm {
    rate: u32,
    channels: u16,
    bits: u16,
}

impl Pcm {
    const fn mono(rate: u32) -> Self {
        Self {
            rate,
            channels: 1,
            bits: 16,
        }
    }

    /// A WAV file of what all channels have.
    fn wav(self, samples: &[f64]) -> Vec<u8> {
        let Self {
            rate,
            channels,
            bits,
        } = self;
        let block = channels * bits / 8;
        let size = u32::try_from(samples.len()).unwrap() * u32::from(block);
        let mut file = Vec::from(*b"RIFF");
        file.extend((36 + size).to_le_bytes());
        file.extend(b"WAVEfmt \x10\0\0\0\x01\0");
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * u32::from(block)).to_le_bytes());
        file.extend(block.to_le_bytes());
        file.extend(bits.to_le_bytes());
        file.extend(b"data");
        file.extend(size.to_le_bytes());
        for sample in samples {
            let scaled = sample.clamp(-1.0, 1.0) * f64::from(i32::MAX);
            let mut number = scaled as i32;
            if bits == 8 {
                number ^= i32::MIN;
            }
            let bytes = &number.to_le_bytes()[4 - usize::from(bits / 8)..];
            for _ in 0..channels {
                file.extend(bytes);
            }
        }
        file
    }
}

/// Samples of so many seconds of a function of the time.
fn sound(rate: u32, seconds: f64, at: impl Fn(f64) -> f64) -> Vec<f64> {
    let count = (seconds * f64::from(rate)) as usize;
    (0..count).map(|n| at(n as f64 / f64::from(rate))).collect()
}

fn sine(hertz: f64, amplitude: f64) -> impl Fn(f64) -> f64 {
    move |time| amplitude * (TAU * hertz * time).sin()
}

/// Noise of which the high frequencies are weak, so that they are 0 and 1 when they are
/// quantised, as those of voices are.
fn murmur(rate: u32) -> Vec<f64> {
    let (mut seed, mut low, mut lower) = (1_u32, 0.0, 0.0);
    let mut samples = sound(rate, 0.5, |_| 0.0);
    for sample in &mut samples {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = f64::from(seed) / f64::from(u32::MAX) - 0.5;
        low += 0.1 * (noise - low);
        lower += 0.1 * (low - lower);
        *sample = 4.0 * lower;
    }
    samples
}

/// What a decoder hears of it: its frames are exactly as many as hold it.
fn heard(mpg123: &std::path::Path, mp3: &[u8], rate: u32, said: usize) -> Vec<f64> {
    let sound = Sound::decoded(mpg123, mp3);
    assert_eq!(sound.rate, f64::from(rate));
    let per_frame = if rate >= 32_000 { 1152 } else { 576 };
    let expected = (said + DELAY).div_ceil(per_frame).max(2);
    assert_eq!(sound.samples.len(), expected * per_frame, "{rate} Hz");
    sound.samples
}

/// How much louder what was said is than what was heard beside it, in dB.
fn signal_to_noise(said: &[f64], heard: &[f64]) -> f64 {
    let power = |samples: &mut dyn Iterator<Item = f64>| samples.map(|one| one * one).sum::<f64>();
    let mut noise = said
        .iter()
        .zip(&heard[DELAY..])
        .map(|(said, heard)| said - heard);
    let noise = power(&mut noise);
    10.0 * (power(&mut said.iter().copied()) / noise.max(1e-9)).log10()
}

/// A decoder, which is told where there is none.
fn decoder() -> Option<PathBuf> {
    find("mpg123", "mpg123")
}

#[test]
fn sounds_of_all_rates_are_heard_as_they_were_said() {
    let Some(mpg123) = decoder() else { return };
    let recorder = Recorder::new();
    for rate in RATES {
        let highest = f64::from(rate) / 2.0;
        let mut sounds: Vec<(String, f64, Vec<f64>)> = Vec::new();
        let mut add = |name: &str, at_least: f64, said| {
            sounds.push((name.to_owned(), at_least, said));
        };
        for hertz in [50.0, 440.0, 997.0, 3_000.0, 7_000.0, 10_000.0, 15_000.0] {
            if hertz < 0.9 * highest {
                let name = format!("{hertz} Hz");
                add(&name, 45.0, sound(rate, 0.3, sine(hertz, 0.5)));
            }
        }
        let sweep = |time: f64| 0.7 * (TAU * (20.0 + 0.4 * highest * time) * time).sin();
        add("a sweep", 48.0, sound(rate, 1.0, sweep));
        let square = |time: f64| sine(211.0, 1.0)(time).signum() * 0.7;
        add("a square wave", 30.0, sound(rate, 0.3, square));
        // It has 33 steps of 16 bits, so no decoder of 16 bits has more than 32 dB.
        add("a whisper", 30.0, sound(rate, 0.3, sine(440.0, 0.001)));
        add("a murmur", 35.0, murmur(rate));
        for (name, at_least, said) in sounds {
            let mp3 = recorder.record(Pcm::mono(rate).wav(&said)).unwrap();
            let heard = heard(&mpg123, &mp3, rate, said.len());
            let ratio = signal_to_noise(&said, &heard);
            println!("{name} at {rate} Hz: {ratio:.1} dB");
            assert!(ratio >= at_least, "{name} at {rate} Hz: {ratio:.1} dB");
        }
    }
}

#[test]
fn all_widths_and_channels_are_heard() {
    let Some(mpg123) = decoder() else { return };
    let recorder = Recorder::new();
    for bits in [8, 16, 24, 32] {
        for channels in [1, 2] {
            let rate = 22_050;
            let said = sound(rate, 0.2, sine(440.0, 0.5));
            let pcm = Pcm {
                rate,
                channels,
                bits,
            };
            let mp3 = recorder.record(pcm.wav(&said)).unwrap();
            let heard = heard(&mpg123, &mp3, rate, said.len());
            let ratio = signal_to_noise(&said, &heard);
            assert!(ratio >= 30.0, "{pcm:?}: {ratio:.1} dB");
        }
    }
}

#[test]
fn the_ends_of_what_can_be_said_are_heard() {
    let Some(mpg123) = decoder() else { return };
    let recorder = Recorder::new();
    let rate = 44_100;
    let record = |said: &[f64]| {
        let mp3 = recorder.record(Pcm::mono(rate).wav(said)).unwrap();
        heard(&mpg123, &mp3, rate, said.len())
    };
    let silence = record(&vec![0.0; 10_000]);
    assert!(silence.iter().all(|sample| *sample == 0.0));
    let heard = record(&[0.9]);
    let loudest = heard.iter().enumerate();
    let loudest = loudest.max_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()));
    assert_eq!(
        loudest.unwrap().0,
        DELAY,
        "a click is heard when it was made"
    );
    // It is as loud as can be written, and more is heard than that: a decoder clips it.
    let square = sound(rate, 0.5, |time| sine(100.0, 1.0)(time).signum());
    let ratio = signal_to_noise(&square, &record(&square));
    assert!(ratio >= 20.0, "{ratio:.1} dB");
    // As large as the sandbox's admin API takes.
    let longest = (MIB - 44) / 2;
    let said = sound(rate, 12.0, sine(997.0, 0.5));
    let said: Vec<f64> = said.into_iter().cycle().take(longest).collect();
    let ratio = signal_to_noise(&said, &record(&said));
    assert!(ratio >= 30.0, "{ratio:.1} dB");
}

/// Noise of so many samples, by a seed.
fn noise() -> impl Strategy<Value = Vec<f64>> {
    let loud = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0f64];
    (loud, prop::collection::vec(-1.0..=1.0f64, 1..4_000))
        .prop_map(|(loud, samples)| samples.into_iter().map(|sample| sample * loud).collect())
}

/// The frames of sound in a file, by the lengths that their headers say: as many as the first
/// frame counts.
fn frames(mut mp3: &[u8], rate: u32) -> usize {
    let mut count = 0;
    let (word, number) = (b"Xing".as_slice(), 8..12);
    let xing = mp3.windows(word.len()).position(|at| at == word).unwrap();
    let counted = u32::from_be_bytes(mp3[xing..][number].try_into().unwrap());
    while !mp3.is_empty() {
        let kilobits = match (mp3[1] >> 3 & 0b11, mp3[2] >> 4) {
            (0b11, bits @ 1..=3) if count == 0 => 24 + 8 * usize::from(bits),
            (0b10 | 0b00, bits @ 1..=8) if count == 0 => 8 * usize::from(bits),
            (0b11, 9) => 128,
            (0b11, 11) => 192,
            (0b10 | 0b00, 4) => 32,
            (0b10 | 0b00, 6) => 48,
            (0b10 | 0b00, 8) => 64,
            (0b10 | 0b00, 10) => 96,
            other => panic!("frame {count}: {other:?}"),
        };
        let per_sample = if rate >= 32_000 { 144 } else { 72 };
        mp3 = &mp3[per_sample * 1000 * kilobits / rate as usize..];
        count += 1;
    }
    assert_eq!(counted as usize, count - 1);
    count - 1
}

#[test]
fn whatever_the_samples_are_they_become_whole_frames() {
    let recorder = Recorder::new();
    let pcm = (
        prop::sample::select(&RATES[..]),
        1..=2u16,
        prop::sample::select(&[8, 16, 24, 32][..]),
    );
    let pcm = pcm.prop_map(|(rate, channels, bits)| Pcm {
        rate,
        channels,
        bits,
    });
    holds(
        100,
        "sandbox/microphone.txt",
        &(pcm, noise()),
        |(pcm, said)| {
            let mp3 = recorder.record(pcm.wav(&said)).unwrap();
            let per_frame = if pcm.rate >= 32_000 { 1152 } else { 576 };
            let expected = (said.len() + DELAY).div_ceil(per_frame).max(2);
            assert_eq!(frames(&mp3, pcm.rate), expected);
        },
    );
}

#[test]
fn whatever_a_file_is_it_is_taken_or_told_from_one() {
    let recorder = Recorder::new();
    let whole = Pcm::mono(16_000).wav(&[0.5, -0.5, 0.25, -0.25]);
    let bytes = vec![0, 1, 2, 3, 4, 8, 16, 0x7F, 0x80, 0xFE, 0xFF];
    let change = (0..whole.len(), prop::sample::select(bytes));
    let changes = prop::collection::vec(change, 0..6);
    let files = (changes, 0..=whole.len()).prop_map(move |(changes, length)| {
        let mut file = whole.clone();
        for (place, byte) in changes {
            file[place] = byte;
        }
        file.truncate(length);
        file
    });
    holds(2_000, "sandbox/files.txt", &files, |file| {
        match recorder.record(file.clone()) {
            Ok(_) => {}
            Err(TelephoneError::NotWav(_)) => assert!(file.starts_with(b"RIFF")),
            Err(TelephoneError::NotMp3 { at: 0 }) => {
                assert!(!file.starts_with(b"RIFF") || file.get(8..12) != Some(b"WAVE"));
            }
            Err(other) => panic!("{other:?}"),
        }
    });
}

#[test]
fn what_cannot_be_said_is_told_and_nothing_is_recorded() {
    let recorder = Recorder::new();
    let said = [0.5; 8];
    let wav = Pcm::mono(44_100).wav(&said);
    let with = |at: usize, bytes: &[u8]| {
        let mut file = wav.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    let rates = "8000, 11025";
    for (file, why, told) in [
        (
            wav[..50].to_vec(),
            WavError::Cut {
                wanted: 60,
                bytes: 50,
            },
            "50 bytes, of 60",
        ),
        (
            wav[..20].to_vec(),
            WavError::Cut {
                wanted: 36,
                bytes: 20,
            },
            "20 bytes, of 36",
        ),
        (
            with(16, &[0xF0, 0xFF, 0xFF, 0xFF]),
            WavError::Cut {
                wanted: 4_294_967_300,
                bytes: 60,
            },
            "60 bytes",
        ),
        (with(12, b"junk"), WavError::NoFormat, "`fmt `"),
        (with(20, &[3, 0]), WavError::Coding(3), "floating-point"),
        (with(22, &[6, 0]), WavError::Channels(6), "one or two"),
        (with(22, &[0, 0]), WavError::Channels(0), "one or two"),
        (with(24, &[0; 4]), WavError::Rate(0), rates),
        (
            with(24, &96_000_u32.to_le_bytes()),
            WavError::Rate(96_000),
            rates,
        ),
        (with(34, &[12, 0]), WavError::Bits(12), "8, 16, 24 or 32"),
        (with(40, &[0; 4]), WavError::Empty, "no samples"),
    ] {
        let error = recorder.record(file).unwrap_err();
        assert_eq!(error, TelephoneError::NotWav(why));
        assert!(error.to_string().contains(told), "{error}");
    }
    let neither = recorder.record(b"OggS".to_vec()).unwrap_err();
    assert_eq!(neither, TelephoneError::NotMp3 { at: 0 });
    assert!(neither.to_string().contains("no WAV"), "{neither}");
}

#[test]
fn files_that_are_written_otherwise_are_the_same_sound() {
    let recorder = Recorder::new();
    let said = sound(16_000, 0.1, sine(440.0, 0.5));
    let wav = Pcm::mono(16_000).wav(&said);
    let (head, data) = wav.split_at(44);
    let (format, _) = head.split_at(36);
    // A chunk of an odd length in between.
    let noted = [format, b"LIST\x03\0\0\0abc\0", &wav[36..]].concat();
    // Written into a pipe: the length is not known.
    let piped = [&head[..40], &[0xFF; 4], data].concat();
    // The format as newer programs have it.
    let mut extended = [&head[..16], &[40, 0, 0, 0, 0xFE, 0xFF], &head[22..36]].concat();
    extended.extend(b"\x16\0\x10\0\x04\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71");
    extended.extend(&wav[36..]);
    // Something behind the samples.
    let tagged = [&wav[..], b"id3 \x02\0\0\0??"].concat();
    let plain = recorder.record(wav.clone()).unwrap();
    for other in [noted, piped, extended, tagged] {
        assert_eq!(recorder.record(other).unwrap(), plain);
    }
}

#[test]
fn it_stands_in_a_recording_among_silence() {
    let Some(mpg123) = decoder() else { return };
    let recorder = Recorder::new();
    let telephone = recorder.sandbox.telephone("eta").unwrap();
    let media = recorder.client.send(CreateMedia::new()).unwrap().media_id;
    let record = RecordMedia::new(&media, "eta");
    recorder.client.send(record).unwrap();
    let call = telephone.rings().unwrap();
    call.answer().unwrap();
    call.press_1().unwrap();
    let tone = sound(22_050, 0.8, sine(440.0, 0.5));
    for _ in 0..2 {
        recorder.sandbox.advance(Duration::from_secs(2));
        call.speak(Pcm::mono(22_050).wav(&tone)).unwrap();
    }
    recorder.sandbox.advance(Duration::from_secs(2));
    call.hang_up().unwrap();
    let status = recorder.client.send(GetMediaStatus::new(&media)).unwrap();
    let download = DownloadMedia::new(status.download_url.unwrap());
    let mp3 = recorder.client.send(download).unwrap().content;
    Sound::decoded(&mpg123, &mp3).has_tones_at(&[2.0, 4.0]);
}

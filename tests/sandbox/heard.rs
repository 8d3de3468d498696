//! A recording that a client downloads holds what was said at a telephone that a script
//! holds, as a decoder of others says: mpg123.

mod microphone;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use talkspace_blocking::{Client, HttpTransport};
use talkspace_core::{
    AddToTalkspace, CloseTalkspace, CreateMedia, CreateTalkspace, Download, GetMediaStatus,
    MediaId, MuteParticipant, RecordMedia,
};
use talkspace_sandbox::{Clock, PhoneCall, Sandbox, SandboxBuilder, Server};
use talkspace_tests::software::find;

/// 0.8 s of a sine of 440 Hz, by another encoder (lame), mono.
const TONE: &[u8] = include_bytes!("tone.mp3");
const TONE_LASTS: f64 = 0.8;
const TONE_HZ: f64 = 440.0;
/// How much earlier or later it may be, in seconds: three frames, and the window below.
const NEAR: f64 = 0.15;
/// What is looked at as one, in seconds.
const WINDOW: f64 = 0.05;

/// A sandbox, a client of it, and a decoder.
struct Studio {
    server: Server,
    client: Client,
    mpg123: PathBuf,
}

impl Studio {
    /// `None` where there is no decoder, which is told.
    fn open() -> Option<Self> {
        let mpg123 = find("mpg123", "mpg123")?;
        let server = Sandbox::builder()
            .examples()
            .clock(Clock::frozen())
            .start()
            .unwrap();
        let builder = Client::builder(server.url(), SandboxBuilder::EXAMPLE_APP_KEY);
        let client = builder.build_blocking(HttpTransport::new()).unwrap();
        Some(Self {
            server,
            client,
            mpg123,
        })
    }

    fn wait(&self, seconds: u64) {
        self.server.sandbox().advance(Duration::from_secs(seconds));
    }

    /// Somebody's telephone, held from now on, and what it rings for.
    fn picks_up(&self, person: &str) -> PhoneCall {
        let call = self
            .server
            .sandbox()
            .telephone(person)
            .unwrap()
            .rings()
            .unwrap();
        call.answer().unwrap();
        call.press_1().unwrap();
        call
    }

    fn hold(&self, person: &str) {
        self.server.sandbox().telephone(person).unwrap();
    }

    /// What a client downloads of this media, decoded.
    fn hear(&self, media: &MediaId) -> Sound {
        let status = self.client.send(GetMediaStatus::new(media)).unwrap();
        let mut mp3 = Vec::new();
        let url = status.download_url.unwrap();
        self.client.download(Download::new(url), &mut mp3).unwrap();
        Sound::decoded(&self.mpg123, &mp3)
    }
}

/// The first channel of a WAV file of 16 bits whose header is the shortest there is.
struct Sound {
    samples: Vec<f64>,
    rate: f64,
}

impl Sound {
    fn decoded(mpg123: &Path, mp3: &[u8]) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("talkspace-heard-{}-{count}.mp3", process::id());
        let file = std::env::temp_dir().join(name);
        fs::write(&file, mp3).unwrap();
        let wav = file.with_extension("wav");
        // It would take the delay of a decoder off at the beginning of what says its length.
        let decoded = Command::new(mpg123)
            .args(["--no-gapless", "--wav"])
            .arg(&wav)
            .arg(&file)
            .output()
            .unwrap();
        fs::remove_file(&file).unwrap();
        let said = String::from_utf8_lossy(&decoded.stderr);
        assert!(
            decoded.status.success() && !said.contains("error:"),
            "{said}"
        );
        // It skips what it cannot decode.
        assert!(
            !said.contains("Warning:") && !said.contains("Note: "),
            "{said}"
        );
        let bytes = fs::read(&wav).unwrap();
        fs::remove_file(&wav).unwrap();
        Self::of(&bytes)
    }

    fn of(wav: &[u8]) -> Self {
        let (header, data) = wav.split_first_chunk::<44>().unwrap();
        let channels = usize::from(u16::from_le_bytes([header[22], header[23]]));
        let rate = u32::from_le_bytes([header[24], header[25], header[26], header[27]]);
        let pairs = data.chunks_exact(2 * channels);
        let samples = pairs.map(|all| f64::from(i16::from_le_bytes([all[0], all[1]])) / 32768.0);
        Self {
            samples: samples.collect(),
            rate: rate.into(),
        }
    }

    fn lasts(&self) -> f64 {
        self.samples.len() as f64 / self.rate
    }

    /// When it is loud, in windows one after the other, and how often a second it goes
    /// up through zero then.
    fn loud(&self) -> Vec<(f64, f64)> {
        let length = (self.rate * WINDOW) as usize;
        let windows = self.samples.chunks_exact(length).enumerate();
        let loud = windows.filter(|(_, window)| {
            let power: f64 = window.iter().map(|one| one * one).sum();
            (power / length as f64).sqrt() > 0.05
        });
        let heard = loud.map(|(place, window)| {
            let ups = window
                .windows(2)
                .filter(|two| two[0] < 0.0 && two[1] >= 0.0)
                .count();
            (place as f64 * WINDOW, ups as f64 / WINDOW)
        });
        heard.collect()
    }

    /// Holds that the tone is there at these times, and that all else is silent.
    fn has_tones_at(&self, times: &[f64]) {
        let mut heard = self.loud();
        for time in times {
            let end = time + TONE_LASTS;
            let (here, rest): (Vec<_>, Vec<_>) = heard
                .into_iter()
                .partition(|(at, _)| (time - NEAR..=end + NEAR).contains(at));
            let lasts = here.len() as f64 * WINDOW;
            assert!(
                (lasts - TONE_LASTS).abs() <= NEAR,
                "at {time} s for {lasts} s: {here:?}"
            );
            let in_the_midst = here.iter().skip(1).take(here.len() - 2);
            for (at, hertz) in in_the_midst {
                // A window counts whole waves.
                assert!(
                    (hertz - TONE_HZ).abs() <= 1.0 / WINDOW,
                    "{hertz} Hz at {at} s"
                );
            }
            heard = rest;
        }
        assert!(heard.is_empty(), "all else is silent: {heard:?}");
    }
}

#[test]
fn the_recording_of_a_talkspace_holds_what_was_said_in_it() {
    let Some(studio) = Studio::open() else { return };
    let client = &studio.client;
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    studio.hold("eta");
    studio.hold("@theta");
    let create = CreateTalkspace::new("eta").recording_id(&media);
    let id = client.send(create).unwrap().conference_id;
    let eta = studio.picks_up("eta");
    studio.wait(1);
    client.send(AddToTalkspace::new(&id, "@theta")).unwrap();
    let theta = studio.picks_up("@theta");
    studio.wait(1);
    eta.speak(TONE).unwrap();
    studio.wait(2);
    theta.speak(TONE).unwrap();
    studio.wait(2);
    // Whoever is muted is not heard.
    client.send(MuteParticipant::new(&id, "@theta")).unwrap();
    theta.speak(TONE).unwrap();
    studio.wait(2);
    theta.hang_up().unwrap();
    studio.wait(1);
    client.send(CloseTalkspace::new(&id)).unwrap();

    let sound = studio.hear(&media);
    assert!((sound.lasts() - 9.0).abs() <= NEAR, "{} s", sound.lasts());
    sound.has_tones_at(&[2.0, 4.0]);
}

#[test]
fn the_recording_of_a_call_holds_what_was_said_until_it_was_hung_up() {
    let Some(studio) = Studio::open() else { return };
    let client = &studio.client;
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    studio.hold("eta");
    client.send(RecordMedia::new(&media, "eta")).unwrap();
    let call = studio.picks_up("eta");
    studio.wait(1);
    call.speak(TONE).unwrap();
    studio.wait(3);
    call.hang_up().unwrap();
    let sound = studio.hear(&media);
    assert!((sound.lasts() - 4.0).abs() <= NEAR, "{} s", sound.lasts());
    sound.has_tones_at(&[1.0]);
}

#[test]
fn whoever_declines_leaves_no_recording() {
    let Some(studio) = Studio::open() else { return };
    let media = studio.client.send(CreateMedia::new()).unwrap().media_id;
    studio.hold("eta");
    studio.client.send(RecordMedia::new(&media, "eta")).unwrap();
    let call = studio
        .server
        .sandbox()
        .telephone("eta")
        .unwrap()
        .rings()
        .unwrap();
    call.decline().unwrap();
    studio.wait(60);
    let status = studio.client.send(GetMediaStatus::new(&media)).unwrap();
    assert!(status.download_url.is_none(), "{status:?}");
}

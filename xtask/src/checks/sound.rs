//! `cargo xtask ci sound`: a decoder that is not ours plays what the demo
//! recorded, and what was said at telephones that a script holds.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::process::{command, output, run, say};
use crate::tools;

const TRANSPORTS: [&str; 2] = ["hyper", "blocking"];
const MISSING: &str = "there is no mpg123; on Debian: apt-get install mpg123";

/// Samples in a frame of MPEG 1 layer III, and in a second.
const SAMPLES_PER_FRAME: u64 = 1152;
const SAMPLE_RATE: u32 = 44_100;
/// Bytes per frame, as a fraction: 144 · 128 kbit/s ÷ 44.1 kHz.
const FRAME_BYTES: (u64, u64) = (20_480, 49);

/// The leader is on the phone alone while the guest's phone rings.
const RING: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(60);

/// Runs the demo on either transport, and decodes its recording.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    mpg123(root, &["--version"])?;
    let talkspace = tools::talkspace(root)?;
    let folder = tools::folder(root, "sound");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for transport in TRANSPORTS {
        let saved = folder.join(format!("{transport}.mp3"));
        let save = saved.to_string_lossy();
        let demo = ["demo", "--transport", transport, "--save", &save, "--json"];
        let start = Instant::now();
        output(command(root, &talkspace, &demo))?;
        let told = start.elapsed();
        let lasts = decode(root, &saved).map_err(|why| format!("{transport}: {why}"))?;
        if lasts < RING || lasts > told.min(LONGEST) {
            return Err(format!(
                "{transport}: the recording lasts {lasts:.1?}, of a demo of {told:.1?}"
            ));
        }
        say(&format!("sound: {transport}: {lasts:.3?} decoded"));
    }
    let heard = ["test", "--workspace", "--test", "sandbox", "heard"];
    run(command(root, "cargo", &heard))
}

/// Decodes a file, and returns how long it lasts.
fn decode(root: &Path, saved: &Path) -> Result<Duration, String> {
    let mp3 = saved.to_string_lossy();
    let wav = saved.with_extension("wav");
    let tested = mpg123(root, &["--test", &mp3])?;
    let said = String::from_utf8_lossy(&tested.stderr);
    // It skips what it cannot decode, and ends well.
    if let Some(complaint) = said.lines().find(|line| is_complaint(line)) {
        return Err(format!("mpg123 says: {complaint}"));
    }
    mpg123(root, &["--quiet", "--wav", &wav.to_string_lossy(), &mp3])?;

    let bytes = fs::metadata(saved)
        .map_err(|error| error.to_string())?
        .len();
    let wav = fs::read(&wav).map_err(|error| error.to_string())?;
    let (samples, rate) = samples_of(&wav).ok_or("mpg123 wrote no WAV file")?;
    let expected = frames_in(bytes) * SAMPLES_PER_FRAME;
    if samples != expected || rate != SAMPLE_RATE {
        return Err(format!(
            "{bytes} bytes are {expected} samples at {SAMPLE_RATE} Hz, but mpg123 decoded {samples} at {rate} Hz"
        ));
    }
    Ok(Duration::from_secs(samples) / rate)
}

fn mpg123(root: &Path, arguments: &[&str]) -> Result<Output, String> {
    match command(root, "mpg123", arguments).output() {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => Err(format!(
            "mpg123 ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(MISSING.to_owned()),
        Err(error) => Err(format!("cannot run mpg123: {error}")),
    }
}

fn is_complaint(line: &str) -> bool {
    line.starts_with("Note:") || line.starts_with("Warning:") || line.contains("error:")
}

/// The frames in a file of 128 kbit/s and 44.1 kHz, of which only the sum of
/// their lengths is rounded down to whole bytes.
const fn frames_in(bytes: u64) -> u64 {
    let (numerator, denominator) = FRAME_BYTES;
    (bytes * denominator).div_ceil(numerator)
}

/// The samples of a channel in a WAV file whose header is the shortest there
/// is, and how many there are in a second.
fn samples_of(wav: &[u8]) -> Option<(u64, u32)> {
    let (header, data) = wav.split_first_chunk::<44>()?;
    if !header.starts_with(b"RIFF") || header.get(36..40)? != b"data" {
        return None;
    }
    let rate = u32::from_le_bytes(header.get(24..28)?.try_into().ok()?);
    let all_channels = u16::from_le_bytes(header.get(32..34)?.try_into().ok()?);
    let bytes = u64::try_from(data.len()).ok()?;
    Some((bytes.checked_div(all_channels.into())?, rate))
}

#[cfg(test)]
mod tests;

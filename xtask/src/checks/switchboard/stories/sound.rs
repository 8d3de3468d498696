//! What is said at the page's telephone is in the recording.

use std::fs;

use super::{Told, expect};
use crate::checks::switchboard::http::at;
use crate::checks::switchboard::stage::{Sandbox, Stage};
use crate::process::{command, output};

const MEDIA: &str = "6e6a151be31b467f87225b18b0f36f00";

/// A microphone that beeps, without a question.
const MICROPHONE: [&str; 2] = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
];

/// With a microphone it is the microphone's sound, and without one a tone.
pub(super) fn recorded(stage: &Stage) -> Told {
    let mut told = Vec::new();
    for (name, flags) in [("the microphone is", &MICROPHONE[..]), ("a tone is", &[])] {
        let sandbox = stage.sandbox(&[])?;
        let page = stage.window_with(&sandbox, flags)?;
        if flags.is_empty() {
            page.deny("microphone")?;
        }
        let media = made(&sandbox)?;
        let eta = page.phone("eta");
        let record = ["record-media", "--media-id", &media, "--network-id", "eta"];
        sandbox.client(&record)?;
        eta.is("ringing")?;
        eta.click("answer")?;
        eta.click("key-1")?;
        eta.is("speaking")?;
        eta.says(&format!("{name} recorded"))?;
        // The browser's made-up microphone beeps once a second.
        page.get("void (window.from = performance.now())")?;
        page.until("performance.now() > window.from + 2500")?;
        eta.click("hang-up")?;
        eta.is("ended")?;
        let path = stage.folder.join(format!("{}.mp3", name.replace(' ', "-")));
        let file = path.to_string_lossy();
        sandbox.client(&["download-media", "--media-id", &media, "--output", &file])?;
        let loudest = loudest(stage, &file)?;
        expect(
            &format!("{name}: it can be heard: {loudest}"),
            loudest > 300,
        )?;
        told.push(format!(
            "{name} recorded, with a loudest sample of {loudest}"
        ));
        stage.clean(&page, &[])?;
    }
    Ok(told.join(", "))
}

fn made(sandbox: &Sandbox) -> Result<String, String> {
    let made = sandbox.client(&["create-media"])?;
    Ok(at(&made, "media_id").as_str().unwrap_or(MEDIA).to_owned())
}

/// The greatest sample of an MP3 file, as a decoder that is not ours hears it.
fn loudest(stage: &Stage, file: &str) -> Result<i16, String> {
    let raw = format!("{file}.raw");
    output(command(
        stage.root,
        "mpg123",
        &["-q", "-s", "-O", &raw, file],
    ))?;
    let samples = fs::read(&raw).map_err(|error| format!("{raw}: {error}"))?;
    let samples = samples
        .chunks_exact(2)
        .map(|two| two.try_into().map(i16::from_le_bytes).unwrap_or_default());
    Ok(samples.map(i16::saturating_abs).max().unwrap_or_default())
}

//! The picture of the page that the README shows.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::server::people;
use super::{Told, expect};
use crate::checks::switchboard::stage::Stage;

/// Where it is published.
pub(in crate::checks::switchboard) const PUBLISHED: &str = "tests/switchboard.png";
/// Its name among the others.
pub(in crate::checks::switchboard) const TAKEN: &str = "readme.png";

/// A README is fetched whole, by people who may have a slow line.
const MAX_BYTES: usize = 150_000;

/// A telephone rings, one was answered, and somebody waits in the TalkSpace.
pub(super) fn taken(stage: &Stage) -> Told {
    let ids = ["eta", "theta", "iota"].map(str::to_owned);
    let seeds = people(stage, "picture", ids.into_iter())?;
    let sandbox = stage.sandbox(&["--seed-file", &seeds])?;
    let page = stage.window(&sandbox)?;
    page.view(1280, 640, "light")?;
    let talkspace = sandbox.create("iota")?;
    let add = |person| {
        let add = ["add-to-talkspace", "--conference-id", &talkspace];
        sandbox.client(&[&add[..], &["--network-id", person]].concat())
    };
    sandbox.at_phone("iota", "answer", &json!({}))?;
    sandbox.at_phone("iota", "press", &json!({"key": "1"}))?;
    add("theta")?;
    sandbox.pass(4)?;
    sandbox.at_phone("theta", "answer", &json!({}))?;
    let _ = sandbox.client(&["get-talkspace", "--conference-id", &"0".repeat(32)]);
    sandbox.pass(7)?;
    add("eta")?;
    sandbox.pass(2)?;
    page.get("void document.querySelector('[data-testid=people]').removeAttribute('open')")?;
    for (person, state) in [
        ("eta", "ringing"),
        ("theta", "answered"),
        ("iota", "in_call"),
    ] {
        page.phone(person).is(state)?;
    }
    page.until("document.querySelectorAll('[data-testid=request]:not([hidden])').length >= 4")?;
    let picture = page.picture(None)?;
    let bytes = picture.len();
    expect(&format!("{bytes} bytes are few"), bytes <= MAX_BYTES)?;
    write(&stage.folder.join(TAKEN), &picture)?;
    Ok(format!("{bytes} bytes"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

//! `cargo xtask ci switchboard`: the sandbox's page, in a real browser.
//!
//! Each story is a sandbox, a client and a browser of its own. What a story waits for is a
//! state of the page, never a time. Pictures are left in `target/switchboard`.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::process::say;
use crate::{browser, tools};

mod driver;
mod files;
mod http;
mod phone;
mod stage;
mod stories;
mod window;

use driver::Driver;
use stage::Stage;
use stories::{STORIES, Story, picture};

/// Of a browser, most of the time is spent on waiting for the other processes.
const AT_ONCE: usize = 3;

/// Where pictures go, and what the stories leave.
const FOLDER: &str = "target/switchboard";

/// Which story is played, in place of all.
const ALONE: &str = "TALKSPACE_SWITCHBOARD_STORY";

/// Plays all stories, or the one that is named.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    say(&format!("switchboard: {}", files::check(root)?));
    match browser::installed(root).and_then(|()| Driver::installed(root)) {
        Err(why) if env::var_os("TALKSPACE_ALL_SOFTWARE").is_none() => {
            say(&format!("switchboard: no story was played: {why}"));
            Ok(())
        }
        Err(why) => Err(why),
        Ok(()) => play(root, env::var(ALONE).ok().as_deref()),
    }
}

/// Takes anew the picture of the page that the README shows.
pub(crate) fn publish(root: &Path) -> Result<String, String> {
    play(root, Some("picture"))?;
    let taken = root.join(FOLDER).join(picture::TAKEN);
    fs::copy(taken, root.join(picture::PUBLISHED)).map_err(|error| error.to_string())?;
    Ok(format!("{} is new", picture::PUBLISHED))
}

fn play(root: &Path, alone: Option<&str>) -> Result<(), String> {
    let driver = Driver::start(root)?;
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let program = tools::talkspace(root)?;
    let stage = Stage {
        root,
        folder: &folder,
        program: &program,
        driver: &driver,
    };
    let is_played = |story: &&Story| alone.is_none_or(|name| name == story.name);
    let stories: Vec<_> = STORIES.iter().filter(is_played).collect();
    if stories.is_empty() {
        let names: Vec<_> = STORIES.iter().map(|story| story.name).collect();
        return Err(format!(
            "there is no such story; there are: {}",
            names.join("; ")
        ));
    }
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let player = || {
        while let Some(story) = stories.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (start, name) = (Instant::now(), story.name);
            match (story.play)(&stage) {
                Ok(told) => {
                    let took = start.elapsed();
                    say(&format!("switchboard: {name}: {told} ({took:.1?})"));
                }
                Err(why) => {
                    say(&format!("switchboard: {name}: FAILED: {why}"));
                    let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    failed.push(name);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(player);
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failed.is_empty() {
        return Ok(());
    }
    let failed = failed.join("; ");
    Err(format!(
        "failed: {failed}; one is played alone with {ALONE}=NAME"
    ))
}

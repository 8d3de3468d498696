//! `cargo xtask ci switchboard`: the sandbox's page, in a real browser.
//!
//! Each story is a sandbox, a client and a browser of its own. What a story waits for is a
//! state of the page, never a time. Pictures are left in `target/switchboard`.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::process::say;
use crate::{browser, tools};

mod driver;
mod files;
mod http;
mod phone;
mod stage;
mod stories;

use driver::Driver;
use stage::Stage;
use stories::STORIES;

/// Of a browser, most of the time is spent on waiting for the other processes.
const AT_ONCE: usize = 3;

/// Which story is played, in place of all.
const ALONE: &str = "TALKSPACE_SWITCHBOARD_STORY";

/// Plays all stories.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    say(&format!("switchboard: {}", files::check(root)?));
    match browser::installed(root).and_then(|()| Driver::installed(root)) {
        Err(why) if env::var_os("TALKSPACE_ALL_SOFTWARE").is_none() => {
            say(&format!("switchboard: no story was played: {why}"));
            return Ok(());
        }
        installed => installed?,
    }
    let driver = Driver::start(root)?;
    let folder = root.join("target/switchboard");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let program = tools::talkspace(root)?;
    let stage = Stage {
        root,
        folder: &folder,
        program: &program,
        driver: &driver,
    };
    let alone = env::var(ALONE).ok();
    let stories = STORIES.iter();
    let stories: Vec<_> = stories
        .filter(|story| alone.as_deref().is_none_or(|name| name == story.name))
        .collect();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(story) = stories.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let start = Instant::now();
                    let told = (story.play)(&stage);
                    let took = start.elapsed();
                    match told {
                        Ok(told) => {
                            say(&format!("switchboard: {}: {told} ({took:.1?})", story.name))
                        }
                        Err(why) => {
                            say(&format!("switchboard: {}: FAILED: {why}", story.name));
                            failed
                                .lock()
                                .unwrap_or_else(|it| it.into_inner())
                                .push(story.name);
                        }
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(|it| it.into_inner());
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "failed: {}; one alone with {ALONE}=NAME",
        failed.join(", ")
    ))
}

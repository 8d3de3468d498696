//! The command as its users run it.

#[cfg(test)]
use std::path::PathBuf;

#[cfg(test)]
mod command;

#[cfg(test)]
mod commands;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod containers;

#[cfg(test)]
mod crowd;

#[cfg(test)]
#[cfg(unix)]
mod downloads;

#[cfg(test)]
#[cfg(unix)]
mod forms;

#[cfg(test)]
#[cfg(unix)]
mod interrupts;

#[cfg(test)]
mod log;

#[cfg(test)]
#[cfg(unix)]
mod look;

#[cfg(test)]
mod marks;

#[cfg(test)]
#[cfg(unix)]
mod network;

#[cfg(test)]
mod outcomes;

#[cfg(test)]
#[cfg(unix)]
mod proxies;

#[cfg(test)]
#[cfg(unix)]
mod recording;

#[cfg(test)]
mod safe;

#[cfg(test)]
mod serving;

#[cfg(test)]
#[cfg(unix)]
mod settings;

#[cfg(test)]
mod state;

#[cfg(test)]
mod sure;

#[cfg(test)]
mod truth;

/// The command, as it was built with these tests. Cargo says where it is when
/// it runs them; its older versions do not, nor does anybody when the tests are
/// run without it. The path at compile time would be that of the checkout that
/// they were built in, of which this one may be a copy.
#[cfg(test)]
fn program() -> PathBuf {
    if let Some(told) = std::env::var_os("CARGO_BIN_EXE_talkspace") {
        return told.into();
    }
    let tests = std::env::current_exe().unwrap();
    let name = format!("talkspace{}", std::env::consts::EXE_SUFFIX);
    let beside = tests.ancestors().map(|folder| folder.join(&name));
    let mut built = beside.filter(|path| path.is_file());
    built.next().expect("talkspace beside its tests")
}

//! Runs other programs, and tells a person how far it has come.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

/// A command in the workspace's root.
pub(crate) fn command(root: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root).args(arguments);
    command
}

/// Runs a command, whose output goes where ours goes.
pub(crate) fn run(mut command: Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} ended with {status}")),
        Err(error) => Err(format!("cannot run {program}: {error}")),
    }
}

/// Runs a command and returns what it prints.
pub(crate) fn output(mut command: Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(output) => Err(format!(
            "{program} ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) => Err(format!("cannot run {program}: {error}")),
    }
}

/// Tells a person how far it has come.
pub(crate) fn say(text: &str) {
    // A reader that went away does not make a check fail.
    let _ = writeln!(io::stdout().lock(), "{text}");
}

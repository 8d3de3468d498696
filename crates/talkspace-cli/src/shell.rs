//! `talkspace completions` and `talkspace man`: what a packager installs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::{exit, print};

/// Prints what completes this command's arguments in a shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, mut command: Command) -> ExitCode {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "talkspace", &mut script);
        print::out(&String::from_utf8_lossy(&script));
        ExitCode::SUCCESS
    }
}

/// Writes manual pages, one for each command.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder to write them to; it must exist
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

impl Man {
    pub(crate) fn run(self, command: Command) -> ExitCode {
        match clap_mangen::generate_to(command, &self.folder) {
            Ok(()) => {
                print::out(&format!("the pages are in {}\n", self.folder.display()));
                ExitCode::SUCCESS
            }
            Err(error) => {
                print::failure(format!(
                    "cannot write to {}: {error}",
                    self.folder.display()
                ));
                ExitCode::from(exit::USAGE)
            }
        }
    }
}

//! `talkspace completions` and `talkspace man`: what a packager installs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, roman};

use crate::failure::Failure;
use crate::output::Place;
use crate::report::{Manner, Outcome, out};
use crate::temporary::Readers;
use crate::{exit, words};

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
        let written = out(&String::from_utf8_lossy(&script));
        Manner::TEXT.finish(written.map(|()| Outcome::Quiet))
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
        let mut command = command.disable_help_subcommand(true);
        command.build();
        let written = self
            .write(&command)
            .and_then(|()| out(&format!("the pages are in {}\n", self.folder.display())));
        Manner::TEXT.finish(written.map(|()| Outcome::Quiet))
    }

    fn write(&self, command: &Command) -> Result<(), Failure> {
        for command in command.get_subcommands() {
            self.write(command)?;
        }
        let page = Page::new(command.clone());
        let text = render(&page).map_err(|error| Failure::Output(error.to_string()))?;
        save(&self.folder.join(page.get_filename()), &text)
    }
}

fn render(page: &Page) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    page.render(&mut text)?;
    let mut more = Roff::default();
    more.control("SH", ["EXIT STATUS"]);
    for (status, what) in exit::TABLE {
        more.control("TP", []);
        more.text([roman(status.to_string())]);
        more.text([roman(what)]);
    }
    more.control("SH", ["ERRORS IN JSON"]);
    for member in &words::MEMBERS {
        more.control("TP", []);
        more.text([roman(member.name)]);
        let words = member.words(" ");
        more.text([roman(format!("{}: {words}", member.meaning))]);
    }
    more.to_writer(&mut text)?;
    Ok(text)
}

fn save(path: &Path, text: &[u8]) -> Result<(), Failure> {
    let place = Place::look(path).map_err(Failure::Usage)?;
    let mut page = place.open(Readers::Everybody).map_err(Failure::Usage)?;
    let written = page.write_all(text);
    written.map_err(|why| Failure::Output(format!("cannot write {}: {why}", page.shown())))?;
    page.finish().map_err(Failure::Output)
}

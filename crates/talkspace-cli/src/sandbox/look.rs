//! What is found at the first look: where the sandbox is, who is there, and one
//! command to paste.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use talkspace_sandbox::unversioned;

use crate::connection::KEY_VARIABLE;
use crate::print;

#[cfg(test)]
mod tests;

/// The name of this command.
const NAME: &str = "talkspace";

/// A sandbox that is ready.
#[derive(Serialize)]
pub(super) struct Look {
    /// The base URL on this machine.
    pub(super) url: String,
    /// Where it is looked into and steered.
    pub(super) steered_at: String,
    /// Where a browser shows it, with the token if that was made up.
    pub(super) page: Option<String>,
    /// The secret that is wanted there, if it was made up.
    pub(super) token: Option<String>,
    /// The base URL elsewhere, if one was given.
    pub(super) public_url: Option<String>,
    /// The key of the example application, which is no secret. One that was given
    /// is not shown.
    pub(super) app_key: Option<&'static str>,
    #[serde(skip)]
    pub(super) key_file: Option<PathBuf>,
    /// The network ids of those who were registered at the start.
    pub(super) people: Vec<String>,
    /// The media ids that had content at the start.
    pub(super) media: Vec<String>,
    /// Somebody who picks up, unless that is not known.
    #[serde(skip)]
    pub(super) picks_up: Option<String>,
    /// The host to which plain http has to be allowed.
    #[serde(skip)]
    pub(super) elsewhere: Option<String>,
    /// A command for another terminal.
    pub(super) command: String,
}

impl Look {
    /// The first line of standard output, for programs that wait for it.
    ///
    /// # Errors
    ///
    /// Why it could not be written.
    pub(super) fn first_line(&self, json: bool) -> std::io::Result<()> {
        match json {
            true => print::json_line(self),
            false => print::out(&format!("listening on {}\n", self.url)),
        }
    }

    /// The rest, for a person.
    pub(super) fn tell(&self) {
        let key = match (self.app_key, &self.key_file) {
            (Some(key), _) => format!("{key} (the example application's, no secret)"),
            (None, Some(file)) => format!("the one in {}", file.display()),
            (None, None) => "the one that was given".to_owned(),
        };
        row("key", &key);
        row("people", &self.people.join(", "));
        row("media", &self.media.join(", "));
        match &self.page {
            Some(page) => row("look at", page),
            None => row("steered", &self.steered_at),
        }
        self.tell_token();
        row("for others", self.public_url.as_deref().unwrap_or_default());
        let does = match &self.picks_up {
            _ if !self.has_key() => "shows its version".to_owned(),
            Some(person) => format!("calls {person}"),
            None => "lists the people".to_owned(),
        };
        print::note(format_args!("in another terminal, this {does}:"));
        print::more(&self.command);
        if !self.has_key() {
            print::note(format_args!(
                "what needs the key reads it from {KEY_VARIABLE} or --app-key-file"
            ));
        }
    }

    /// The secret that was made up, if one was.
    pub(super) fn tell_token(&self) {
        row("token", self.token.as_deref().unwrap_or_default());
    }

    const fn has_key(&self) -> bool {
        self.app_key.is_some() || self.key_file.is_some()
    }

    /// With a command that works as it is written, in a shell elsewhere.
    pub(super) fn with_command(mut self) -> Self {
        let mut variables = vec![("TALKSPACE_BASE_URL", self.url.as_str())];
        variables.extend(self.app_key.map(|key| (KEY_VARIABLE, key)));
        let file = self.key_file.as_deref().map(absolute);
        // An id that begins with a hyphen would be an option.
        let person = self.picks_up.as_ref();
        let person = person.map(|person| format!("--network-id={person}"));
        let mut words = match &person {
            _ if !self.has_key() => vec!["get-version"],
            Some(person) => vec!["create-talkspace", "--wait", person],
            None => vec!["list-network-ids"],
        };
        if let Some(file) = &file {
            words.extend(["--app-key-file", file]);
        }
        let host = self.elsewhere.as_ref();
        let host = host.map(|host| format!("--plain-http-host={host}"));
        words.extend(host.as_deref());
        self.command = command(cfg!(windows), &program(), &variables, &words);
        self
    }
}

fn row(name: &str, what: &str) {
    if !what.is_empty() {
        print::more(format_args!("{name:<7} {what}"));
    }
}

/// How this program is called: by its name, if that leads to it.
fn program() -> String {
    let Ok(own) = env::current_exe() else {
        return NAME.to_owned();
    };
    let path = env::var_os("PATH").unwrap_or_default();
    let file = format!("{NAME}{}", env::consts::EXE_SUFFIX);
    let first = env::split_paths(&path)
        .map(|folder| folder.join(&file))
        .find(|file| file.is_file());
    let is_own = |found: PathBuf| fs::canonicalize(found).ok() == fs::canonicalize(&own).ok();
    match first.is_some_and(is_own) {
        true => NAME.to_owned(),
        false => own.to_string_lossy().into_owned(),
    }
}

fn absolute(file: &Path) -> String {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    absolute.to_string_lossy().into_owned()
}

/// As a POSIX shell takes it, or PowerShell.
fn command(
    is_powershell: bool,
    program: &str,
    variables: &[(&str, &str)],
    words: &[&str],
) -> String {
    let quoted = |word: &str| quote(word, is_powershell);
    let set = variables.iter().map(|(name, value)| match is_powershell {
        true => format!("$env:{name}={};", quoted(value)),
        false => format!("{name}={}", quoted(value)),
    });
    let mut parts: Vec<String> = set.collect();
    if is_powershell {
        parts.push("&".to_owned());
    }
    parts.push(quoted(program));
    parts.extend(words.iter().map(|word| quoted(word)));
    parts.join(" ")
}

/// A word that a shell leaves as it is.
fn quote(word: &str, is_powershell: bool) -> String {
    match is_powershell {
        true => format!("'{}'", word.replace('\'', "''")),
        false => unversioned::shell_word(word),
    }
}

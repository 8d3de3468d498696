//! What has changed of the public items since the last release, and whether `CHANGELOG.md` says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{command, output};

pub(super) const FILE: &str = "CHANGELOG.md";
const UNRELEASED: &str = "## [Unreleased]";

/// Promised to nobody but the transports: what changes of it need not be said.
const UNPROMISED: &str = "talkspace-net";

/// Words before the name of an item.
const KINDS: &[&str] = &[
    "async", "const", "enum", "fn", "macro", "static", "struct", "trait", "type", "union",
    "unsafe", "use",
];

/// The part about what is to be released, and the version that was last.
pub(super) struct Changelog<'t> {
    unreleased: &'t str,
    released: Option<&'t str>,
}

/// What of these libraries has changed, and is not said to have.
pub(super) fn unsaid(root: &Path, texts: &[(PathBuf, String)]) -> Result<Vec<String>, String> {
    let log = fs::read_to_string(root.join(FILE)).map_err(|error| format!("{FILE}: {error}"))?;
    let log = Changelog::read(&log)?;
    let mut unsaid = Vec::new();
    for (path, text) in texts {
        let library = path.iter().nth(1).unwrap_or_default().to_string_lossy();
        match log.released {
            _ if library == UNPROMISED => {}
            // All of it is new.
            None if log.words().contains(&*library) => {}
            None => unsaid.push(format!("{library} is new")),
            Some(version) => {
                let before = released(root, version, path)?;
                unsaid.extend(log.unsaid(&library, &before, text));
            }
        }
    }
    Ok(unsaid)
}

/// The text as it was in a version, whose tag is `v` and its number. None if it was not there.
fn released(root: &Path, version: &str, path: &Path) -> Result<String, String> {
    let (tag, path) = (format!("v{version}"), path.to_string_lossy());
    let git = |arguments: &[&str]| output(command(root, "git", arguments));
    let there = git(&["ls-tree", "--name-only", &tag, "--", &path])
        .map_err(|error| format!("{error}the last release needs its tag: git fetch --tags"))?;
    match there.is_empty() {
        true => Ok(String::new()),
        false => git(&["show", &format!("{tag}:{path}")]),
    }
}

impl<'t> Changelog<'t> {
    pub(super) fn read(text: &'t str) -> Result<Self, String> {
        let (_, rest) = text
            .split_once(UNRELEASED)
            .ok_or_else(|| format!("{FILE} has no {UNRELEASED}"))?;
        let (unreleased, rest) = rest.split_once("\n## [").unwrap_or((rest, ""));
        let released = rest.split_once(']').map(|(version, _)| version);
        Ok(Self {
            unreleased,
            released,
        })
    }

    /// The words in what is set as code.
    fn words(&self) -> BTreeSet<&'t str> {
        let code = self.unreleased.split('`').skip(1).step_by(2);
        let separates =
            |letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '-');
        code.flat_map(|code| code.split(separates)).collect()
    }

    /// Items that are others than before, and that neither their name nor that of their module is said of.
    pub(super) fn unsaid(&self, library: &str, before: &str, after: &str) -> Vec<String> {
        let words = self.words();
        let (before, after) = (items(before), items(after));
        let all: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        let changed = all
            .into_iter()
            .filter(|key| before.get(*key) != after.get(*key));
        changed
            .filter(|(module, name)| {
                let module = module.rsplit_once("::").map(|(_, module)| module);
                !words.contains(name) && !module.is_some_and(|module| words.contains(module))
            })
            .map(|(module, name)| format!("{library}: {module}::{name} is not what it was"))
            .collect()
    }
}

/// The lines of each item, by its module and its name.
fn items(text: &str) -> BTreeMap<(&str, &str), Vec<&str>> {
    let (mut items, mut module, mut name) = (BTreeMap::new(), "", "");
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        if let Some(path) = line.strip_prefix("mod ") {
            module = path;
            continue;
        }
        if !line.starts_with("    ") {
            name = name_of(line);
        }
        let lines: &mut Vec<&str> = items.entry((module, name)).or_default();
        lines.push(line);
    }
    items
}

/// What a line is about.
fn name_of(line: &str) -> &str {
    let words = line.split_whitespace();
    let mut words = words.skip_while(|word| KINDS.contains(word));
    // A re-export goes by its last name.
    let name = match line.trim_start().starts_with("use ") {
        true => words.last().and_then(|path| path.rsplit("::").next()),
        false => words.next(),
    };
    let name = name.unwrap_or_default();
    let end = name.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    name.get(..end.unwrap_or(name.len())).unwrap_or_default()
}

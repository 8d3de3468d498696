//! What the suite is played against: `tests/engines/subjects.toml`, and the programs in
//! `tests/engines/shims`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::checks::tidy::files;

/// A subject of the suite.
#[derive(Debug)]
pub(super) struct Subject {
    /// The name of its row, of its judgements and on the command line.
    pub(super) name: String,
    pub(super) language: String,
    pub(super) program: Program,
    /// What else the suite is told.
    pub(super) arguments: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Program {
    Cargo(Cargo),
    Shim(Shim),
}

/// A test without a harness, or a program, that takes the arguments of the suite.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cargo {
    name: String,
    language: String,
    /// That of its workspace, from the root.
    pub(super) folder: PathBuf,
    pub(super) package: String,
    pub(super) test: Option<String>,
    pub(super) bin: Option<String>,
}

/// A program that speaks the protocol of shims. `{out}` in a command is a folder for what is built.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shim {
    /// What people call the engine.
    #[serde(rename = "name")]
    _name: String,
    language: String,
    /// The programs that have to be there.
    pub(super) needs: Vec<String>,
    #[serde(default)]
    pub(super) build: Vec<Vec<String>>,
    pub(super) run: Vec<String>,
    /// Prints the version of the runtime.
    pub(super) version: Vec<String>,
    /// Where the commands run.
    #[serde(skip)]
    pub(super) folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    subject: Vec<Cargo>,
}

/// All subjects, or those that are named, in the order of the page.
pub(super) fn named(folder: &Path, names: &[&str]) -> Result<Vec<Subject>, String> {
    let mut subjects = all(folder)?;
    if let Some(unknown) = names
        .iter()
        .find(|name| !subjects.iter().any(|subject| subject.name == **name))
    {
        let known: Vec<_> = subjects.iter().map(|subject| &*subject.name).collect();
        return Err(format!(
            "there is no subject `{unknown}`; there are {}",
            known.join(", ")
        ));
    }
    subjects.retain(|subject| names.is_empty() || names.contains(&&*subject.name));
    Ok(subjects)
}

/// Those of Rust as they are listed, the others by their languages.
pub(super) fn all(folder: &Path) -> Result<Vec<Subject>, String> {
    let manifest: Manifest = read(&folder.join("subjects.toml"))?;
    let mut subjects: Vec<_> = manifest.subject.into_iter().map(Subject::cargo).collect();
    let mut shims = Vec::new();
    let folder = folder.join("shims");
    let found = match folder.is_dir() {
        true => files(&folder, ".toml")?,
        false => Vec::new(),
    };
    for file in found {
        // A package that was installed may have such files too.
        if !file
            .components()
            .any(|part| part.as_os_str() == "node_modules")
        {
            shims.push(Subject::shim(&file)?);
        }
    }
    shims.sort_by(|one, other| (&one.language, &one.name).cmp(&(&other.language, &other.name)));
    subjects.extend(shims);
    Ok(subjects)
}

fn read<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<T, String> {
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = fs::read_to_string(file).map_err(|error| at(&error))?;
    basic_toml::from_str(&text).map_err(|error| at(&error))
}

impl Subject {
    fn cargo(program: Cargo) -> Self {
        Self {
            name: program.name.clone(),
            language: program.language.clone(),
            program: Program::Cargo(program),
            arguments: Vec::new(),
        }
    }

    /// `shims/go/shim.toml` is `go`, and `shims/python/httpx.toml` is `httpx`.
    fn shim(file: &Path) -> Result<Self, String> {
        let mut shim: Shim = read(file)?;
        shim.folder = file.parent().unwrap_or(file).to_owned();
        let stem = file.file_stem().unwrap_or_default();
        let name = match stem == "shim" {
            true => shim.folder.file_name().unwrap_or_default(),
            false => stem,
        };
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            language: shim.language.clone(),
            program: Program::Shim(shim),
            arguments: Vec::new(),
        })
    }
}

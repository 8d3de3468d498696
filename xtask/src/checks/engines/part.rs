//! What a run of all checks plays, which has few minutes for it.

use std::fs;
use std::path::Path;

use super::subjects::{Program, Subject};
use super::table::Table;
use crate::process::say;

/// One engine of each language, of those that are soon done.
const ENGINES: [&str; 9] = [
    "hyper-util",
    "curl",
    "go",
    "java",
    "undici",
    "php-curl",
    "perl-tiny",
    "urllib",
    "ruby",
];

/// They send some hundred MiB through the pipes of a program, or some hundred responses.
const CASES_LEFT_OUT: [&str; 2] = [
    "upload/early-response/413-then-reset",
    "property/segmentation",
];

/// The engines of the part, which leave some cases out.
pub(super) fn of(subjects: Vec<Subject>) -> Vec<Subject> {
    let subjects = subjects.into_iter();
    subjects
        .filter(|subject| ENGINES.contains(&&*subject.name))
        .map(|mut subject| {
            for case in CASES_LEFT_OUT {
                subject
                    .arguments
                    .extend(["--skip", case].map(str::to_owned));
            }
            subject
        })
        .collect()
}

/// Has a failure that is published count at once, which is else played again at slower paces:
/// that takes most of the time of a run.
pub(super) fn knowing(
    mut subjects: Vec<Subject>,
    published: &Table,
    folder: &Path,
) -> Result<Vec<Subject>, String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for subject in &mut subjects {
        let mut engines = published.engines.iter();
        let engine = engines.find(|engine| engine.name == subject.name);
        // What is of Rust has a file of its own.
        let (Some(engine), Program::Shim(_)) = (engine, &subject.program) else {
            continue;
        };
        let known = engine.failures.keys();
        let known: String = known
            .map(|id| format!("{id} -- it is published\n"))
            .collect();
        let file = folder.join(format!("{}.known", subject.name));
        fs::write(&file, known).map_err(|error| format!("{}: {error}", file.display()))?;
        subject.arguments.push("--expected".to_owned());
        subject.arguments.push(file.to_string_lossy().into_owned());
    }
    Ok(subjects)
}

impl Table {
    /// Leaves out what a run did not play, and the engines that are of another version in it: what
    /// those do is no news of the suite.
    pub(super) fn comparable(&mut self, run: &mut Self) {
        run.engines.retain(|now| {
            let mut engines = self.engines.iter();
            let before = engines.find(|before| before.name == now.name);
            let is_other = before.is_some_and(|before| {
                before.version != now.version
                    || (now.language != "Rust" && before.runtime != now.runtime)
            });
            if is_other {
                let (name, version, runtime) = (&now.name, &now.version, &now.runtime);
                say(&format!(
                    "engines: {name} is another version here, {version} ({runtime}): not compared"
                ));
            }
            !is_other
        });
        for engine in &mut self.engines {
            for case in CASES_LEFT_OUT {
                engine.verdicts.remove(case);
            }
        }
    }
}

//! What a run says otherwise than what is published.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Engine, Table, Verdict};

/// How a run differs from what is published.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Differences {
    /// Verdicts that are others now, by engine and case.
    pub(super) changed: BTreeMap<(String, String), String>,
    /// What is worth a word, such as another version.
    pub(super) told: Vec<String>,
}

/// Compares the engines of a run with those that are published. What may change does not count, nor
/// what could not be judged in one of them.
pub(super) fn compare(
    published: &Table,
    run: &Table,
    flaky: &BTreeSet<(String, String)>,
) -> Differences {
    let mut differences = Differences::default();
    for engine in &run.engines {
        let mut engines = published.engines.iter();
        match engines.find(|other| other.name == engine.name) {
            Some(before) => differences.of(before, engine, flaky),
            None => {
                let changed = format!("{}: is not published", engine.name);
                let place = (engine.name.clone(), String::new());
                differences.changed.insert(place, changed);
            }
        }
    }
    differences
}

impl Differences {
    /// Keeps as changed what another run says, too.
    pub(super) fn confirm(&mut self, again: &Self) {
        let changed = std::mem::take(&mut self.changed);
        for (place, change) in changed {
            if again.changed.contains_key(&place) {
                self.changed.insert(place, change);
            } else {
                self.told.push(format!("{change}; not so at a second run"));
            }
        }
    }

    fn of(&mut self, before: &Engine, now: &Engine, flaky: &BTreeSet<(String, String)>) {
        let name = &now.name;
        for (what, before, now) in [
            ("version", &before.version, &now.version),
            ("runtime", &before.runtime, &now.runtime),
        ] {
            if before != now {
                self.told
                    .push(format!("{name}: its {what} was {before}, and is {now}"));
            }
        }
        let ids: BTreeSet<_> = before.verdicts.keys().chain(now.verdicts.keys()).collect();
        for id in ids {
            let verdicts = (before.verdicts.get(id), now.verdicts.get(id));
            if verdicts.0 == verdicts.1 {
                continue;
            }
            let word = |verdict: Option<&Verdict>| verdict.map_or("no case", |one| one.word());
            let change = format!(
                "{name}: {id}: was {}, is {}",
                word(verdicts.0),
                word(verdicts.1)
            );
            let certain = [verdicts.0, verdicts.1]
                .into_iter()
                .flatten()
                .all(|verdict| verdict.is_certain());
            let place = (name.clone(), id.clone());
            if !certain || flaky.contains(&place) {
                self.told.push(change);
                continue;
            }
            let problem = now
                .failures
                .get(id)
                .and_then(|failure| failure.problems.first());
            let problem = problem.map(|problem| format!(": {problem}"));
            let change = change + &problem.unwrap_or_default();
            self.changed.insert(place, change);
        }
    }
}

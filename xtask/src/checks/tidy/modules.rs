//! What the modules of a crate are to each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::files;

#[cfg(test)]
mod tests;

/// The crates whose modules name each other in one direction alone: the top ones,
/// and those inside each folder.
const WITHOUT_CIRCLES: &[&str] = &[
    "http1-conformance",
    "talkspace-blocking",
    "talkspace-conformance",
    "talkspace-core",
    "talkspace-hyper",
    "talkspace-net",
];

/// The crates that can be read beside each other: what one has and the other
/// has not.
const MIRRORS: [(&str, &[&str]); 2] = [
    (
        "talkspace-hyper",
        &["driver", "meter", "pieces", "runtime", "tokio_io"],
    ),
    ("talkspace-blocking", &["framing"]),
];

/// Which modules of a folder each module of it names, tests left out.
type Graph = BTreeMap<String, BTreeSet<String>>;

pub(super) fn breaches(root: &Path) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for name in WITHOUT_CIRCLES {
        for folder in folders(root, name)? {
            if let Some(circle) = circle(&graph(root, name, &folder)?) {
                let circle = circle.join(" → ");
                breaches.push(format!("the modules of {name} name each other: {circle}"));
            }
        }
    }
    let [one, other] = MIRRORS.map(|(name, own)| {
        let mut modules: BTreeSet<_> = graph(root, name, "")?.into_keys().collect();
        let of_its_own = own.iter().all(|own| modules.remove(*own));
        Ok::<_, String>((name, modules, of_its_own))
    });
    let (one, other) = (one?, other?);
    for (name, _, of_its_own) in [&one, &other] {
        if !of_its_own {
            breaches.push(format!("{name} lacks a module that it alone would have"));
        }
    }
    for module in one.1.symmetric_difference(&other.1) {
        breaches.push(format!(
            "{} and {} are to mirror each other: only one has {module}",
            one.0, other.0
        ));
    }
    Ok(breaches)
}

/// The folders of a crate's source, each as a path: `""`, `server`, `codec/redact`.
fn folders(root: &Path, name: &str) -> Result<BTreeSet<String>, String> {
    let source = source(root, name);
    let files = files(&source, ".rs")?;
    let folders = files.iter().filter_map(|file| {
        let folder = file.strip_prefix(&source).ok()?.parent()?;
        folder.to_str().map(str::to_owned)
    });
    Ok(folders.collect())
}

fn source(root: &Path, name: &str) -> PathBuf {
    root.join("crates").join(name).join("src")
}

fn graph(root: &Path, name: &str, folder: &str) -> Result<Graph, String> {
    let source = source(root, name).join(folder);
    let prefix = match folder {
        "" => "crate::".to_owned(),
        folder => format!("crate::{}::", folder.replace('/', "::")),
    };
    let mut graph = Graph::new();
    for file in files(&source, ".rs")? {
        let path = file.strip_prefix(&source).unwrap_or(&file);
        let path = path.with_extension("");
        let mut parts = path.iter().filter_map(|part| part.to_str());
        let module = parts.next().unwrap_or_default();
        if ["lib", "mod", "tests"].contains(&module) || parts.any(|part| part == "tests") {
            continue;
        }
        let text =
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let named = graph.entry(module.to_owned()).or_default();
        let siblings = "super::".repeat(path.iter().count());
        for prefix in [&prefix, &siblings] {
            named.extend(named_in(&text, prefix).map(str::to_owned));
        }
    }
    let modules: BTreeSet<_> = graph.keys().cloned().collect();
    for (module, named) in &mut graph {
        named.retain(|name| name != module && modules.contains(name));
    }
    Ok(graph)
}

/// What follows `prefix`, in code: a link in a comment needs nothing.
fn named_in<'t>(text: &'t str, prefix: &'t str) -> impl Iterator<Item = &'t str> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(move |line| {
        line.match_indices(prefix).filter_map(|(at, _)| {
            let (before, rest) = (line.get(..at)?, line.get(at + prefix.len()..)?);
            let name = rest.split(|letter: char| letter != '_' && !letter.is_alphanumeric());
            // One `super` more leads elsewhere.
            name.take(1).find(|_| !before.ends_with("super::"))
        })
    })
}

/// A way from a module back to itself.
fn circle(graph: &Graph) -> Option<Vec<String>> {
    let mut left = graph.clone();
    // A module that names none that is left is in no circle.
    while let Some(module) = left
        .iter()
        .find(|(_, named)| named.iter().all(|name| !left.contains_key(name)))
        .map(|(module, _)| module.clone())
    {
        left.remove(&module);
    }
    let mut way = vec![left.keys().next()?.clone()];
    loop {
        let named = left.get(way.last()?)?;
        let next = named.iter().find(|name| left.contains_key(*name))?;
        let begin = way.iter().position(|module| module == next);
        way.push(next.clone());
        if let Some(begin) = begin {
            return Some(way.split_off(begin));
        }
    }
}

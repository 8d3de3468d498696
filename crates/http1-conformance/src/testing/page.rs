//! Committed files that a test writes; shared with the crates that add cases.

use std::{env, fs};

use crate::{Case, Source};

/// Compares a committed file with what it should say.
pub(crate) fn up_to_date(path: &str, expected: &str) {
    if env::var_os("TALKSPACE_BLESS").is_some() {
        fs::write(path, expected).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    let first = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
    assert!(
        found == expected,
        "{path} is out of date at {first:?}; set TALKSPACE_BLESS=1"
    );
}

/// The page of these cases, as people read it, after a preface. A family of ids is one line.
pub(crate) fn page(preface: &str, cases: &[Case], family: fn(&str) -> &str) -> String {
    let mut page = preface.to_owned();
    let (mut group, mut last) = ("", "");
    for case in cases {
        let family = family(case.id());
        if family == last {
            continue;
        }
        last = family;
        let (first, _) = family.split_once('/').unwrap();
        if first != group {
            group = first;
            page.push_str(&format!(
                "\n# `{group}`\n\n| case | level | requirement | errors | source |\n|---|---|---|---|---|\n"
            ));
        }
        let needs: Vec<_> = case.needs().iter().map(ToString::to_string).collect();
        let needs = match needs.is_empty() {
            true => String::new(),
            false => format!(" (needs {})", needs.join(", ")),
        };
        let requirement = case.requirement().replace('|', "\\|");
        let source = match case.source() {
            Source::Required(quotes) => {
                let quotes: Vec<_> = quotes.iter().map(ToString::to_string).collect();
                quotes.join("<br>")
            }
            contract => contract.to_string(),
        };
        page.push_str(&format!(
            "| `{family}` | {} | {requirement}{needs} | {} | {} |\n",
            case.level(),
            case.classes().join("<br>"),
            source.replace('*', "\\*").replace('[', "\\["),
        ));
    }
    page.trim_start().to_owned()
}

//! Any text as the spec, and a spec with lines changed: findings with their
//! places, or files of which Rust can be read.

#![no_main]

use std::str;

use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use xtask::codegen::generate;

/// A small spec with everything that the generator understands.
const ROOMS: &str = include_str!("../../../xtask/src/codegen/tests/rooms.yaml");

/// A change to one line of the small spec.
#[derive(Arbitrary, Debug)]
enum Edit<'a> {
    Remove(u8),
    /// The first line comes again after the second.
    Copy(u8, u8),
    Swap(u8, u8),
    /// What follows the line's last colon.
    Value(u8, &'a str),
    /// What stands before it, indentation aside.
    Key(u8, &'a str),
    /// The value of another line.
    Borrow(u8, u8),
    Indent(u8),
    Outdent(u8),
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = str::from_utf8(bytes) {
        read(text);
    }
    let mut input = Unstructured::new(bytes);
    let mut lines: Vec<String> = ROOMS.lines().map(str::to_owned).collect();
    let mut edited = false;
    while !input.is_empty() {
        let Ok(edit) = input.arbitrary() else { break };
        edited |= apply(&edit, &mut lines).is_some();
    }
    if edited {
        read(&lines.join("\n"));
    }
});

fn apply(edit: &Edit<'_>, lines: &mut Vec<String>) -> Option<()> {
    let value = |line: &str| Some(line.rsplit_once(": ")?.1.to_owned());
    match *edit {
        Edit::Remove(at) => {
            lines.get(usize::from(at))?;
            lines.remove(at.into());
        }
        Edit::Copy(from, to) => {
            let line = lines.get(usize::from(from))?.clone();
            lines.get(usize::from(to))?;
            lines.insert(to.into(), line);
        }
        Edit::Swap(one, other) => {
            lines.get(usize::from(one.max(other)))?;
            lines.swap(one.into(), other.into());
        }
        Edit::Value(at, text) => set_value(lines, at, text)?,
        Edit::Key(at, text) => {
            let line = lines.get_mut(usize::from(at))?;
            let key = line.trim_start();
            let indent = " ".repeat(line.len() - key.len());
            *line = format!("{indent}{text}:{}", key.split_once(':')?.1);
        }
        Edit::Borrow(from, to) => {
            let text = value(lines.get(usize::from(from))?)?;
            set_value(lines, to, &text)?;
        }
        Edit::Indent(at) => lines.get_mut(usize::from(at))?.insert_str(0, "  "),
        Edit::Outdent(at) => {
            let line = lines.get_mut(usize::from(at))?;
            *line = line.strip_prefix("  ")?.to_owned();
        }
    }
    Some(())
}

fn set_value(lines: &mut [String], at: u8, text: &str) -> Option<()> {
    let line = lines.get_mut(usize::from(at))?;
    *line = format!("{}: {text}", line.rsplit_once(": ")?.0);
    Some(())
}

fn read(spec: &str) {
    match generate(spec) {
        Ok(files) => {
            for (path, text) in files {
                if path.ends_with(".rs")
                    && let Err(error) = syn::parse_file(&text)
                {
                    panic!("{path} is not Rust: {error}\n{spec}\n{text}");
                }
            }
        }
        Err(findings) => {
            let findings = findings.to_string();
            assert!(!findings.is_empty());
            let first = findings.lines().next().unwrap_or_default();
            // A place in the document, or, where it is not YAML, a line of it.
            assert!(first.starts_with("spec/openapi.yaml"), "{findings}");
        }
    }
}

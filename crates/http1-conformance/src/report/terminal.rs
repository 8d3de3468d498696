//! The report for people.

use std::env;
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::{CaseReport, CaseResult, Failure, Report, Settled};
use crate::case::{Finding, Level};
use crate::wire::rendered::{self, letter};
use crate::wire::show::plural;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().dimmed();

pub(crate) fn title(
    out: &mut dyn Write,
    name: &str,
    version: &str,
    count: usize,
) -> io::Result<()> {
    writeln!(out, "\nconformance of {name} {version}")?;
    writeln!(out, "running {}", plural(count, "case"))
}

/// The one line of a case, in the words of `cargo test`.
pub(crate) fn line(out: &mut dyn Write, report: &CaseReport) -> io::Result<()> {
    let (style, text) = match &report.status {
        CaseResult::Passed => (GOOD, "ok".to_owned()),
        CaseResult::Failed(_) if report.case.level() == Level::Must => (BAD, "FAILED".to_owned()),
        CaseResult::Failed(_) => (WARN, format!("failed ({})", report.case.level())),
        CaseResult::Misclassified(_) if report.weight() == Level::Must => {
            (BAD, "FAILED: classification alone".to_owned())
        }
        CaseResult::Misclassified(_) => (
            WARN,
            format!("failed ({}): classification alone", report.case.level()),
        ),
        CaseResult::Expected(reason, failure) if failure.problems.is_empty() => {
            (WARN, format!("misclassified as expected: {reason}"))
        }
        CaseResult::Expected(reason, _) => (WARN, format!("failed as expected: {reason}")),
        CaseResult::Stale(_) => (BAD, "FAILED: it passes, so its line is stale".to_owned()),
        CaseResult::NotApplicable(need) => {
            (DIM, format!("ignored, the adapter does not claim {need}"))
        }
        CaseResult::Unmet(basics) => (WARN, format!("inconclusive, see {}", basics.join(", "))),
        CaseResult::Skipped(reason) => (DIM, format!("ignored, {reason}")),
        CaseResult::Flaky(reason, None) => (WARN, format!("ok, known to be flaky: {reason}")),
        CaseResult::Flaky(reason, Some(_)) => {
            (WARN, format!("failed, known to be flaky: {reason}"))
        }
        CaseResult::Inconclusive(reason) => (WARN, format!("inconclusive: {reason}")),
    };
    write!(out, "test {} ... {style}{text}{style:#}", report.case.id())?;
    match &report.settled {
        Some(Settled {
            factor,
            lateness,
            at_first,
        }) => {
            let how = match factor {
                1 => "alone".to_owned(),
                factor => format!("with all times ×{factor}"),
            };
            let late = lateness.as_millis();
            writeln!(
                out,
                " {DIM}({how}, this machine late by {late} ms; at first: {at_first}){DIM:#}"
            )
        }
        None => writeln!(out),
    }
}

/// Every failure explained, and the counts.
pub(crate) fn summary(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    writeln!(out)?;
    for case in &report.cases {
        if let Some(failure) = case.status.failure().filter(|_| case.status.is_failure()) {
            explain(out, case, failure)?;
        }
    }
    for problem in &report.problems {
        writeln!(out, "{BAD}FAILED{BAD:#} {problem}")?;
    }
    let count =
        |fits: &dyn Fn(&CaseReport) -> bool| report.cases.iter().filter(|case| fits(case)).count();
    let misclassified = |case: &CaseReport| matches!(case.status, CaseResult::Misclassified(_));
    let failed = count(&|case| case.fails(report.strictness) && !misclassified(case));
    let failed = failed + report.problems.len();
    let warned = count(&|case| case.status.is_failure() && !case.fails(report.strictness));
    let misclassified = count(&|case| case.fails(report.strictness) && misclassified(case));
    let passed = count(&|case| matches!(case.status, CaseResult::Passed));
    let expected = count(&|case| matches!(case.status, CaseResult::Expected(..)));
    let skipped = count(&|case| matches!(case.status, CaseResult::Skipped(_)));
    let not_applicable = count(&|case| matches!(case.status, CaseResult::NotApplicable(_)));
    let flaky = count(&|case| matches!(case.status, CaseResult::Flaky(..)));
    let inconclusive = report.inconclusive().count();
    let settled = count(&|case| case.settled.is_some());
    let (style, word) = match report.exit_code() {
        0 => (GOOD, "ok"),
        _ => (BAD, "FAILED"),
    };
    writeln!(
        out,
        "conformance result: {style}{word}{style:#}. {passed} passed; {failed} failed; \
         {misclassified} misclassified; {warned} warned; {expected} failed as expected; \
         {flaky} flaky; {inconclusive} inconclusive; {not_applicable} not applicable; \
         {skipped} ignored"
    )?;
    writeln!(
        out,
        "{DIM}this machine was late by {} ms at most; {} settled alone or with times stretched{DIM:#}\n",
        report.lateness.as_millis(),
        plural(settled, "case"),
    )
}

pub(super) fn explain(
    out: &mut dyn Write,
    report: &CaseReport,
    failure: &Failure,
) -> io::Result<()> {
    let case = &report.case;
    let style = if report.weight() == Level::Must {
        BAD
    } else {
        WARN
    };
    writeln!(
        out,
        "{style}FAILED {}{style:#}   {}  {}",
        case.id(),
        case.level(),
        case.source()
    )?;
    row(out, "requirement", case.requirement())?;
    for quote in case.quotes() {
        row(out, "sentence", &quote.to_string())?;
    }
    let behaviour = match failure.problems.is_empty() {
        true => "passed",
        false => "failed",
    };
    row(out, "behaviour", behaviour)?;
    for problem in &failure.problems {
        row(out, "problem", problem)?;
    }
    for Finding { about, text } in &failure.classification {
        row(out, "classified", &format!("{text} ({about})"))?;
    }
    for exchange in &failure.exchanges {
        row(out, "exchange", &exchange.request)?;
        row(
            out,
            "  adapter",
            exchange.got.as_deref().unwrap_or("had not returned"),
        )?;
        for (depth, text) in exchange.chain.iter().enumerate() {
            let label = if depth == 0 { "  error" } else { "  caused by" };
            row(out, label, text)?;
        }
        if let Some(expected) = &exchange.expected {
            row(out, "  expected", expected)?;
        }
    }
    for (at, (authority, seen)) in failure.peers.iter().enumerate() {
        let name = format!("peer {}", at + 1);
        let lines = rendered::lines(seen);
        let note = if lines.is_empty() {
            ", never connected"
        } else {
            ""
        };
        row(out, &name, &format!("{authority}{note}"))?;
        for line in lines {
            let connection = letter(line.connection);
            let text = format!("+{:.3} {connection} {}", line.seconds, line.text);
            row(out, "", &text)?;
        }
    }
    if !case.hint().is_empty() {
        row(out, "usual cause", case.hint())?;
    }
    row(out, "again", &again(case.id()))?;
    writeln!(out)
}

fn row(out: &mut dyn Write, label: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {DIM}{label:<12}{DIM:#} {text}")
}

/// The command that runs one case once more.
fn again(id: &str) -> String {
    let words: Vec<_> = env::args().collect();
    let own = words.first().is_some_and(|word| {
        let stem = Path::new(word).file_stem();
        stem.is_some_and(|stem| stem == env!("CARGO_PKG_NAME"))
    });
    if own {
        return of_program(&words, id);
    }
    let package = env::var("CARGO_PKG_NAME").map(|name| format!(" -p {name}"));
    let program = env::args().next().unwrap_or_default();
    let stem = Path::new(&program)
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    // Cargo names a test binary `<target>-<hash>`.
    let target = stem.rsplit_once('-').map_or(&*stem, |(target, _)| target);
    format!(
        "cargo test{} --test {target} -- --exact {id}",
        package.unwrap_or_default()
    )
}

/// The same for the command of this package, which has a program behind `--`.
pub(super) fn of_program(words: &[String], id: &str) -> String {
    let at = words.iter().position(|word| word == "--");
    let (options, program) = words.split_at(at.unwrap_or(words.len()));
    let command = match env::var("CARGO_PKG_NAME") {
        Ok(package) => format!("cargo run -p {package} --all-features --"),
        Err(_) => words.first().cloned().unwrap_or_default(),
    };
    // Of the options, the profile alone decides whether there is such a case.
    let profile = options.iter().enumerate().find_map(|(at, word)| {
        let value = match word.strip_prefix("--profile")? {
            "" => options.get(at + 1)?,
            rest => rest.strip_prefix('=')?,
        };
        Some(format!(" --profile {value}"))
    });
    let program: Vec<_> = program.iter().map(|word| quoted(word)).collect();
    let profile = profile.unwrap_or_default();
    format!("{command}{profile} --exact {id} {}", program.join(" "))
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,+@%".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

//! Programs that speak the protocol of shims, and programs that break it.
//!
//! This binary is its own program: with `SHIM_FAULT` set it is a shim, of the reference or with one fault.

use std::env;
use std::panic::resume_unwind;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

use http1_conformance::shim::{Check, Program};
use http1_conformance::{Profile, Report, Selection};

#[cfg(test)]
mod claims;
#[cfg(test)]
mod program;

/// How long a program is waited for that never does what it should.
const SOON: Duration = Duration::from_secs(2);

type Test = fn() -> Result<(), String>;

fn main() -> ExitCode {
    if let Ok(fault) = env::var("SHIM_FAULT") {
        return match fault.starts_with("claims") {
            true => claims::serve(&fault),
            false => program::serve(&fault),
        };
    }
    let tests: [(&str, Test); 7] = [
        ("keeps_the_rules", keeps_the_rules),
        ("each_broken_rule_is_found", each_broken_rule_is_found),
        ("what_is_claimed_is_checked", what_is_claimed_is_checked),
        (
            "a_fault_of_the_program_fails_the_case",
            a_fault_fails_the_case,
        ),
        ("a_program_that_ended_is_replaced", is_replaced),
        ("what_is_not_cancelled_is_killed", nothing_is_left),
        ("a_hang_is_ended", a_hang_is_ended),
    ];
    let filter = env::args().skip(1).find(|word| !word.starts_with('-'));
    let selected = tests.into_iter().filter(|(name, _)| {
        filter
            .as_ref()
            .is_none_or(|filter| name.contains(filter.as_str()))
    });
    // Most of their time is waiting. One looks at all processes that there are.
    let (alone, others): (Vec<_>, Vec<_>) =
        selected.partition(|(name, _)| *name == "what_is_not_cancelled_is_killed");
    let failed = at_once(&others, play)
        .into_iter()
        .chain(alone.iter().map(play));
    ExitCode::from(u8::from(failed.fold(false, |any, failed| any | failed)))
}

/// Whether the test failed.
fn play((name, test): &(&str, Test)) -> bool {
    let outcome = test();
    match &outcome {
        Ok(()) => program::say(format_args!("test {name} ... ok")),
        Err(problem) => program::say(format_args!("test {name} ... FAILED\n{problem}")),
    }
    outcome.is_err()
}

/// Does it with each of them on a thread of its own.
fn at_once<T: Sync, R: Send>(each: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let act = &act;
    thread::scope(|scope| {
        let running: Vec<_> = each.iter().map(|it| scope.spawn(move || act(it))).collect();
        let done = running.into_iter().map(|thread| thread.join());
        done.map(|done| done.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// This binary as a shim with a fault.
fn program(fault: &str) -> Result<Program, String> {
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let own = own.to_str().ok_or("the path of this test is no text")?;
    Ok(Program::new(["env", &format!("SHIM_FAULT={fault}"), own]))
}

fn equal<T: PartialEq + std::fmt::Debug>(got: &T, wanted: &T) -> Result<(), String> {
    match got == wanted {
        true => Ok(()),
        false => Err(format!("it is {got:?}, and should be {wanted:?}")),
    }
}

fn broken(fault: &str) -> Result<Vec<Check>, String> {
    let mut program = program(fault)?;
    // It never does what is waited for, whatever the limit.
    if fault == "keeps-connections" {
        program = program.patience(SOON);
    }
    let mut checks = program.check();
    checks.retain(|check| check.problem.is_some());
    Ok(checks)
}

fn keeps_the_rules() -> Result<(), String> {
    equal(&format!("{:?}", broken("none")?), &"[]".to_owned())?;
    let report = run(
        "none",
        &[
            "request/line/origin-form",
            "framing/cl/exact",
            "framing/cl/short-close",
        ],
    )?;
    equal(&report.passed().count(), &3)
}

fn run(fault: &str, ids: &[&str]) -> Result<Report, String> {
    let selection = Selection::exactly(ids.iter().copied()).profile(Profile::Rfc);
    program(fault)?.suite()?.run(&selection)
}

/// Each fault is found by its rule, in one line.
fn each_broken_rule_is_found() -> Result<(), String> {
    let is_found = |(fault, rule): &(&str, &str)| {
        let checks = broken(fault)?;
        let found = checks.iter().find(|check| check.rule.contains(rule));
        let found = found.ok_or_else(|| format!("{fault} is not found, but {checks:?}"))?;
        equal(&found.to_string().lines().count(), &1)
    };
    at_once(&program::FAULTS, is_found).into_iter().collect()
}

fn what_is_claimed_is_checked() -> Result<(), String> {
    let of_claims = |fault: &str| -> Result<Vec<Check>, String> {
        let mut checks = broken(fault)?;
        checks.retain(|check| check.rule.starts_with("who claims"));
        Ok(checks)
    };
    let is_found = |(fault, rule): &(&str, &str)| {
        let checks = of_claims(fault)?;
        let found = checks.iter().filter(|check| check.rule.contains(rule));
        equal(&found.count(), &1).map_err(|problem| format!("{fault}: {problem}: {checks:?}"))
    };
    let nothing = || equal(&format!("{:?}", of_claims("claims")?), &"[]".to_owned());
    thread::scope(|scope| {
        let nothing = scope.spawn(nothing);
        at_once(&claims::FAULTS, is_found)
            .into_iter()
            .collect::<Result<(), _>>()?;
        nothing.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Also where the case expects an error, which the fault is not.
fn a_fault_fails_the_case() -> Result<(), String> {
    for (fault, said) in [
        ("dies", "ended with"),
        ("writes-nonsense", "it is no JSON object"),
    ] {
        let report = run(fault, &["framing/cl/exact", "framing/cl/short-close"])?;
        equal(&report.failed().count(), &2).map_err(|problem| format!("{fault}: {problem}"))?;
        let text = report.to_string();
        let words = ["nothing: the program failed: it ", said, "boom on stderr"];
        let missing = words.into_iter().find(|words| !text.contains(words));
        equal(&text.contains("panic"), &false)?;
        if let Some(missing) = missing {
            return Err(format!("{fault}: no `{missing}` in {text}"));
        }
    }
    Ok(())
}

fn is_replaced() -> Result<(), String> {
    let report = run(
        "dies-at-404",
        &[
            "framing/cl/exact",
            "conn/reuse/after-4xx-5xx",
            "framing/cl/zero",
        ],
    )?;
    equal(&report.passed().count(), &2)
}

/// A process that hangs, and what it has started, are gone with the suite.
fn nothing_is_left() -> Result<(), String> {
    let marker = format!("shim-test-{}", std::process::id());
    let sleeper = format!("sleep 1000 & exec sleep 1000 # {marker}");
    let problem = Program::new(["sh", "-c", &format!("echo nonsense; {sleeper}")]).suite();
    let problem = problem.err().ok_or("nonsense is no hello")?;
    equal(&problem.contains("`nonsense`: it is no JSON object"), &true)?;
    let ours = std::process::id().to_string();
    let children = Command::new("ps")
        .args(["-o", "pid=,stat=,args=", "--ppid", &ours])
        .output();
    let children = children.map_err(|error| error.to_string())?.stdout;
    let children = String::from_utf8_lossy(&children).into_owned();
    let left: Vec<_> = children
        .lines()
        .filter(|line| !line.contains(" ps "))
        .collect();
    equal(&left, &Vec::new())?;
    let all = Command::new("ps").args(["-eo", "args="]).output();
    let all = all.map_err(|error| error.to_string())?.stdout;
    equal(
        &String::from_utf8_lossy(&all).contains(&format!("# {marker}")),
        &false,
    )
}

/// The limits of its exchange are over, and the case says what happened.
fn a_hang_is_ended() -> Result<(), String> {
    let selection = Selection::exactly(["framing/cl/exact"]).profile(Profile::Rfc);
    let suite = program("hangs")?.patience(SOON).suite()?;
    // Where a failure is expected, one is enough.
    let report = suite
        .expected_failures("framing/cl/exact -- it hangs")
        .run(&selection)?;
    equal(&report.exit_code(), &0)?;
    equal(
        &report.to_json().contains("it did not respond within"),
        &true,
    )
}

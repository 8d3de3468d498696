//! What is asked for, and what libFuzzer says.

use super::{Figures, Options, SECONDS, figures, options, targets};

#[test]
fn targets_and_seconds_come_in_any_order() {
    let expected = Options {
        targets: vec!["decode", "spec"],
        seconds: 600,
    };
    assert_eq!(
        options(&["decode", "--seconds", "600", "spec"]),
        Ok(expected)
    );
    let all = Options {
        targets: Vec::new(),
        seconds: SECONDS,
    };
    assert_eq!(options(&[]), Ok(all));
    for wrong in [&["--seconds"][..], &["--seconds", "0"], &["--seconds", "x"]] {
        assert!(options(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_target_is_a_file() {
    let root = &xtask::checkout::root().unwrap();
    let all = targets(root, &[]).unwrap();
    assert!(
        all.is_sorted() && all.contains(&"decode".to_owned()),
        "{all:?}"
    );
    assert_eq!(targets(root, &["decode"]), Ok(vec!["decode".to_owned()]));
    let said = targets(root, &["dekode"]).unwrap_err();
    assert!(said.starts_with("there is no target `dekode`"), "{said}");
}

const LOG: &str = "\
INFO: Loaded 1 modules   (45678 inline 8-bit counters): 45678 [0x1, 0x2),
#2\tINITED cov: 120 ft: 121 corp: 1/1b exec/s: 0 rss: 40Mb
#90\tNEW    cov: 2345 ft: 6789 corp: 9/2Kb lim: 4096 exec/s: 45 rss: 41Mb L: 3/9 MS: 1 EraseBytes-
";

#[test]
fn a_run_is_told_by_its_last_figures() {
    let end = "stat::number_of_executed_units: 90\nstat::average_exec_per_sec:     45\n";
    let expected = Figures {
        executions: 90,
        per_second: 45,
        reached: 2345,
        edges: 45678,
        broken: None,
    };
    assert_eq!(figures(&format!("{LOG}{end}")), expected);
}

#[test]
fn what_broke_it_is_told() {
    let end = "artifact_prefix='a/'; Test unit written to a/crash-0a1b\nBase64: eA==\n";
    let broken = figures(&format!("{LOG}{end}")).broken;
    assert_eq!(broken.as_deref(), Some("a/crash-0a1b"));
}

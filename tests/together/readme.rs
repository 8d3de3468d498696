//! The commands of the README are those of the command's own, whose tests run them.

#[test]
fn its_commands_are_tried() {
    let own = include_str!("../../crates/talkspace-cli/README.md");
    let readme = include_str!("../../README.md").lines();
    let commands: Vec<_> = readme
        .filter_map(|line| line.strip_prefix("cargo run --bin talkspace -- "))
        .collect();
    assert!(commands.len() >= 2);
    for command in commands {
        let line = format!("talkspace {}", command.trim_end_matches(" --help"));
        assert!(own.lines().any(|other| other == line), "{line}");
    }
}

//! The commands of the README are those of the command's own, whose tests run them, and a sandbox
//! starts as the manual's compose file has it.

use talkspace_sandbox::Sandbox;

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

#[test]
fn the_people_of_the_compose_file_can_be_registered() {
    let manual = include_str!("../../crates/talkspace-core/src/manual/howto.md");
    let (_, block) = manual
        .split_once("TALKSPACE_SANDBOX_REGISTER: |\n")
        .unwrap();
    let people = block.lines().map(str::trim);
    let people: Vec<_> = people.map_while(|line| line.split_once('=')).collect();
    assert!(people.len() >= 2, "{people:?}");
    // No key is given, so the example application is there with its own people.
    let sandbox = people
        .iter()
        .fold(Sandbox::builder().examples(), |it, (id, phone)| {
            it.person(*id, *phone)
        });
    sandbox.build().unwrap();
}

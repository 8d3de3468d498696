//! From a spec to files.

use std::fs;

use super::{Folder, ROOMS, edited, findings, formatted, real_spec, workspace};
use crate::codegen::{Mode, SPEC, generate, run, write};

/// Compares with a file beside this one, or writes it when `UPDATE_EXPECT` is set.
fn assert_expected(name: &str, text: &str) {
    let path = workspace()
        .join("xtask/src/codegen/tests/expected")
        .join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    assert!(
        expected == text,
        "{name} differs; with UPDATE_EXPECT=1 it is written anew"
    );
}

/// The text of one generated file.
fn file(spec: &str, path: &str) -> String {
    let files = formatted(spec);
    let found = files.into_iter().find(|(name, _)| name.ends_with(path));
    found.unwrap_or_else(|| panic!("{path} is not generated")).1
}

#[test]
fn an_operation_reads_as_if_written_by_hand() {
    assert_expected("make_room.rs", &file(ROOMS, "rooms/make_room.rs"));
    assert_expected("server.rs", &file(ROOMS, "server/operations/rooms.rs"));
    assert_expected("routes.rs", &file(ROOMS, "server/routes/rooms.rs"));
    assert_expected("shut_room.rs", &file(ROOMS, "rooms/shut_room.rs"));
}

#[test]
fn envelopes_and_a_service_read_as_if_written_by_hand() {
    assert_expected("envelopes.rs", &file(ROOMS, "envelopes/rooms.rs"));
    assert_expected("wire_objects.rs", &file(ROOMS, "envelopes/mod.rs"));
    assert_expected("service.rs", &file(ROOMS, "server/service/rooms.rs"));
    assert_expected("choices.rs", &file(ROOMS, "request/choices.rs"));
    assert_expected("objects.rs", &file(ROOMS, "request/objects.rs"));
}

#[test]
fn commands_read_as_if_written_by_hand() {
    assert_expected(
        "commands.rs",
        &file(ROOMS, "talkspace-cli/src/generated/rooms.rs"),
    );
    assert_expected("json.rs", &file(ROOMS, "cli/src/generated/objects.rs"));
}

#[test]
fn the_same_spec_gives_the_same_bytes() {
    let spec = real_spec();
    assert_eq!(formatted(&spec), formatted(&spec));
}

#[test]
fn the_order_of_the_spec_is_kept() {
    let files = generate(&real_spec()).unwrap();
    let (_, table) = files
        .iter()
        .find(|(path, _)| path.ends_with(".md"))
        .unwrap();
    let places = [
        "[`GetVersion`]",
        "[`CreateTalkspace`]",
        "[`HangUp`]",
        "[`UnmuteParticipant`]",
    ];
    let places: Vec<usize> = places
        .iter()
        .map(|name| table.find(name).unwrap())
        .collect();
    assert!(places.is_sorted(), "{table}");
}

#[test]
fn a_change_in_the_spec_shows_in_its_file() {
    let folder = Folder::new("mutation");
    let spec = real_spec();
    let files = formatted(&spec);
    let differences = write::compare(&folder.0, &files).unwrap();
    write::apply(&folder.0, &files, &differences).unwrap();
    assert!(write::compare(&folder.0, &files).unwrap().is_empty());

    for (from, to, path) in [
        (
            "x-talkspace-already: ['400', '404']",
            "x-talkspace-already: ['404']",
            "talkspace-core/src/request/talkspaces/hang_up.rs",
        ),
        (
            "summary: Mutes a participant.",
            "summary: Quiets a participant.",
            "talkspace-core/src/request/operations.md",
        ),
        (
            "The media that receives a recording of the whole call.",
            "The media that gets a recording of the whole call.",
            "talkspace-core/src/request/talkspaces/create_talkspace.rs",
        ),
        (
            "operationId: moveParticipant",
            "operationId: transferParticipant",
            "talkspace-core/src/request/talkspaces/move_participant.rs",
        ),
        (
            "description: The details of a TalkSpace.",
            "description: The particulars of a TalkSpace.",
            "talkspace-core/src/request/envelopes/talkspaces.rs",
        ),
        (
            "The leader, who is called first.",
            "The leader, who is called at once.",
            "talkspace-cli/src/generated/talkspaces.rs",
        ),
    ] {
        let mutant = formatted(&edited(&spec, from, to));
        let differences = write::compare(&folder.0, &mutant).unwrap();
        assert!(
            differences
                .iter()
                .any(|difference| difference.path.ends_with(path)),
            "{path}: {differences:?}"
        );
    }
}

#[test]
fn a_check_writes_nothing_and_says_what_to_run() {
    let folder = Folder::new("check");
    let root = folder.0.as_path();
    fs::create_dir(root.join("spec")).unwrap();
    fs::write(root.join(SPEC), ROOMS).unwrap();
    fs::copy(
        workspace().join(".rustfmt.toml"),
        root.join(".rustfmt.toml"),
    )
    .unwrap();

    let said = run(root, Mode::Check).unwrap_err();
    let first = "crates/talkspace-core/src/request/mod.rs is missing\n";
    assert!(said.starts_with(first), "{said}");
    assert!(said.contains("these differ too:\n  crates/"), "{said}");
    assert!(said.ends_with(".rs\nrun: cargo xtask codegen"), "{said}");
    assert!(!root.join("crates").exists());

    let said = run(root, Mode::Write).unwrap();
    assert!(said.contains(" files changed:\n  crates/"), "{said}");
    let said = run(root, Mode::Check).unwrap();
    assert!(said.ends_with("files are up to date"), "{said}");

    let ids = "crates/talkspace-core/src/value/ids.rs";
    let text = fs::read_to_string(root.join(ids)).unwrap();
    fs::write(
        root.join(ids),
        edited(&text, "Names a sound.", "Names a noise."),
    )
    .unwrap();
    assert_eq!(
        run(root, Mode::Check).unwrap_err(),
        format!(
            "{ids}:8 differs\n  expected: `    /// Names a sound.`\n  actual:   `    /// Names a \
             noise.`\nrun: cargo xtask codegen"
        )
    );
}

/// What a maintainer adds: a path, an envelope, and what is in it.
#[test]
fn an_eleventh_operation_needs_the_spec_alone() {
    let spec = real_spec();
    let spec = edited(&spec, "\ncomponents:\n", NOTES_PATH);
    let spec = edited(&spec, "\n    # What is sent.\n", NOTES_SCHEMAS);
    assert_eq!(findings(&spec), [""; 0]);

    let files = formatted(&spec);
    let text = |path: &str| {
        let found = files.iter().find(|(name, _)| name.ends_with(path));
        found
            .unwrap_or_else(|| panic!("{path} is not generated"))
            .1
            .as_str()
    };
    let operation = text("talkspaces/get_notes.rs");
    assert!(operation.contains("pub conference_id: ConferenceId,"));
    assert!(operation.contains("pub notes: Vec<String>,"));
    assert!(operation.contains("pub total: i64,"));
    assert!(operation.contains("pub author: Option<NetworkId>,"));
    assert!(operation.contains("request.literal(\"/notes\");"));
    let service = text("server/service/talkspaces.rs");
    assert!(service.contains("fn get_notes("));
    let routes = text("server/routes/talkspaces.rs");
    assert!(routes.contains("\"/api/rest/conference/{conferenceid}/notes\""));
    assert!(text("generated/commands/talkspaces.rs").contains("GetNotes(Connected<GetNotesArgs>)"));
    assert!(text("cli/src/generated/talkspaces.rs").contains(".with(\"total\", response.total)"));
    assert!(text("operations.md").contains("| [`GetNotes`] | reads |"));
}

const NOTES_PATH: &str = "
  /api/rest/conference/{conferenceid}/notes:
    get:
      operationId: getNotes
      tags: [TalkSpaces]
      summary: Reads the notes of a TalkSpace.
      description: They are in the order in which they were taken.
      x-talkspace-effect: reads
      parameters:
        - $ref: '#/components/parameters/PathConferenceId'
        - $ref: '#/components/parameters/QueryAppKey'
      responses:
        '200':
          description: The notes.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/NotesEnvelope'

components:
";

const NOTES_SCHEMAS: &str = "
    NotesEnvelope:
      type: object
      description: The envelope of the notes of a TalkSpace.
      required: [NotesResponse]
      properties:
        NotesResponse:
          description: The response itself.
          $ref: '#/components/schemas/NotesResponse'
    NotesResponse:
      type: object
      description: The notes of a TalkSpace.
      required: [message, status, notes, total]
      properties:
        message:
          description: A remark.
          type: string
        status:
          description: The status of the response.
          type: integer
        notes:
          description: What was noted.
          type: array
          items:
            type: string
        total:
          description: How many there are.
          type: integer
        author:
          description: Who took them.
          $ref: '#/components/schemas/NetworkId'

    # What is sent.
";

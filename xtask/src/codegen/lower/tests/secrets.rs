//! A secret stays one wherever it stands, or is a finding.

use crate::codegen::generate;
use crate::codegen::tests::{ROOMS, edited, findings, rooms_with};

const FORM: &str = "/components/schemas/MakeRoomForm/properties";
const ROOM: &str = "/components/schemas/RoomResponse/properties";
const SECRET: &str = "$ref: '#/components/schemas/SeatKey'";

/// The small spec with a secret in it, which stands where `from` stood.
fn rooms_with_secret(from: &str, to: &str) -> String {
    let schemas = "    RoomId:\n      type: string\n";
    let secret = "    SeatKey:\n      type: string\n      description: Opens a seat.\n      \
                  x-talkspace-secret: true\n      examples: [s1]\n";
    let spec = rooms_with(schemas, &format!("{secret}{schemas}"));
    edited(&spec, from, to)
}

/// The code of a file, in which only words count.
fn code(files: &[(String, String)], name: &str) -> String {
    let mut files = files.iter();
    let (_, text) = files.find(|(path, _)| path.ends_with(name)).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_response_may_have_one_in_every_place() {
    let described = |docs: &str, shape: &str| format!("          description: {docs}\n{shape}");
    let list = "          type: array\n          items:\n";
    let text = "          type: string\n";
    let room = "          $ref: '#/components/schemas/RoomId'\n";
    let sound = "          $ref: '#/components/schemas/MediaId'\n";
    let one = format!("          {SECRET}\n");
    let item = |shape: &str| format!("{list}  {shape}");
    let items = item(&one);
    let bare_or_many = |item: &str| {
        format!(
            "          oneOf:\n            - {item}\n            - type: array\n              \
             items:\n                {item}"
        )
    };
    for (docs, from, to, field) in [
        ("Which room it is.", room, &one, "from_ref(&self.room_id)"),
        (
            "Which room it is.",
            room,
            &format!("{one}          x-talkspace-empty: true\n"),
            "from_ref(&self.room_id)",
        ),
        (
            "The sound at the door.",
            sound,
            &one,
            "self.greeting_id.as_slice()",
        ),
        ("Whose room it is.", text, &one, "self.owner.as_slice()"),
        (
            "Where they lead.",
            &item(room),
            &items,
            "self.doors.as_slice()",
        ),
        (
            "What they show.",
            &item(text),
            &items,
            "self.windows.as_slice()",
        ),
        (
            "Who is in.",
            &bare_or_many("type: string"),
            &bare_or_many(SECRET),
            "self.guests.0.as_slice()",
        ),
    ] {
        // In a response, not in a form.
        let from = described(docs, from);
        let spec = rooms_with_secret(&from, &described(docs, to));
        let files = generate(&spec).unwrap_or_else(|findings| panic!("{docs} {findings}"));
        let envelopes = code(&files, "envelopes/rooms.rs");
        assert!(
            envelopes.contains("fn secrets(&self) -> Vec<&str>"),
            "{docs}"
        );
        assert!(envelopes.contains(field), "{docs} {envelopes}");
        let (_, redacted) = envelopes.split_once("fn redact(").unwrap();
        let (redacted, _) = redacted.split_once("#[cfg").unwrap();
        let name = field
            .trim_start_matches("from_ref(&")
            .trim_start_matches("self.");
        let (name, _) = name.split_once(['.', ')']).unwrap();
        assert!(
            !redacted.contains(&format!("self.{name}")),
            "{docs}: {redacted}"
        );
        for operation in ["make_room.rs", "open_room.rs", "shut_room.rs"] {
            let operation = code(&files, operation);
            assert!(operation.contains("secret_response: true"), "{docs}");
        }
        assert!(code(&files, "ids.rs").contains("secret_id! {"), "{docs}");
    }
    // Nothing is secret without one.
    let plain = generate(ROOMS).unwrap();
    assert!(code(&plain, "make_room.rs").contains("secret_response: false"));
    assert!(!code(&plain, "envelopes/rooms.rs").contains("fn secrets"));
}

#[test]
fn a_response_of_text_may_be_one() {
    let from = "              schema:\n                $ref: '#/components/schemas/Motto'";
    let to = format!("              schema:\n                {SECRET}");
    let motto = "    Motto:\n      type: string\n      description: What a room stands for.\n";
    let spec = edited(&rooms_with_secret(from, &to), motto, "");
    let files = generate(&spec).unwrap();
    assert!(code(&files, "get_motto.rs").contains("secret_response: true"));
}

#[test]
fn a_request_may_have_one_that_is_a_text() {
    let from = "          description: What is played on answering.\n          \
                $ref: '#/components/schemas/MediaId'\n          x-talkspace-default: greeting\n";
    let optional =
        format!("          description: What is played on answering.\n          {SECRET}\n");
    let files = generate(&rooms_with_secret(from, &optional)).unwrap();
    let request = code(&files, "make_room.rs");
    assert!(request.contains("ParameterKind::Secret"), "{request}");
    assert!(
        request.contains("self.greetingid.as_ref().map(SeatKey::as_str)"),
        "{request}"
    );

    let from =
        "      description: The room.\n      schema:\n        $ref: '#/components/schemas/RoomId'";
    let to = format!("      description: The room.\n      schema:\n        {SECRET}");
    let files = generate(&rooms_with_secret(from, &to)).unwrap();
    let request = code(&files, "shut_room.rs");
    assert!(request.contains("ParameterKind::Secret"), "{request}");
    assert!(request.contains("Some(self.roomid.as_str())"), "{request}");
}

#[test]
fn what_would_be_shown_is_a_finding() {
    let said = |spec: &str| findings(spec).join("\n");
    // The message is shown to everybody.
    let from = "          description: A remark.\n          type: string\n";
    let to = format!("          description: A remark.\n          {SECRET}\n");
    let found = said(&rooms_with_secret(from, &to));
    let right = format!("{ROOM}/message: not supported: a secret that everybody is shown");
    assert!(found.contains(&right), "{found}");

    // Neither a number, nor one of several words, has a type that hides it.
    for (from, to) in [
        (
            "          description: How many fit in.\n          type: integer\n        appkey:",
            "          description: How many fit in.\n          type: integer\n          \
             x-talkspace-secret: true\n        appkey:",
        ),
        (
            "          enum: [plain, grand]\n",
            "          enum: [plain, grand]\n          x-talkspace-secret: true\n",
        ),
    ] {
        let found = said(&rooms_with_secret(from, to));
        assert!(found.contains(FORM), "{found}");
        assert!(
            found.contains("a named text with a type of its own"),
            "{found}"
        );
    }

    // Several in one segment of a path.
    let spec = rooms_with_secret(
        "      description: The room.\n      schema:\n        $ref: '#/components/schemas/RoomId'",
        &format!("      description: The room.\n      schema:\n        {SECRET}"),
    );
    let joined = edited(
        &spec,
        "            x-talkspace-effect: once\n",
        "            x-talkspace-effect: once\n            x-talkspace-joined: {roomid: '-'}\n",
    );
    let found = said(&joined);
    assert!(
        found.contains("not supported: a secret that is one of several"),
        "{found}"
    );
}

//! What a next version of the API would bring: it works, or is a finding.

use crate::codegen::generate;
use crate::codegen::tests::{ROOMS, assert_finding, edited, findings, rooms_with};

const FORM: &str = "/components/schemas/MakeRoomForm/properties";
const ROOM: &str = "/components/schemas/RoomResponse/properties";
const AGE: &str = "          minimum: 1\n          maximum: 99\n";
const LOCKED: &str = "          description: Whether a key is needed.\n          type: boolean\n";
const MOTTO: &str = "          type: [string, 'null']\n";

/// The code of a file, in which only words count.
#[track_caller]
fn assert_code(spec: &str, name: &str, codes: &[&str]) {
    let files = generate(spec).unwrap_or_else(|findings| panic!("{findings}"));
    let (_, text) = files.iter().find(|(path, _)| path.ends_with(name)).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for code in codes {
        assert!(text.contains(code), "{code} is not in:\n{text}");
    }
}

#[test]
fn bounds_and_defaults_are_told() {
    let more = format!("{AGE}          default: 30\n");
    let spec = rooms_with(AGE, &more);
    assert_code(
        &spec,
        "make_room.rs",
        &["/// How old it pretends to be. From 1 to 99. Left out, it is 30."],
    );
    assert_code(
        &spec,
        "generated/rooms.rs",
        &["value_parser = value_parser!(i64).range(1..=99)"],
    );
    let text = "          type: string\n          pattern: '^[a-z]+$'\n          minLength: 2\n          \
                maxLength: 9\n          format: email\n";
    let spec = rooms_with(
        "          description: Whose room it is.\n          type: string\n",
        &format!("          description: Whose room it is.\n{text}"),
    );
    assert_code(
        &spec,
        "make_room.rs",
        &[
            "/// Whose room it is. From 2 to 9 characters. It matches `^[a-z]+$`. In the /// format `email`.",
        ],
    );
    for (to, end, message) in [
        (
            "          minimum: 9\n          maximum: 1\n",
            "",
            "nothing lies between these bounds",
        ),
        (
            "          maximum: 9\n          default: 10\n",
            "/default",
            "the default is out of the bounds",
        ),
        (
            "          default: old\n",
            "/default",
            "the default is not of the schema's type",
        ),
        (
            "          maxLength: 3\n",
            "/maxLength",
            "not supported: `maxLength`; only text has it",
        ),
    ] {
        assert_finding(AGE, to, &format!("{FORM}/age{end}"), message);
    }
    assert_finding(
        MOTTO,
        "          type: string\n          maximum: 3\n",
        &format!("{ROOM}/motto/maximum"),
        "not supported: `maximum`; only an integer has it",
    );
}

#[test]
fn what_may_go_says_so() {
    const MARK: &str = "/// **Deprecated**: a later version may do without it.";
    const PLAIN: &str = "/// Deprecated: a later version may do without it.";
    let operation = rooms_with(
        "      operationId: makeRoom\n",
        "      operationId: makeRoom\n      deprecated: true\n",
    );
    assert_code(&operation, "make_room.rs", &[MARK]);
    assert_code(&operation, "commands/rooms.rs", &[PLAIN]);
    let input = rooms_with(LOCKED, &format!("{LOCKED}          deprecated: true\n"));
    assert_code(&input, "make_room.rs", &[MARK]);
    assert_code(&input, "generated/rooms.rs", &[PLAIN]);
    let parameter = rooms_with(
        "      required: true\n      description: The room.\n",
        "      required: true\n      description: The room.\n      deprecated: true\n",
    );
    assert_code(&parameter, "get_motto.rs", &[MARK]);
}

#[test]
fn null_is_none() {
    let envelope = "pub(crate) motto: Option<Text>,";
    assert_code(ROOMS, "envelopes/rooms.rs", &[envelope]);
    let id = "          oneOf:\n            - $ref: '#/components/schemas/RoomId'\n            - type: \
              'null'\n";
    let spec = rooms_with(MOTTO, id);
    assert_code(&spec, "make_room.rs", &["pub motto: Option<RoomId>,"]);
    assert_code(&spec, "envelopes/rooms.rs", &[envelope]);
    let number = rooms_with(MOTTO, "          type: [integer, 'null']\n");
    assert_code(
        &number,
        "envelopes/rooms.rs",
        &["#[serde(deserialize_with = \"lenient\")] pub(crate) motto: Option<i64>,"],
    );
    assert_finding(
        LOCKED,
        "          description: Whether a key is needed.\n          type: [integer, 'null']\n",
        &format!("{FORM}/locked"),
        "not supported: `null` in a request: what is not chosen is left out; do not require it",
    );
    assert_finding(
        MOTTO,
        "          type: [array, 'null']\n          items:\n            type: string\n",
        &format!("{ROOM}/motto"),
        "an array is empty, and not `null`",
    );
}

#[test]
fn a_constant_is_not_sent_unasked() {
    let flag = "if self.quiet { request.form(\"quiet\", \"true\")?; }";
    assert_code(ROOMS, "make_room.rs", &["pub quiet: bool,", flag]);
    assert_finding(
        "          const: 'true'\n",
        "          const: 'yes'\n",
        &format!("{FORM}/quiet"),
        "not supported: a constant that is not required, and not `'true'`; write an `enum` of that one word, which is then chosen or not",
    );
}

#[test]
fn failures_may_share_a_line() {
    let rows = ["/// | 4XX | They stay. |", "/// | other | Who knows. |"];
    assert_code(ROOMS, "raze_walls.rs", &rows);
    assert_code(
        ROOMS,
        "raze_walls.rs",
        &["success: &[204],", "errors: &[410],"],
    );
    let place = "/paths/~1api~1room~1{roomid}~1wall/delete/responses";
    assert_finding(
        "        4XX:\n",
        "        2XX:\n",
        &format!("{place}/2XX"),
        "not supported: `2XX`; write the statuses one by one, as a server sends one of them",
    );
    assert_finding(
        "        4XX:\n",
        "        4xx:\n",
        &format!("{place}/4xx"),
        "`4xx` is no status; write one such as '404'",
    );
}

#[test]
fn several_of_a_value_are_sent_one_by_one() {
    let code = [
        "pub guests: Vec<RoomId>,",
        "for one in &self.guests { request.form(\"guestid\", one.as_str())?; }",
        "for one in &self.lamps { request.form(\"lamp\", &one.to_string())?; }",
        ".in_field(\"lamps\").repeated().at_least(0),",
    ];
    assert_code(ROOMS, "make_room.rs", &code);
    assert_finding(
        "        $ref: '#/components/schemas/RoomId'\n\n  schemas:",
        "        type: array\n        items:\n          type: string\n\n  schemas:",
        "/components/parameters/PathRoomId",
        "not supported: a list in a path; `x-talkspace-joined` makes several of a text",
    );
    let each = "          items:\n            type: integer\n            minimum: 0\n";
    for (to, message) in [
        (
            "          items:\n            $ref: '#/components/schemas/Phone'\n",
            "not supported: a list in a request of anything but text, words of an enum and integers",
        ),
        (
            "          items:\n            $ref: '#/components/schemas/AppKey'\n",
            "not supported: a list in a request of anything but text, words of an enum and integers",
        ),
        (
            "          items:\n            type: boolean\n",
            "not supported: a list in a request of anything but text, words of an enum and integers",
        ),
        (
            "          items:\n            type: [integer, 'null']\n",
            "not supported: `null` in a request: what is not chosen is left out; do not require it",
        ),
    ] {
        assert_finding(each, to, &format!("{FORM}/lamp"), message);
    }
    assert_finding(
        "          description: Who comes.\n",
        "          description: Who comes.\n          x-talkspace-default: greeting\n",
        &format!("{FORM}/guestid/x-talkspace-default"),
        "the greeting is an optional MediaId",
    );
}

#[test]
fn an_enum_in_its_place_has_a_name() {
    let spec = ROOMS;
    assert_code(
        spec,
        "choices.rs",
        &["pub enum MakeRoomType { /// Four walls."],
    );
    assert_code(spec, "make_room.rs", &["pub r#type: Option<MakeRoomType>,"]);
    let meanings = "            plain: Four walls.\n";
    assert_finding(
        meanings,
        "",
        &format!("{FORM}/type"),
        "x-talkspace-meanings has none for `plain`",
    );
    let mood = "    Mood:\n      type: string\n      description: What a room is like.\n";
    let spec = rooms_with(mood, &mood.replace("Mood:", "MakeRoomType:"));
    let spec = spec.replace("schemas/Mood'", "schemas/MakeRoomType'");
    let found = findings(&spec);
    let message = "its type in Rust would be `MakeRoomType`, which there is; give it a name under \
                   components/schemas";
    assert_eq!(found, [format!("spec/openapi.yaml#{FORM}/type: {message}")]);
}

#[test]
fn an_object_has_no_secret() {
    let color = "          description: How it is painted.\n          type: string\n";
    let secret = "    Key:\n      type: string\n      description: Opens it.\n      \
                  x-talkspace-secret: true\n";
    let schemas = "    RoomId:\n      type: string\n";
    let spec = rooms_with(schemas, &format!("{secret}{schemas}"));
    let spec = edited(
        &spec,
        color,
        "          description: What opens it.\n          $ref: '#/components/schemas/Key'\n",
    );
    let found = findings(&spec);
    let message = "not supported: a secret in an object, `color`";
    assert_eq!(
        found,
        [format!(
            "spec/openapi.yaml#/components/schemas/Door: {message}"
        )]
    );
}

const BAD: &str = "        '400':
          description: A parameter is missing or wrong.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/RoomEnvelope'
";

#[test]
fn a_response_may_stand_among_the_components() {
    let shared = "components:
  responses:
    Bad:
      description: Something is missing or wrong.
      headers:
        Retry-After:
          description: When to try again.
          schema:
            type: integer
      content:
        application/json:
          schema:
            $ref: '#/components/schemas/RoomEnvelope'
";
    let spec = rooms_with("components:\n", shared);
    let bad = "        '400':\n          $ref: '#/components/responses/Bad'\n";
    assert_code(
        &edited(&spec, BAD, bad),
        "make_room.rs",
        &["/// | 400 | Something is missing or wrong. `Retry-After`: When to try again. |"],
    );
    let lost = edited(&spec, BAD, &bad.replace("Bad", "Worse"));
    let place = "/paths/~1api~1room/post/responses/400/$ref";
    let message = "there is no `Worse` under components/responses";
    assert_eq!(
        findings(&lost),
        [format!("spec/openapi.yaml#{place}: {message}")]
    );
}

#[test]
fn an_amount_keeps_its_digits() {
    let locked = LOCKED.replace("type: boolean", "type: string\n          format: decimal");
    let spec = rooms_with(LOCKED, &locked);
    let docs = "/// Whether a key is needed. In the format `decimal`.";
    assert_code(
        &spec,
        "make_room.rs",
        &[docs, "pub locked: Option<String>,"],
    );
    let option = "#[arg(long, value_name = \"DECIMAL\", allow_negative_numbers = true)]";
    assert_code(&spec, "generated/rooms.rs", &[option]);
}

//! Nothing of the spec is lost or misread.

use crate::codegen::tests::{ROOMS, assert_finding, findings};

#[test]
fn a_key_that_is_there_twice() {
    assert_finding(
        "      summary: Opens or shuts a room.\n",
        "      summary: Opens or shuts a room.\n      summary: Another.\n",
        "/paths/~1api~1room~1{roomid}/post/summary",
        "the key is here twice; keep one of the two",
    );
}

#[test]
fn a_key_that_nobody_knows() {
    assert_finding(
        "info:\n",
        "security: []\ninfo:\n",
        "/security",
        "not supported: `security`; an operation that needs the key has the parameter or the \
         field `appkey`",
    );
    assert_finding(
        "info:\n",
        "hooks: []\ninfo:\n",
        "/hooks",
        "the key is not understood; known here are `openapi`, `info`, `servers`, `tags`, `paths`, \
         `components`",
    );
    assert_finding(
        "info:\n",
        "x-hooks: []\ninfo:\n",
        "/x-hooks",
        "the key is not understood; leave it out",
    );
    assert_finding(
        "      operationId: getMotto\n",
        "      operationId: getMotto\n      x-talkspace-efect: reads\n",
        "/paths/~1api~1room~1{roomid}/get/x-talkspace-efect",
        "the key is not understood; did you mean `x-talkspace-effect`?",
    );
}

#[test]
fn a_value_of_another_kind() {
    assert_finding(
        "summary: Reads the motto of a room.",
        "summary: [no]",
        "/paths/~1api~1room~1{roomid}/get/summary",
        "a list where text belongs",
    );
    assert_finding(
        "description: What is written over the door.",
        "description: 1.5",
        "/components/schemas/RoomResponse/properties/motto/description",
        "a number where text belongs; put it in quotes",
    );
    assert_finding(
        "enum: [bright, dull]",
        "enum: [true, dull]",
        "/components/schemas/Mood/enum/0",
        "a truth value where text belongs; put it in quotes",
    );
    assert_finding(
        "      in: path\n      required: true\n",
        "      in: path\n      required: 'true'\n",
        "/components/parameters/PathRoomId/required",
        "text where `true` or `false` belongs",
    );
    assert_finding(
        "    description: Places where people meet.\n",
        "    description: 7\n",
        "/tags/0/description",
        "a number where text belongs; put it in quotes",
    );
    assert_finding(
        "x-talkspace-already: ['404']",
        "x-talkspace-already: 404",
        "/paths/~1api~1room~1{roomid}/post/x-talkspace-split/operations/shut/x-talkspace-already",
        "a number where a list belongs",
    );
    assert_finding(
        "            responses:\n              '200':\n                description: The room is open.\n",
        "            responses:\n",
        "/paths/~1api~1room~1{roomid}/post/x-talkspace-split/operations/open/responses",
        "nothing where a map belongs",
    );
}

#[test]
fn a_key_that_is_missing() {
    assert_finding("openapi: 3.1.0\n", "", "", "`openapi` is missing");
    assert_finding(
        "      operationId: getMotto\n",
        "",
        "/paths/~1api~1room~1{roomid}/get",
        "`operationId` is missing",
    );
}

#[test]
fn what_is_not_yaml_has_no_pointer() {
    let found = findings("openapi: [3.1");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("spec/openapi.yaml: "), "{found:?}");
    let found = findings(&ROOMS.replacen("'201'", "201", 1));
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains("a key that is not text; put it in quotes"),
        "{found:?}"
    );
}

#[test]
fn everything_wrong_is_said_at_once() {
    let spec = ROOMS
        .replace("x-talkspace-effect: once", "x-talkspace-effect: maybe")
        .replace("type: boolean", "type: bool");
    assert_eq!(findings(&spec).len(), 4);
}

//! Each rule can be broken, and then says where and how.

mod files;
mod given;
mod keywords;
mod unused;
mod values;

use crate::codegen::tests::{assert_finding, findings, real_spec, rooms_with};

const ROOM: &str = "/paths/~1api~1room~1{roomid}";
const SPLIT: &str = "/paths/~1api~1room~1{roomid}/post/x-talkspace-split";

#[test]
fn the_spec_keeps_the_rules() {
    assert_eq!(findings(&real_spec()), [""; 0]);
}

#[test]
fn references_lead_somewhere() {
    assert_finding(
        "                $ref: '#/components/schemas/Motto'",
        "                $ref: '#/components/schemas/Moto'",
        &format!("{ROOM}/get/responses/200/content/text~1plain/schema/$ref"),
        "there is no `Moto` under components/schemas; did you mean `Motto`?",
    );
    assert_finding(
        "                  shut: '#/components/schemas/ShutRoomForm'",
        "                  shut: '#/components/schemas/LockRoomForm'",
        &format!(
            "{ROOM}/post/requestBody/content/application~1x-www-form-urlencoded/schema/\
             discriminator/mapping/shut"
        ),
        "there is no `LockRoomForm` under components/schemas; did you mean `MakeRoomForm`?",
    );
    let spec = rooms_with("    PathRoomId:\n", "    PathRoom:\n");
    let message = "there is no `PathRoomId` under components/parameters; did you mean `PathRoom`?";
    let places = [
        ("", "get"),
        ("", "post"),
        ("~1wall", "delete"),
        ("~1wall", "put"),
    ];
    assert_eq!(
        findings(&spec),
        places.map(|(wall, method)| format!(
            "spec/openapi.yaml#{ROOM}{wall}/{method}/parameters/0/$ref: {message}"
        ))
    );
}

#[test]
fn references_do_not_go_round() {
    assert_finding(
        "    Motto:\n      type: string\n      description: What a room stands for.\n",
        "    Motto:\n      $ref: '#/components/schemas/Creed'\n    Creed:\n      $ref: '#/components/schemas/Creed'\n",
        "/components/schemas/Creed/$ref",
        "a circle: `Creed` leads back to `Creed`",
    );
    let spec = rooms_with(
        "        owner:\n          description: Whose room it is.\n          type: string\n",
        "        owner:\n          description: Whose room it is.\n          $ref: '#/components/schemas/RoomEnvelope'\n",
    );
    assert_eq!(
        findings(&spec),
        [
            "spec/openapi.yaml#/components/schemas/RoomEnvelope/properties/RoomResponse/$ref: a \
             circle: `RoomResponse` leads back to `RoomEnvelope`",
            "spec/openapi.yaml#/components/schemas/RoomResponse/properties/owner/$ref: a circle: \
             `RoomEnvelope` leads back to `RoomResponse`",
        ]
    );
}

#[test]
fn operation_ids_are_unique_and_in_camel_case() {
    assert_finding(
        "            operationId: shutRoom\n",
        "            operationId: openRoom\n",
        &format!("{SPLIT}/operations/shut/operationId"),
        "`openRoom` is the name of another operation too",
    );
    assert_finding(
        "operationId: getMotto",
        "operationId: get_motto",
        &format!("{ROOM}/get/operationId"),
        "`get_motto` is not in lowerCamelCase",
    );
}

#[test]
fn an_operation_has_one_known_tag() {
    let from = "      operationId: getMotto\n      tags: [Rooms]\n";
    for tags in ["Halls", "Rooms, Halls", ""] {
        assert_finding(
            from,
            &from.replace("Rooms", tags),
            &format!("{ROOM}/get/tags"),
            "an operation has one tag, which is among those of the document",
        );
    }
}

#[test]
fn every_operation_has_an_effect() {
    let message = "x-talkspace-effect is missing; write reads, converges, once or rings";
    assert_finding(
        "      x-talkspace-effect: reads\n",
        "",
        &format!("{ROOM}/get"),
        message,
    );
    assert_finding(
        "            x-talkspace-effect: once\n",
        "",
        &format!("{SPLIT}/operations/open"),
        message,
    );
    for stray in ["effect: once", "wait: participant"] {
        assert_finding(
            "      operationId: actOnRoom\n",
            &format!("      operationId: actOnRoom\n      x-talkspace-{stray}\n"),
            &format!("{ROOM}/post"),
            "what it does is said by the entries of x-talkspace-split, not here",
        );
    }
}

#[test]
fn statuses_that_mean_something_are_documented() {
    let at = format!("{SPLIT}/operations/shut");
    for (to, place, message) in [
        (
            "already: ['410']",
            "already/0",
            "410 is not among the responses",
        ),
        ("already: ['200']", "already/0", "200 is a success anyway"),
        (
            "already: ['404']\n            x-talkspace-outcomes: {'200': shut, '404': gone}",
            "already/0",
            "404 is an outcome anyway",
        ),
    ] {
        assert_finding(
            "already: ['404']",
            to,
            &format!("{at}/x-talkspace-{place}"),
            message,
        );
    }
    let found = findings(&rooms_with("already: ['404']", "outcomes: {'410': gone}"));
    assert_eq!(
        found,
        [
            format!(
                "spec/openapi.yaml#{at}/x-talkspace-outcomes/410: 410 is not among the responses"
            ),
            format!(
                "spec/openapi.yaml#{at}/responses/200: x-talkspace-outcomes has no word for 200"
            ),
        ]
    );
    assert_finding(
        "        '201':\n",
        "        '301':\n",
        "/paths/~1api~1room/post/responses",
        "there is no success, a status of 2xx",
    );
}

#[test]
fn paths_and_parameters_fit() {
    assert_finding(
        "  /api/room:\n",
        "  /api/room/:\n    parameters:\n      - $ref: '#/components/parameters/PathRoomId'\n",
        "/paths/~1api~1room~1/post",
        "`{roomid}` is not in the path",
    );
    assert_finding(
        "  /api/room:\n",
        "  /api/hall/{hall}:\n",
        "/paths/~1api~1hall~1{hall}/post",
        "there is no parameter for `{hall}`",
    );
    assert_finding(
        "  /api/room:\n",
        "  api/room:\n",
        "/paths/api~1room",
        "a path begins with `/` and has no query",
    );
    for (path, place, character) in [
        ("/api/the room", "/paths/~1api~1the room", "` `"),
        ("/api/the%20room", "/paths/~1api~1the%20room", "`%`"),
        ("/api/zimmer/für", "/paths/~1api~1zimmer~1für", "`ü`"),
    ] {
        assert_finding(
            "  /api/room:\n",
            &format!("  {path}:\n"),
            place,
            &format!(
                "{character} cannot be sent in a path; it has letters, digits and `-._~!$&'()*+,;=:@`"
            ),
        );
    }
    assert_finding(
        "  /api/room:\n",
        "  /api//room:\n",
        "/paths/~1api~1~1room",
        "two slashes in a row; write one",
    );
    assert_finding(
        "  /api/room/{roomid}:\n",
        "  /api/{roomid}/{roomid}:\n",
        "/paths/~1api~1{roomid}~1{roomid}",
        "`{roomid}` is in the path twice",
    );
    assert_finding(
        "  /api/room:\n",
        "  /api/../room:\n",
        "/paths/~1api~1..~1room",
        "`.` and `..` are not sent as they are in a path",
    );
    assert_finding(
        "  /api/room:\n",
        "  /api/room-{size}:\n",
        "/paths/~1api~1room-{size}",
        "not supported: a parameter that is not a whole segment",
    );
    assert_finding(
        "      required: true\n      description: The room.\n",
        "      required: false\n      description: The room.\n",
        "/components/parameters/PathRoomId",
        "a parameter of a path is required",
    );
    assert_finding(
        "      description: No key is needed.\n      x-talkspace-effect: reads\n      parameters:\n",
        "      description: No key is needed.\n      x-talkspace-effect: reads\n      parameters:\n        - $ref: '#/components/parameters/PathRoomId'\n",
        &format!("{ROOM}/get"),
        "the parameter `roomid` is here twice",
    );
}

#[test]
fn no_request_has_two_meanings() {
    // A slash at the end makes no other path.
    let spec = rooms_with("  /api/room/{roomid}:\n", ANOTHER_MOTTO);
    let at = "spec/openapi.yaml#/paths/~1api~1room~1{roomid}/get";
    assert_eq!(
        findings(&spec),
        [format!(
            "{at}: GET of this path is GET of `/api/room/{{motto}}/` too"
        )]
    );
}

const ANOTHER_MOTTO: &str = "  /api/room/{motto}/:
    get:
      operationId: getOtherMotto
      tags: [Rooms]
      summary: Reads another motto.
      description: It is another one.
      x-talkspace-effect: reads
      parameters:
        - name: motto
          in: path
          required: true
          description: The other room.
          schema:
            type: string
      responses:
        '200':
          description: The motto.
          content:
            text/plain:
              schema:
                $ref: '#/components/schemas/Motto'
  /api/room/{roomid}:
";

#[test]
fn forms_hold_values_without_parts() {
    let from = "        phone:\n          description: Whom to call.\n          $ref: '#/components/schemas/Phone'\n";
    assert_finding(
        from,
        "        phone:\n          description: Whom to call.\n          oneOf:\n            - type: string\n            - type: integer\n",
        "/components/schemas/MakeRoomForm/properties/phone",
        "not supported: a value here is text, an integer or a boolean",
    );
    assert_finding(
        "        description: What the room is like.\n        required: true\n",
        "        description: What the room is like.\n",
        "/paths/~1api~1room/post/requestBody",
        "a form is always sent; add `required: true`",
    );
    assert_finding(
        "    post:\n      operationId: makeRoom\n",
        "    get:\n      operationId: makeRoom\n",
        "/paths/~1api~1room/get/requestBody",
        "a GET has no body; use parameters of the query",
    );
}

#[test]
fn an_envelope_has_a_message_and_a_status() {
    let at = "/components/schemas/RoomResponse";
    assert_finding(
        "        message:\n          description: A remark.\n          type: string\n",
        "        message:\n          description: A remark.\n          type: integer\n",
        &format!("{at}/properties/message"),
        "what is in an envelope requires a `message`, which is any text",
    );
    assert_finding(
        "required: [message, status, roomId,",
        "required: [message, roomId,",
        &format!("{at}/properties/status"),
        "what is in an envelope requires a `status`, which is an integer",
    );
    assert_finding(
        "required: [message, status, roomId, seats, open, doors, mood, door, motto]\n      properties:\n        message:\n          description: A remark.\n          type: string\n",
        "required: [status, roomId, seats, open, doors, mood, door, motto]\n      properties:\n",
        at,
        "what is in an envelope requires a `message`, which is any text",
    );
}

#[test]
fn a_split_says_what_the_discriminator_says() {
    let schema =
        format!("{ROOM}/post/requestBody/content/application~1x-www-form-urlencoded/schema");
    assert_finding(
        "        by: action\n",
        "        by: query\n",
        &format!("{SPLIT}/by"),
        "`query` is not the discriminator's `action`",
    );
    let spec = rooms_with(
        "          shut:\n            operationId",
        "          lock:\n            operationId",
    );
    assert_eq!(
        findings(&spec),
        [
            format!("spec/openapi.yaml#{SPLIT}/operations: `shut` of the mapping is missing"),
            format!(
                "spec/openapi.yaml#{schema}/discriminator/mapping: `lock` of the split is missing"
            ),
        ]
    );
    assert_finding(
        "          const: shut\n",
        "          const: lock\n",
        &format!("{schema}/discriminator/mapping/shut"),
        "`ShutRoomForm` lacks a required `action` whose const is `shut`",
    );
    assert_finding(
        "                - $ref: '#/components/schemas/ShutRoomForm'\n",
        "",
        &format!("{schema}/discriminator/mapping/shut"),
        "`ShutRoomForm` is not among the branches",
    );
    assert_finding(
        "                - $ref: '#/components/schemas/ShutRoomForm'\n",
        "                - $ref: '#/components/schemas/ShutRoomForm'\n                - $ref: '#/components/schemas/MakeRoomForm'\n",
        &format!("{schema}/oneOf/2"),
        "the branch is not in the mapping",
    );
}

#[test]
fn a_split_is_not_forgotten() {
    let start = "      x-talkspace-split:\n        by: action\n";
    let from = crate::codegen::tests::ROOMS;
    let (before, rest) = from.split_once(start).unwrap();
    let (_, after) = rest.split_once("\ncomponents:\n").unwrap();
    let spec = format!("{before}      x-talkspace-effect: once\n\ncomponents:\n{after}");
    let at = format!(
        "{ROOM}/post/requestBody/content/application~1x-www-form-urlencoded/schema/discriminator"
    );
    let message = "several operations at one address; add x-talkspace-split";
    assert_eq!(
        findings(&spec),
        [format!("spec/openapi.yaml#{at}: {message}")]
    );

    let spec = spec.replace(
        "              discriminator:
                propertyName: action
                mapping:
                  open: '#/components/schemas/OpenRoomForm'
                  shut: '#/components/schemas/ShutRoomForm'
",
        "",
    );
    let message = "not supported: a form that is a `oneOf` without a `discriminator`";
    assert_eq!(
        findings(&spec),
        [format!(
            "spec/openapi.yaml#{ROOM}/post/requestBody: {message}"
        )]
    );
}

#[test]
fn a_split_needs_a_discriminator() {
    assert_finding(
        "      x-talkspace-effect: rings\n      x-talkspace-look: {none: Nothing shows a room.}\n",
        "      x-talkspace-split:\n        by: action\n        operations: {}\n",
        "/paths/~1api~1room/post/x-talkspace-split",
        "there is nothing to split: the form is no `oneOf` with a `discriminator`",
    );
}

#[test]
fn the_statuses_of_a_split_are_those_on_the_wire() {
    assert_finding(
        "                description: The room is open.\n",
        "                description: The room is open.\n              '409':\n                description: It is open already.\n",
        &format!("{SPLIT}/operations/open/responses/409"),
        "409 is not a status of the operation on the wire",
    );
    assert_finding(
        "            x-talkspace-already: ['404']\n            responses:\n              '200':\n                description: The room is shut.\n              '404':\n                description: There is no such room, or not any more.\n",
        "            responses:\n              '200':\n                description: The room is shut.\n",
        &format!("{ROOM}/post/responses/404"),
        "no entry of x-talkspace-split has the status 404",
    );
}

#[test]
fn a_form_is_named() {
    let found = findings(&rooms_with(
        "            schema:\n              $ref: '#/components/schemas/MakeRoomForm'\n",
        "            schema:\n              type: object\n              properties:\n                \
         name:\n                  description: Its name.\n                  type: string\n",
    ));
    let message = "not supported: a form in its place; write a `$ref` to a named schema";
    assert!(
        found.iter().any(|found| found.ends_with(message)),
        "{found:?}"
    );
}

#[test]
fn a_name_is_no_longer_than_that_of_a_file() {
    let id = format!("get{}", "Long".repeat(20));
    assert_finding(
        "operationId: getMotto",
        &format!("operationId: {id}"),
        &format!("{ROOM}/get/operationId"),
        "83 characters; a name has at most 70",
    );
}

#[test]
fn everything_is_described() {
    for (from, place, what) in [
        (
            "    description: Places where people meet.\n",
            "/tags/0",
            "the tag",
        ),
        (
            "      description: The room is there at once.\n",
            "/paths/~1api~1room/post",
            "the operation",
        ),
        (
            "            description: Whoever wants may come in.\n",
            &format!("{SPLIT}/operations/open"),
            "the operation",
        ),
        (
            "        description: What the room is like.\n",
            "/paths/~1api~1room/post/requestBody",
            "the body",
        ),
        (
            "          description: The motto.\n",
            &format!("{ROOM}/get/responses/200"),
            "the response",
        ),
        (
            "      description: The room.\n",
            "/components/parameters/PathRoomId",
            "the parameter",
        ),
        (
            "      description: Names a room.\n",
            "/components/schemas/RoomId",
            "the schema",
        ),
        (
            "          description: Whom to call.\n",
            "/components/schemas/MakeRoomForm/properties/phone",
            "the property",
        ),
        (
            "          description: Who is in.\n",
            "/components/schemas/RoomResponse/properties/guests",
            "the property",
        ),
    ] {
        assert_finding(from, "", place, &format!("{what} has no description"));
    }
    assert_finding(
        "description: Names a room.",
        "description: \"Names\\a room.\"",
        "/components/schemas/RoomId/description",
        "the character `\\u{7}`; take it out",
    );
}

#[test]
fn a_summary_is_one_short_sentence() {
    let from = "summary: Reads the motto of a room.";
    let at = format!("{ROOM}/get/summary");
    assert_finding(
        from,
        "summary: Reads the motto of a room",
        &at,
        "an operation has a summary: one sentence, with a full stop",
    );
    let long = format!("summary: {}.", "a".repeat(70));
    assert_finding(from, &long, &at, "71 characters; a summary has at most 70");
    assert_finding(
        "      summary: Reads the motto of a room.\n",
        "",
        &format!("{ROOM}/get"),
        "an operation has a summary: one sentence, with a full stop",
    );
}

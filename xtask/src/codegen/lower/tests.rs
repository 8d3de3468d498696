//! What cannot be said in Rust is refused, with its place.

use std::fs;

use super::collisions::TYPES;
use crate::codegen::tests::{assert_finding, workspace};

const MAKE: &str = "/components/schemas/MakeRoomForm/properties";
const ROOM: &str = "/components/schemas/RoomResponse";

#[test]
fn types_that_stand_for_others_are_known() {
    assert_finding(
        "x-talkspace-type: PhoneNumber",
        "x-talkspace-type: FaxNumber",
        "/components/schemas/Phone/x-talkspace-type",
        "`FaxNumber` is no known type; write AppKey, PhoneNumber or a named text schema",
    );
}

#[test]
fn defaults_are_known_and_fit() {
    let from = "x-talkspace-default: greeting";
    let at = format!("{MAKE}/greetingid/x-talkspace-default");
    assert_finding(
        from,
        "x-talkspace-default: farewell",
        &at,
        "`farewell` is no default; the one there is is `greeting`",
    );
    assert_finding(
        "          description: What kind of room it is.\n",
        "          description: What kind of room it is.\n          x-talkspace-default: greeting\n",
        &format!("{MAKE}/type/x-talkspace-default"),
        "the greeting is an optional MediaId",
    );
}

#[test]
fn a_flag_is_optional_and_a_key_is_not() {
    assert_finding(
        "required: [phone, seats, appkey]",
        "required: [phone, seats, appkey, locked]",
        &format!("{MAKE}/locked"),
        "not supported: a boolean is a flag, which is sent when set; do not require it",
    );
    assert_finding(
        "required: [phone, seats, appkey]",
        "required: [phone, seats]",
        &format!("{MAKE}/appkey"),
        "the key is always sent; require it",
    );
}

#[test]
fn names_differ_and_are_free() {
    assert_finding(
        "        age:\n          description: How old it pretends to be.\n          type: integer\n        locked:",
        "        greeting_id:\n          description: How old it pretends to be.\n          type: integer\n        locked:",
        "/paths/~1api~1room/post",
        "the name `greeting_id` in Rust is that of `greetingid` already",
    );
    assert_finding(
        "        locked:\n          description: Whether a key is needed.\n",
        "        request:\n          description: Whether a key is needed.\n",
        &format!("{MAKE}/request"),
        "the name `request` is taken in Rust; add x-talkspace-name",
    );
    assert_finding(
        "        locked:\n          description: Whether a key is needed.\n",
        "        '2nd':\n          description: Whether a key is needed.\n",
        &format!("{MAKE}/2nd"),
        "`2nd` cannot be a name in Rust; add x-talkspace-name",
    );
    assert_finding(
        "        haunted:\n",
        "        room_id:\n",
        ROOM,
        "the name `room_id` in Rust is that of `roomId` already",
    );
}

#[test]
fn a_name_can_be_chosen() {
    let spec = crate::codegen::tests::rooms_with(
        "        locked:\n          description: Whether a key is needed.\n",
        "        '2nd':\n          description: Whether a key is needed.\n          x-talkspace-name: second\n",
    );
    let files = crate::codegen::generate(&spec).unwrap();
    let (_, text) = files
        .iter()
        .find(|(path, _)| path.ends_with("make_room.rs"))
        .unwrap();
    assert!(text.contains("pub second: bool"));
    assert!(text.contains("request.form(\"2nd\", \"true\")"));
}

#[test]
fn types_and_modules_have_names_of_their_own() {
    assert_finding(
        "operationId: getMotto",
        "operationId: roomId",
        "/paths/~1api~1room~1{roomid}/get/operationId",
        "the name `RoomId` in Rust is that of the schema `RoomId` already",
    );
    assert_finding(
        "operationId: getMotto",
        "operationId: policy",
        "/paths/~1api~1room~1{roomid}/get/operationId",
        "the name `Policy` in Rust is that of a type of the library already",
    );
    assert_finding(
        "operationId: getMotto",
        "operationId: room",
        "/components/schemas/RoomEnvelope",
        "the name `RoomResponse` in Rust is that of the operation `room` already",
    );
    let spec = crate::codegen::tests::ROOMS.replace("Rooms", "Service");
    assert_eq!(
        crate::codegen::tests::findings(&spec),
        [
            "spec/openapi.yaml#/tags/0: the name `service` in Rust is that of a module of the \
             library already"
        ]
    );
}

/// A type that the library exports and the generator does not know of would
/// be shadowed without a word.
#[test]
fn every_export_of_the_core_is_taken() {
    let core = workspace().join("crates/talkspace-core/src/lib.rs");
    let core = fs::read_to_string(core).unwrap();
    let exports = core
        .split("pub use ")
        .skip(1)
        .filter_map(|rest| rest.split(';').next());
    let names = exports.flat_map(|export| export.split(|c: char| !c.is_alphanumeric() && c != '_'));
    for name in names.filter(|name| name.starts_with(char::is_uppercase)) {
        assert!(TYPES.contains(&name), "`{name}` is missing in TYPES");
    }
}

#[test]
fn answers_that_are_not_supported() {
    for (from, to, place, message) in [
        (
            "          oneOf:\n            - type: string\n            - type: array\n              items:\n                type: string\n",
            "          oneOf:\n            - type: string\n            - type: integer\n",
            format!("{ROOM}/properties/guests"),
            "not supported: a `oneOf` in an answer is an item, and an array of the same items",
        ),
        (
            "          description: What they show.\n          type: array\n          items:\n            type: string\n",
            "          description: What they show.\n          type: array\n          items:\n            type: integer\n",
            format!("{ROOM}/properties/windows/items"),
            "not supported: a list holds text",
        ),
        (
            "        owner:\n          description: Whose room it is.\n          type: string\n",
            "        owner:\n          description: Whose room it is.\n          $ref: '#/components/schemas/Phone'\n",
            format!("{ROOM}/properties/owner"),
            "not supported in an answer: a key, a phone number or a constant",
        ),
        (
            "required: [message, status, roomId, seats, open, doors]",
            "required: [message, status, roomId, seats, open, doors, guests]",
            format!("{ROOM}/properties/guests"),
            "a list that may be one bare value is left out when empty; do not require it",
        ),
        (
            "      required: [RoomResponse]\n",
            "",
            "/components/schemas/RoomEnvelope".to_owned(),
            "an answer in JSON is an object with one property, the envelope, which is required",
        ),
    ] {
        assert_finding(from, to, &place, message);
    }
}

#[test]
fn an_operation_has_one_kind_of_answer() {
    assert_finding(
        "        '400':\n          description: A parameter is missing or wrong.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/RoomEnvelope'\n",
        "        '400':\n          description: A parameter is missing or wrong.\n          content:\n            text/plain:\n              schema:\n                $ref: '#/components/schemas/Motto'\n",
        "/paths/~1api~1room/post/responses/400",
        "not supported: another content than that of 201; an operation has one",
    );
    assert_finding(
        "          description: The motto.\n          content:\n            text/plain:\n              schema:\n                $ref: '#/components/schemas/Motto'\n",
        "          description: The motto.\n",
        "/paths/~1api~1room~1{roomid}/get/responses",
        "no answer has a content",
    );
}

//! What cannot be said in Rust is a finding, with its place.

use crate::codegen::{generate, scope};

mod evolution;
mod secrets;

use crate::codegen::tests::{ROOMS, assert_finding, edited, findings, rooms_with};

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
        "        age:\n          description: How old it pretends to be.\n          type: integer\n          minimum: 1\n          maximum: 99\n        locked:",
        "        greeting_id:\n          description: How old it pretends to be.\n          type: integer\n        locked:",
        &format!("{MAKE}/greeting_id"),
        "the name `greeting_id` in Rust is that of `greetingid` already; add x-talkspace-name",
    );
    assert_finding(
        "        locked:\n          description: Whether a key is needed.\n",
        "        timeout:\n          description: Whether a key is needed.\n",
        &format!("{MAKE}/timeout"),
        "the name `timeout` is taken in Rust; add x-talkspace-name",
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
        &format!("{ROOM}/properties/room_id"),
        "the name `room_id` in Rust is that of `roomId` already; add x-talkspace-name",
    );
}

#[test]
fn a_name_can_be_chosen() {
    let spec = rooms_with(
        "        locked:\n          description: Whether a key is needed.\n",
        "        '2nd':\n          description: Whether a key is needed.\n          x-talkspace-name: second\n",
    );
    let files = generate(&spec).unwrap();
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
        "the name `RoomId` in Rust is that of the schema `RoomId` already; name it otherwise",
    );
    assert_finding(
        "operationId: getMotto",
        "operationId: phase",
        "/paths/~1api~1room~1{roomid}/get/operationId",
        "the name `Phase` in Rust is that of a type of the library already; name it otherwise",
    );
    assert_finding(
        "operationId: getMotto",
        "operationId: room",
        "/components/schemas/RoomEnvelope",
        "the name `RoomResponse` in Rust is that of the operation `room` already; name it otherwise",
    );
    let spec = ROOMS.replace("Rooms", "Choices");
    assert_eq!(
        findings(&spec),
        [
            "spec/openapi.yaml#/tags/0: the name `choices` in Rust is that of a module of the \
             library already; name it otherwise"
        ]
    );
}

/// The lists that are read from code are not empty: what they are read by still fits.
#[test]
fn what_is_in_scope_is_found() {
    let exports: Vec<_> = scope::exports().collect();
    for name in ["Client", "Error", "Phase", "PhoneNumber", "RetryBudget"] {
        assert!(exports.contains(&name), "{name}: {exports:?}");
    }
    let commands: Vec<_> = scope::commands().collect();
    for name in ["Demo", "Sandbox", "Completions", "Man", "Help"] {
        assert!(commands.contains(&name), "{name}: {commands:?}");
    }
    assert!(!commands.contains(&"Operation"), "{commands:?}");
    let options: Vec<_> = scope::options().collect();
    for name in [
        "base_url", "dry_run", "verbose", "json", "timeout", "proxy", "sure", "help",
    ] {
        assert!(options.contains(&name), "{name}: {options:?}");
    }
    let crates: Vec<_> = scope::crates().collect();
    for name in [
        "async_trait",
        "clap",
        "http",
        "std",
        "talkspace_hyper",
        "tokio",
    ] {
        assert!(crates.iter().any(|it| it == name), "{name}: {crates:?}");
    }
}

/// What only generated code imports is found there.
#[test]
fn a_type_is_not_what_generated_code_imports() {
    for (name, path) in [
        ("RequestWriter", "crate::codec"),
        ("Request", "http"),
        ("Args", "clap"),
    ] {
        let id = format!("operationId: {}{}", name[..1].to_lowercase(), &name[1..]);
        assert_finding(
            "operationId: getMotto",
            &id,
            "/paths/~1api~1room~1{roomid}/get/operationId",
            &format!("the name `{name}` in Rust is that of `{path}` already; name it otherwise"),
        );
    }
}

/// A name that is a local one where a value is read and written gives way.
#[test]
fn locals_give_way() {
    let locked = "        locked:\n          description: Whether a key is needed.\n          type: boolean\n";
    for name in ["request", "target"] {
        let text = locked.replace("locked", name).replace("boolean", "string");
        let files = generate(&rooms_with(locked, &text)).unwrap();
        let make = |end: &str| files.iter().find(|(path, _)| path.ends_with(end)).unwrap();
        let (_, text) = make("make_room.rs");
        assert!(text.contains(&format!("if let Some({name}_) = &self.{name}")));
        assert!(text.contains(&format!("pub {name}: Option<String>")));
    }
}

/// What compiles, and what a later check would refuse.
#[test]
fn names_that_mean_something_in_rust() {
    let get = "      operationId: getMotto\n";
    let place = "/paths/~1api~1room~1{roomid}/get";
    for (id, function) in [
        ("fromRoom", "from_room"),
        ("intoRoom", "into_room"),
        ("new", "new"),
    ] {
        assert_finding(
            get,
            &format!("      operationId: {id}\n"),
            &format!("{place}/operationId"),
            &format!("`{function}` is what makes or converts a value in Rust; name it otherwise"),
        );
    }
    let query = |name: &str, required: bool| {
        format!(
            "        - name: {name}\n          in: query\n          required: {required}\n          \
             description: One more.\n          schema:\n            type: string\n"
        )
    };
    let summary = "      description: No key is needed.\n      x-talkspace-effect: reads\n      parameters:\n";
    for (name, message) in [
        ("shl", "`shl` is an operator in Rust; add x-talkspace-name"),
        (
            "größe",
            "`ö` cannot be sent in a name; it has letters, digits and `-._~[]`",
        ),
    ] {
        let to = format!("{summary}{}", query(name, false));
        assert_finding(summary, &to, &format!("{place}/parameters/0"), message);
    }
    for name in ["a b", "a&b", "a=b", "a%b", "a+b", "a#b", "a'b"] {
        let character = name.chars().nth(1).unwrap();
        assert_finding(
            summary,
            &format!("{summary}{}", query(&format!("\"{name}\""), false)),
            &format!("{place}/parameters/0"),
            &format!("`{character}` cannot be sent in a name; it has letters, digits and `-._~[]`"),
        );
    }
    let many: String = (1..8).map(|n| query(&format!("n{n}"), true)).collect();
    assert_finding(
        summary,
        &format!("{summary}{many}"),
        place,
        "not supported: more than 7 values that are required, which nobody tells apart as arguments",
    );
}

#[test]
fn responses_that_are_not_supported() {
    for (from, to, place, message) in [
        (
            "          oneOf:\n            - type: string\n            - type: array\n              items:\n                type: string\n",
            "          oneOf:\n            - type: string\n            - type: integer\n",
            format!("{ROOM}/properties/guests"),
            "not supported: a `oneOf` in a response is a text, and an array of the same texts",
        ),
        (
            "          description: What they show.\n          type: array\n          items:\n            type: string\n",
            "          description: What they show.\n          type: array\n          items:\n            type: integer\n",
            format!("{ROOM}/properties/windows/items"),
            "not supported: a list holds text, words of an enum, or objects",
        ),
        (
            "        owner:\n          description: Whose room it is.\n          type: string\n",
            "        owner:\n          description: Whose room it is.\n          $ref: '#/components/schemas/Phone'\n",
            format!("{ROOM}/properties/owner"),
            "not supported in a response: a key, a phone number or a constant",
        ),
        (
            "required: [message, status, roomId, seats, open, doors, mood, door, motto]",
            "required: [message, status, roomId, seats, open, doors, mood, door, motto, guests]",
            format!("{ROOM}/properties/guests"),
            "a list that may be one bare value is left out when empty; do not require it",
        ),
        (
            "      required: [RoomResponse]\n",
            "",
            "/components/schemas/RoomEnvelope".to_owned(),
            "a response in JSON is an object with one property, the envelope, which is required",
        ),
    ] {
        assert_finding(from, to, &place, message);
    }
}

#[test]
fn an_operation_has_one_kind_of_response() {
    assert_finding(
        "        '400':\n          description: A parameter is missing or wrong.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/RoomEnvelope'\n",
        "        '400':\n          description: A parameter is missing or wrong.\n          content:\n            text/plain:\n              schema:\n                $ref: '#/components/schemas/Motto'\n",
        "/paths/~1api~1room/post/responses/400",
        "not supported: another content than that of 201; an operation has one",
    );
    assert_finding(
        "          description: The motto.\n          content:\n            text/plain:\n              schema:\n                $ref: '#/components/schemas/Motto'\n",
        "          description: The motto.\n",
        "/paths/~1api~1room~1{roomid}/get/responses/200",
        "a success without content is a 204",
    );
    let envelope = "          description: Who knows.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/RoomEnvelope'\n";
    assert_finding(
        envelope,
        "          description: Who knows.\n          content:\n            text/plain:\n              schema:\n                $ref: '#/components/schemas/Motto'\n",
        "/paths/~1api~1room~1{roomid}~1wall/delete/responses/default",
        "not supported: a failure that is not in JSON, where a success is nothing; leave its content out",
    );
    assert_finding(
        "      operationId: paintWalls\n",
        "      operationId: paintWalls\n      x-talkspace-outcomes: {'204': wet}\n",
        "/paths/~1api~1room~1{roomid}~1wall/put/x-talkspace-outcomes",
        "not supported: outcomes where no response has a content",
    );
}

#[test]
fn a_key_travels_once() {
    let spec = rooms_with(
        "      x-talkspace-look: {none: Nothing shows a room.}\n",
        "      x-talkspace-look: {none: Nothing shows a room.}\n      parameters:\n        - name: \
         appkey\n          in: query\n          required: true\n          description: The key.\n          \
         schema:\n            $ref: '#/components/schemas/AppKey'\n",
    );
    let at = "spec/openapi.yaml#/paths/~1api~1room/post";
    let message = "the key is sent twice; leave one of them out";
    assert_eq!(findings(&spec), [format!("{at}: {message}")]);
}

#[test]
fn a_response_is_named() {
    let motto = "              schema:
                $ref: '#/components/schemas/Motto'
";
    assert_finding(
        motto,
        "              schema:
                type: string
",
        "/paths/~1api~1room~1{roomid}/get/responses/200/content/text~1plain/schema",
        "not supported: a response in its place; write a `$ref` to a named schema",
    );
}

#[test]
fn plain_text_has_no_failures_that_are_outcomes() {
    let spec = rooms_with(
        "      operationId: getMotto\n",
        "      operationId: getMotto\n      x-talkspace-already: ['404']\n",
    );
    let spec = edited(
        &spec,
        "    post:\n      operationId: actOnRoom\n",
        "        '404':\n          description: There is no such room.\n    post:\n      operationId: actOnRoom\n",
    );
    assert_eq!(
        findings(&spec),
        [
            "spec/openapi.yaml#/paths/~1api~1room~1{roomid}/get: not supported: a failure that is \
             an outcome, in plain text"
        ]
    );
}

#[test]
fn a_key_does_not_travel_in_a_path() {
    assert_finding(
        "        $ref: '#/components/schemas/RoomId'\n\n  schemas:",
        "        $ref: '#/components/schemas/AppKey'\n\n  schemas:",
        "/components/parameters/PathRoomId",
        "not supported: a key in a path or a part; it travels in a query or a form",
    );
}

const WIRE_RESPONSE: &str = "          description: It is done.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/RoomEnvelope'
";

const EITHER_RESPONSE: &str = "          description: It is done.
          content:
            application/json:
              schema:
                oneOf:
                  - $ref: '#/components/schemas/RoomEnvelope'
                  - $ref: '#/components/schemas/DoorEnvelope'
";

const DOOR_ENVELOPE: &str = "
    DoorEnvelope:
      type: object
      description: The envelope of a response about a door.
      required: [DoorResponse]
      properties:
        DoorResponse:
          description: The response itself.
          type: object
          required: [message, status]
          properties:
            message:
              description: A remark.
              type: string
            status:
              description: The status of the response.
              type: integer

    RoomEnvelope:
";

/// One status, two responses: each entry of the split says which it has.
#[test]
fn operations_at_one_address_may_respond_differently() {
    let spec = rooms_with(WIRE_RESPONSE, EITHER_RESPONSE);
    let spec = edited(&spec, "\n    RoomEnvelope:\n", DOOR_ENVELOPE);
    let split = "/paths/~1api~1room~1{roomid}/post/x-talkspace-split/operations";
    let message = "which of the wire's responses this is: add its `content`";
    assert_eq!(
        findings(&spec),
        ["open", "shut"]
            .map(|entry| format!("spec/openapi.yaml#{split}/{entry}/responses/200: {message}"))
    );

    let content = |name: &str| {
        format!(
            "\n                content:\n                  application/json:\n                    \
             schema:\n                      $ref: '#/components/schemas/{name}'\n"
        )
    };
    let open = "                description: The room is open.";
    let shut = "                description: The room is shut.";
    let spec = edited(
        &spec,
        &format!("{shut}\n"),
        &(shut.to_owned() + &content("RoomEnvelope")),
    );
    let told = edited(
        &spec,
        &format!("{open}\n"),
        &(open.to_owned() + &content("DoorEnvelope")),
    );
    let files = generate(&told).unwrap();
    let text = |name: &str| {
        &files
            .iter()
            .find(|(path, _)| path.ends_with(name))
            .unwrap()
            .1
    };
    assert!(text("open_room.rs").contains("raw.envelope::<DoorResponse>"));
    assert!(text("shut_room.rs").contains("raw.envelope::<RoomResponse>"));

    let told = edited(
        &spec,
        &format!("{open}\n"),
        &(open.to_owned() + &content("Motto")),
    );
    let found = findings(&told);
    let message = "the content is not among those of the operation on the wire";
    assert!(
        found.contains(&format!(
            "spec/openapi.yaml#{split}/open/responses/200: {message}"
        )),
        "{found:?}"
    );
}

//! The sandbox asked and steered over `/_sandbox/`.

mod again;
mod demanded;
mod early;
mod http;
mod media;
mod microphone;
mod page;
mod pages;
mod python;
mod schema;
mod streams;

use std::collections::BTreeSet;
use std::thread;

use serde_json::{Value, json};
use talkspace_core::{CloseTalkspace, CreateTalkspace, GetTalkspace, RequestOptions};
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder, Server};

use http::{Http, Said};
use schema::Schema;

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
const MEDIA: &str = SandboxBuilder::EXAMPLE_MEDIA[0];

fn server() -> Server {
    let builder = Sandbox::builder().examples().clock(Clock::frozen());
    builder.start().unwrap()
}

fn client(server: &Server) -> talkspace_blocking::Client {
    talkspace_blocking::Client::builder(server.url(), KEY)
        .build_blocking(talkspace_blocking::HttpTransport::new())
        .unwrap()
}

/// A frame of MP3: 128 kbit/s, 44.1 kHz, silence.
fn mp3() -> Vec<u8> {
    let mut frame = vec![0xFF, 0xFB, 0x90, 0x64];
    frame.resize(417, 0);
    frame.repeat(3)
}

#[test]
fn somebody_answers_speaks_and_hangs_up_and_everything_is_as_described() {
    let server = server();
    let http = Http::of(&server);
    let mut schema = Schema::of(&http);
    for path in [
        "",
        "health",
        "openapi.json",
        "state",
        "people",
        "talkspaces",
        "media",
        "calls",
    ] {
        schema.get(&http, path);
    }
    let held = schema.send(&http, "PATCH", "people/eta", json!({"held": true}));
    assert_eq!((&held["held"], &held["ends"]), (&json!(true), &json!("76")));

    let client = client(&server);
    let request = CreateTalkspace::new("eta").greeting_id(MEDIA);
    let id = client.send(request).unwrap().conference_id;
    let ringing = schema.get(&http, "calls?person=eta&state=ringing&wait=30");
    let call = &ringing["calls"][0];
    assert_eq!(call["talkspace"], json!(id));
    assert_eq!(call["greeting"], json!(MEDIA));
    let number = &call["call"];
    let at = |what: &str| format!("calls/{number}/{what}");
    schema.get(&http, &format!("calls/{number}"));
    schema.get(&http, &format!("media/{MEDIA}/file?app=1"));

    let next = schema.get(&http, "clock");
    assert_eq!(next["next"]["call"], *number);
    let answered = schema.send(&http, "POST", &at("answer"), json!({}));
    assert_eq!(answered["state"], "answered");
    let pressed = schema.send(&http, "POST", &at("press"), json!({"key": "7"}));
    assert_eq!(pressed["state"], "answered", "only 1 agrees");
    let pressed = schema.send(&http, "POST", &at("press"), json!({"key": "1"}));
    assert_eq!(pressed["state"], "in_call");
    let room = schema.get(&http, &format!("talkspaces/{id}"));
    assert_eq!(room["people"][0]["state"], "in_call");
    let there = client.send(GetTalkspace::new(&id)).unwrap().participants;
    assert_eq!(there.len(), 1);

    let spoken = http.send(
        "POST",
        &at("speak"),
        &[("content-type", "audio/mpeg")],
        &mp3(),
    );
    schema.check("POST", &at("speak"), &spoken);
    let long_ago = format!("{}?ago=3601", at("speak"));
    let sound = [("content-type", "audio/mpeg")];
    let late = http.send("POST", &long_ago, &sound, &mp3());
    assert_eq!((late.status, late.code()), (400, "bad_field".into()));
    let over = schema.send(&http, "POST", &at("hang_up"), json!({}));
    assert_eq!(over["state"], "over");
    let again = http.json("POST", &at("hang_up"), json!({}));
    assert_eq!((again.status, again.code()), (409, "call_over".to_owned()));

    client.send(CreateTalkspace::new("eta")).unwrap();
    let ringing = schema.get(&http, "calls?person=eta");
    let number = &ringing["calls"][0]["call"];
    schema.send(&http, "POST", &format!("calls/{number}/decline"), json!({}));
    assert_eq!(schema.get(&http, "calls")["total"], 0);

    schema.send(&http, "PATCH", "people", json!({"held": false}));
    ask_of_requests(&mut schema, &http, &server);
    come_back(&mut schema, &http);
    schema.send(&http, "POST", "seed", json!({"seed": 7}));
    let anew = schema.send(&http, "POST", "reset", json!({"app": 1}));
    assert_eq!(
        (&anew["talkspaces"], &anew["outage"]),
        (&json!([]), &json!(false))
    );
    assert_eq!(
        schema.send(&http, "POST", "reset", json!({}))["people"][0]["rings"],
        0
    );
    schema.send(&http, "PUT", "outage", json!({"on": true}));
    schema.send(&http, "PUT", "outage", json!({"on": false}));
    client.send(CreateTalkspace::new("@theta")).unwrap();
    let moved = schema.send(&http, "POST", "clock/advance", json!({"to": "next"}));
    assert_eq!(moved["now"], 0.2);
    assert_eq!(schema.get(&http, "people/%40theta")["rings"], 1);
    schema.send(&http, "POST", "clock/advance", json!({"by": 59.8}));
    assert_eq!(
        schema.send(&http, "PUT", "clock", json!({"frozen": false}))["frozen"],
        false
    );
    schema.check_all_were_seen();
}

/// What was saved comes back, and what was not changes nothing.
fn come_back(schema: &mut Schema, http: &Http) {
    let mut before = schema.get(http, "state");
    let saved = schema.get(http, "saved");
    schema.send(http, "POST", "reset", json!({}));
    assert_ne!(
        schema.get(http, "state")["talkspaces"],
        before["talkspaces"]
    );
    let mut after = schema.send(http, "PUT", "saved", saved.clone());
    for state in [&mut before, &mut after] {
        // Whoever watched is told to look again.
        state["seq"] = json!(0);
    }
    assert_eq!(after, before);

    let but = |name: &str, value: Value| {
        let mut saved = saved.clone();
        saved[name] = value;
        http.json("PUT", "saved", saved)
    };
    for (said, status, code) in [
        (but("rows", json!([{"App": [1, ""]}])), 400, "not_saved"),
        (but("files", json!(["?"])), 400, "not_saved"),
        (but("talkspace_sandbox", json!(99)), 409, "other_version"),
        (http.json("PUT", "saved", json!([])), 400, "not_saved"),
        (
            http.send(
                "PUT",
                "saved",
                &[("content-type", "application/json")],
                b"{",
            ),
            400,
            "bad_body",
        ),
        (http.send("PUT", "saved", &[], b"{}"), 415, "wrong_type"),
    ] {
        assert_eq!(
            (said.status, said.code().as_str()),
            (status, code),
            "{said:?}"
        );
    }
    let mut still = schema.get(http, "state");
    still["seq"] = json!(0);
    assert_eq!(still, before);
}

/// The same of requests, and of what goes wrong with them.
fn ask_of_requests(schema: &mut Schema, http: &Http, server: &Server) {
    let fault = json!({
        "operation": "createTalkspace", "fault": "status", "status": 429, "retry_after": 7,
        "person": "@theta", "times": 1, "for": 60, "probability": 1, "seed": 3
    });
    let added = schema.send(http, "POST", "faults", fault);
    assert_eq!((&added["hits"], &added["status"]), (&json!(0), &json!(429)));
    let now = schema.get(http, "clock")["now"].as_f64().unwrap();
    assert_eq!(added["until"], json!(now + 60.0), "the clock is frozen");
    let number = &added["number"];
    let since = &schema.get(http, "requests?limit=1")["total"];
    let once = client(server).with_options(RequestOptions::default().max_retries(0));
    assert!(once.send(CreateTalkspace::new("@theta")).is_err());
    let wrong = http.send("POST", "/api/rest/conference", &[], b"networkid=eta");
    assert_eq!(wrong.status, 400);

    let met = schema.get(
        http,
        &format!("requests?since={since}&fault={number}&wait=30"),
    );
    let met = &met["requests"][0];
    assert_eq!(
        (&met["operation"], &met["status"]),
        (&json!("createTalkspace"), &json!(429))
    );
    let all = schema.get(http, &format!("requests?since={since}"));
    let count = all["requests"].as_array().map(Vec::len);
    assert_eq!(count, Some(2), "its own requests are not among them");
    assert_eq!(all["requests"][1]["hint"]["parameter"], "appkey", "{all}");
    schema.get(http, &format!("requests/{}", met["request"]));
    let again = format!("requests/{}/again", met["request"]);
    schema.send(http, "POST", &again, json!({"confirm": "rings"}));
    assert_eq!(schema.get(http, &format!("faults/{number}"))["hits"], 1);
    assert_eq!(schema.get(http, "health")["faults"], 1);
    schema.send(http, "DELETE", &format!("faults/{number}"), json!({}));
    schema.get(http, "faults");
    schema.send(http, "DELETE", "faults", json!({}));
    let cleared = schema.send(http, "DELETE", "requests", json!({}));
    assert_eq!(
        (&cleared["requests"], &cleared["total"]),
        (&json!([]), &cleared["dropped"])
    );
}

#[test]
fn what_cannot_be_done_says_why() {
    let server = server();
    let http = Http::of(&server);
    client(&server).send(CreateTalkspace::new("eta")).unwrap();
    let json_of = |method: &str, path: &str, body: Value| http.json(method, path, body);
    let fault = |with: Value| {
        let mut fault = json!({"operation": "getVersion", "fault": "reset"});
        let with = with.as_object().unwrap().clone();
        fault.as_object_mut().unwrap().extend(with);
        fault
    };
    let cases = [
        (http.get("nothing"), 404, "unknown_path", "GET /_sandbox/"),
        (http.get("talkspaces/none"), 404, "no_such_talkspace", ""),
        (http.get("people/none"), 404, "no_such_person", ""),
        (
            http.get("calls/77"),
            404,
            "no_such_call",
            "the last one is 1",
        ),
        (http.get("calls/x"), 404, "no_such_call", ""),
        (
            http.get("calls?stat=ringing"),
            400,
            "bad_field",
            "did you mean `state`?",
        ),
        (
            http.get("calls?limit=0"),
            400,
            "bad_field",
            "`limit` is a whole number from 1 to 500",
        ),
        (http.get("calls?wait=31"), 400, "bad_field", "from 0 to 30"),
        (http.get("calls?wait=-1"), 400, "bad_field", "from 0 to 30"),
        (http.get("calls?after=9"), 400, "bad_field", "`after`"),
        (
            json_of("DELETE", "calls", json!({})),
            405,
            "wrong_method",
            "GET, HEAD",
        ),
        (
            json_of("PUT", "outage", json!({"onn": true})),
            400,
            "bad_field",
            "did you mean `on`?",
        ),
        (
            json_of("POST", "faults", fault(json!({"probability": 2}))),
            400,
            "bad_field",
            "`probability` is a number from 0 to 1",
        ),
        (
            json_of(
                "POST",
                "faults",
                fault(json!({"fault": "status", "status": 200})),
            ),
            400,
            "bad_field",
            "`status` is a whole number from 400 to 599",
        ),
        (
            json_of("PUT", "outage", json!({"on": "yes"})),
            400,
            "bad_field",
            "true or false",
        ),
        (
            json_of("PUT", "outage", json!([])),
            400,
            "bad_body",
            "no JSON object",
        ),
        (
            json_of("POST", "calls/1/answer", json!({})),
            409,
            "not_held",
            "PATCH /_sandbox/people/eta",
        ),
        (
            json_of("POST", "clock/advance", json!({})),
            400,
            "bad_field",
            "`by`",
        ),
        (
            json_of("POST", "clock/advance", json!({"by": -1})),
            400,
            "bad_field",
            "from 0 to 2678400",
        ),
        (
            json_of("POST", "clock/advance", json!({"by": 1e9})),
            400,
            "bad_field",
            "from 0 to 2678400",
        ),
        (
            http.send("PUT", "outage", &[], b"on=true"),
            415,
            "wrong_type",
            "application/json",
        ),
        (
            http.send("PUT", "outage", &[("content-type", "text/plain")], b"{}"),
            415,
            "wrong_type",
            "application/json, with `{}`",
        ),
        (
            http.send("PUT", "outage", &[], b""),
            400,
            "bad_field",
            "`on` is wanted, and is true or false",
        ),
        (
            http.get("requests?effect=ring"),
            400,
            "bad_field",
            "reads, converges, once, rings (did you mean `rings`?).",
        ),
        (
            http.get("requests?operation=createTalkSpace"),
            400,
            "bad_field",
            "did you mean `createTalkspace`?",
        ),
        (
            http.get("requests?method=post"),
            400,
            "bad_field",
            "did you mean `POST`?",
        ),
        (
            http.get("people?held=True"),
            400,
            "bad_field",
            "`held` is true or false",
        ),
        (
            http.get("calls?person=eta&person=%40theta"),
            400,
            "bad_field",
            "`person` stands there more than once",
        ),
        (http.get("requests?app=2"), 400, "bad_field", "there are 1"),
        (
            json_of("PUT", "outage", json!({"on": "x".repeat(64 * 1024)})),
            413,
            "too_large",
            "65536",
        ),
    ];
    let fault = |more: Value| {
        let mut fault = json!({"operation": "hangUp"});
        fault
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json_of("POST", "faults", fault)
    };
    let of_faults = [
        (
            fault(json!({"operation": "add", "fault": "stall"})),
            400,
            "bad_field",
            "addToTalkspace",
        ),
        (fault(json!({})), 400, "bad_field", "`fault` is wanted"),
        (
            fault(json!({"fault": "status", "status": 200})),
            400,
            "bad_field",
            "from 400 to 599",
        ),
        (
            fault(json!({"fault": "stall", "time": 1})),
            400,
            "bad_field",
            "did you mean `times`?",
        ),
        (
            fault(json!({"fault": "delay", "by": -1})),
            400,
            "bad_field",
            "a number, 0 at least",
        ),
        (
            http.get("requests?operatoin=hangUp"),
            400,
            "bad_field",
            "did you mean `operation`?",
        ),
        (http.get("requests/9"), 404, "no_such_request", ""),
        (http.get("faults/9"), 404, "no_such_fault", ""),
        (
            json_of("POST", "reset", json!({"app": 2})),
            400,
            "bad_field",
            "no application",
        ),
        (
            json_of("POST", "seed", json!({})),
            400,
            "bad_field",
            "`seed` is wanted",
        ),
    ];
    for (said, status, code, message) in cases.into_iter().chain(of_faults) {
        assert_eq!(
            (said.status, said.code().as_str()),
            (status, code),
            "{said:?}"
        );
        assert_eq!(said.body["status"], status);
        let told = said.body["message"].as_str().unwrap();
        assert!(told.contains(message), "{told}");
    }
    let allowed = http.send("DELETE", "people/eta", &[], b"");
    assert_eq!(allowed.header("allow"), "GET, HEAD, PATCH");
    assert_eq!(server.sandbox().clock().now(), std::time::Duration::ZERO);

    http.json("PATCH", "people/eta", json!({"held": true}));
    let early = http.json("POST", "calls/1/hang_up", json!({}));
    assert_eq!(
        (early.status, early.code().as_str()),
        (409, "wrong_state"),
        "it only rings"
    );
    let bad = http.send(
        "POST",
        "calls/1/speak",
        &[("content-type", "audio/mpeg")],
        b"no",
    );
    assert_eq!((bad.status, bad.code().as_str()), (400, "bad_mp3"));
    http.json("PUT", "clock", json!({"frozen": false}));
    let moving = http.json("POST", "clock/advance", json!({"by": 1}));
    assert_eq!(
        (moving.status, moving.code().as_str()),
        (409, "wrong_state")
    );
}

#[test]
fn a_list_is_read_in_pages_and_by_what_is_in_it() {
    let ids: Vec<String> = (0..7).map(|number| format!("person-{number}")).collect();
    let mut builder = Sandbox::builder().app_key(KEY).clock(Clock::frozen());
    for id in &ids {
        builder = builder.person(id.as_str(), "14151239876");
    }
    let server = builder.start().unwrap();
    let http = Http::of(&server);
    let (mut seen, mut after) = (BTreeSet::new(), String::new());
    loop {
        let page = http.get(&format!("people?limit=3{after}")).body;
        assert_eq!(page["total"], 7);
        let people = page["people"].as_array().unwrap();
        let Some(last) = people.last() else { break };
        seen.extend(
            people
                .iter()
                .map(|person| person["id"].as_str().unwrap().to_owned()),
        );
        after = format!("&after={}", last["id"].as_str().unwrap());
    }
    assert_eq!(seen, ids.into_iter().collect());
    http.json("PATCH", "people/person-3", json!({"held": true}));
    let held = http.get("people?held=true&apps=1").body;
    assert_eq!(
        (&held["total"], &held["people"][0]["id"]),
        (&json!(1), &json!("person-3"))
    );
    assert_eq!(http.get("people?apps=2").code(), "bad_field");
}

#[test]
fn the_clock_moves_to_what_it_says_is_next() {
    let server = server();
    let (http, client) = (Http::of(&server), client(&server));
    let id = client.send(CreateTalkspace::new("eta")).unwrap();
    client.send(CloseTalkspace::new(id.conference_id)).unwrap();
    let next = http.get("clock").body["next"]["at"].clone();
    let moved = http.json("POST", "clock/advance", json!({"to": "next"}));
    match next.is_null() {
        true => assert_eq!(moved.code(), "nothing_next"),
        false => assert_eq!(moved.body["now"], next),
    }
}

#[test]
fn a_request_waits_for_what_it_is_about() {
    let server = server();
    let waits = |path: &str| {
        let (http, path) = (Http::of(&server), path.to_owned());
        thread::spawn(move || http.get(&path))
    };
    let call = waits("calls?person=eta&state=in_call&wait=30");
    let news = waits("state?since=0&wait=30");
    client(&server).send(CreateTalkspace::new("eta")).unwrap();
    // It is in the call only after this.
    Http::of(&server).json("POST", "clock/advance", json!({"by": 1}));
    let joined: Said = call.join().unwrap();
    assert_eq!(joined.body["calls"][0]["person"], "eta");
    assert_eq!(news.join().unwrap().status, 200);

    let nothing = Http::of(&server).get("calls?person=nobody&wait=0.01");
    assert_eq!((nothing.status, &nothing.body["total"]), (200, &json!(0)));
}

#[test]
fn what_is_wrong_for_everybody_is_wrong_with_nobody_there() {
    let server = Sandbox::builder().app_key(KEY).start().unwrap();
    let http = Http::of(&server);
    let said = http.json("PATCH", "people", json!({}));
    assert_eq!(
        (said.status, &said.body["error"]),
        (400, &json!("bad_field"))
    );
}

//! What happens, as it is streamed.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;

use serde_json::{Value, json};
use talkspace_core::CreateTalkspace;
use talkspace_sandbox::Fault;

use super::http::Http;
use super::{client, server};

/// A stream that is read event by event.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(http: &Http, last: Option<&str>) -> Self {
        let fields: Vec<_> = last
            .map(|last| ("last-event-id", last))
            .into_iter()
            .collect();
        let mut stream = Self(BufReader::new(http.open("GET", "events", &fields, b"")));
        let mut status = String::new();
        stream.0.read_line(&mut status).unwrap();
        assert!(status.contains(" 200 "), "{status}");
        stream
    }

    /// The id, the name and the data of the next event.
    fn next(&mut self) -> (String, String, Value) {
        let (mut id, mut name) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            assert_ne!(
                self.0.read_line(&mut line).unwrap(),
                0,
                "the stream has ended"
            );
            if let Some(said) = line.strip_prefix("id: ") {
                said.trim().clone_into(&mut id);
            } else if let Some(said) = line.strip_prefix("event: ") {
                said.trim().clone_into(&mut name);
            } else if let Some(said) = line.strip_prefix("data: ") {
                return (id, name, serde_json::from_str(said).unwrap());
            }
        }
    }
}

#[test]
fn what_happens_is_streamed_and_goes_on_where_it_broke_off() {
    let server = server();
    let http = Http::of(&server);
    let mut stream = Stream::open(&http, None);
    let (_, name, hello) = stream.next();
    assert_eq!(
        (name.as_str(), &hello["run"]),
        ("hello", &http.get("health").body["run"])
    );

    let id = client(&server)
        .send(CreateTalkspace::new("eta"))
        .unwrap()
        .conference_id;
    let mut seen = Vec::new();
    let mut last = String::new();
    while seen.len() < 3 {
        let (event, name, data) = stream.next();
        let number: u64 = event.rsplit('-').next().unwrap().parse().unwrap();
        seen.push((name, data));
        assert_eq!(
            number,
            hello["seq"].as_u64().unwrap() + seen.len() as u64,
            "there is a gap"
        );
        last = event;
    }
    assert_eq!(
        (seen[0].0.as_str(), &seen[0].1["rings"]),
        ("person", &json!(1))
    );
    assert_eq!(
        (seen[1].0.as_str(), &seen[1].1["id"]),
        ("talkspace", &json!(id))
    );
    assert_eq!(
        (seen[2].0.as_str(), &seen[2].1["state"]),
        ("call", &json!("ringing"))
    );
    assert_eq!(http.get("state").body["calls"][0], seen[2].1);

    let (event, name, data) = stream.next();
    assert_eq!((name.as_str(), event.as_str()), ("request", ""));
    assert_eq!(data[0]["operation"], "createTalkspace");

    drop(stream);
    http.json("PUT", "outage", json!({"on": true}));
    let mut stream = Stream::open(&http, Some(&last));
    assert_eq!(stream.next().1, "hello");
    let (_, name, data) = stream.next();
    assert_eq!((name.as_str(), data), ("outage", json!({"on": true})));

    for other in ["elsewhere-1", "nonsense", ""] {
        let mut stream = Stream::open(&http, Some(other));
        assert_eq!(stream.next().1, "hello");
        assert_eq!(stream.next().1, "resync", "{other}");
    }
}

#[test]
fn faults_are_streamed_whoever_adds_or_ends_them() {
    let server = server();
    let http = Http::of(&server);
    let mut stream = Stream::open(&http, None);
    assert_eq!(stream.next().1, "hello");
    let mut faults = || {
        let (id, name, data) = stream.next();
        assert_eq!((id.as_str(), name.as_str()), ("", "fault"));
        data["faults"].as_array().unwrap().clone()
    };

    let fault = json!({"operation": "getVersion", "fault": "reset"});
    let added = http.json("POST", "faults", fault).body;
    assert_eq!(faults(), std::slice::from_ref(&added));
    let lost = Fault::lose_response().once();
    let lost = server.sandbox().fault::<CreateTalkspace>(lost);
    assert_eq!(faults()[1]["number"], lost.number());
    assert!(lost.remove() && !lost.remove());
    assert_eq!(faults(), [added]);
    server.sandbox().clear_faults();
    assert!(faults().is_empty());
}

#[test]
fn who_comes_too_late_is_told_to_begin_anew() {
    let server = server();
    let http = Http::of(&server);
    let mut stream = Stream::open(&http, None);
    let (first, _, _) = stream.next();
    for _ in 0..1_100 {
        server
            .sandbox()
            .advance(std::time::Duration::from_millis(1));
    }
    let mut late = Stream::open(&http, Some(&first));
    assert_eq!(late.next().1, "hello");
    let (_, name, data) = late.next();
    assert_eq!(
        (name.as_str(), &data["seq"]),
        ("resync", &http.get("state").body["seq"])
    );
}

#[test]
fn streams_have_a_bound_and_a_stop_ends_them() {
    let server = server();
    let http = Http::of(&server);
    let open: Vec<_> = (0..32).map(|_| Stream::open(&http, None)).collect();
    let one_more = http.get("events");
    assert_eq!(
        (one_more.status, one_more.code().as_str()),
        (429, "too_many_streams")
    );
    let waiting = http.open("GET", "calls?wait=30", &[], b"");
    // It has arrived when another request of the same kind is responded to.
    assert_eq!(http.get("calls").status, 200);
    drop(server);
    for mut stream in open {
        let mut rest = String::new();
        stream.0.read_to_string(&mut rest).unwrap();
        assert!(rest.ends_with("\r\n0\r\n\r\n"), "it was cut off: {rest:?}");
    }
    let mut rest = String::new();
    BufReader::new(waiting).read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with(r#""total":0}"#) || rest.is_empty(), "{rest}");
}

//! The table of what there is, and the file that describes it.

use std::collections::BTreeSet;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use hyper::body::{Body, Bytes, Frame};
use serde_json::Value;
use talkspace_core::OPERATIONS;

use super::routes::{ROUTES, Route, Takes};
use super::{PREFIX, SOUNDS, Token, is_for, read};
use crate::room::Room;

fn described() -> Value {
    serde_json::from_str(include_str!("openapi.json")).unwrap()
}

/// The operation of the file for a route.
fn operation<'d>(file: &'d Value, route: &Route) -> &'d Value {
    let path = format!("/{PREFIX}/{}", route.path);
    let method = route.method.as_str().to_lowercase();
    &file["paths"][&path][&method]
}

#[test]
fn the_file_describes_what_there_is() {
    let file = described();
    for route in ROUTES {
        let operation = operation(&file, route);
        let whose = format!("{} {}", route.method, route.path);
        assert!(operation.is_object(), "{whose} is not described");

        let parameters = operation["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let mut path = BTreeSet::new();
        for parameter in &parameters {
            let parameter = match parameter["$ref"].as_str() {
                Some(to) => file.pointer(to.trim_start_matches('#')).unwrap(),
                None => parameter,
            };
            let name = parameter["name"].as_str().unwrap().to_owned();
            match parameter["in"].as_str().unwrap() {
                "query" => {}
                _ => assert!(path.insert(name)),
            }
        }
        let known = route
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{'));
        let known = known.map(|part| part.trim_end_matches('}').to_owned());
        assert_eq!(path, known.collect(), "{whose}");

        let body = &operation["requestBody"]["content"];
        match route.takes {
            Takes::Sound => {
                let kinds: BTreeSet<_> = body.as_object().unwrap().keys().collect();
                let known: Vec<_> = SOUNDS.iter().map(|kind| (*kind).to_owned()).collect();
                assert_eq!(kinds, known.iter().collect(), "{whose}");
            }
            Takes::Saved => {
                let schema = &body["application/json"]["schema"];
                assert_eq!(schema["$ref"], "#/components/schemas/Saved", "{whose}");
            }
            Takes::Nothing => assert!(body.is_null(), "{whose}"),
            Takes::Fields => {
                let schema = &body["application/json"]["schema"];
                assert!(schema["properties"].is_object(), "{whose}");
                let wants = schema["required"].is_array() || schema["oneOf"].is_array();
                assert_eq!(operation["requestBody"]["required"], wants, "{whose}");
            }
        }
    }
    let described = file["paths"].as_object().unwrap().values();
    let described: usize = described.map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(
        described,
        ROUTES.len(),
        "something is described that is not there"
    );
}

#[test]
fn the_file_names_each_operation_of_the_service() {
    let file = described();
    let known = file["components"]["schemas"]["OperationId"]["enum"].as_array();
    let known = known.into_iter().flatten().filter_map(Value::as_str);
    assert!(known.eq(OPERATIONS.iter().map(|info| info.id)));
}

#[test]
fn a_path_is_known_however_it_is_escaped() {
    for path in [
        "/_sandbox",
        "/_sandbox/",
        "//_sandbox/state",
        "/%5fsandbox/state",
        "/%5F%73andbox",
    ] {
        assert!(is_for(path), "{path}");
    }
    for path in ["/", "/api/_sandbox/", "/_sandboxes", "/audio/1.mp3"] {
        assert!(!is_for(path), "{path}");
    }
}

#[test]
fn a_token_is_another_one_each_time_and_taken_in_one_form() {
    let tokens: BTreeSet<_> = (0..100)
        .map(|_| Token::fresh().as_str().to_owned())
        .collect();
    assert_eq!(tokens.len(), 100);
    let is_fit = |token: &String| token.len() == 32 && token.bytes().all(|b| b.is_ascii_hexdigit());
    assert!(tokens.iter().all(is_fit));

    let token = Token::given("between us".to_owned());
    let is_taken = |said: &str| token.is_in(Some(&said.parse().unwrap()));
    assert!(is_taken("Bearer between us") && is_taken("bearer between us"));
    for said in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer between",
        "Basic between us",
        "between us",
    ] {
        assert!(!is_taken(said), "{said}");
    }
    assert!(!token.is_in(None));
    assert_eq!(format!("{token:?}"), "Token(…)");
}

/// A body of which nothing comes after this.
struct Stuck(Option<Bytes>);

impl Body for Stuck {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.0.take() {
            Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            None => Poll::Pending,
        }
    }
}

#[test]
fn a_body_that_others_have_taken_the_room_of_ends_at_once() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let room = Room::new(4);
    let body = Stuck(Some(Bytes::from_static(b"{\"a\"")));
    let mut reading = pin!(read(body, room.enter(), Takes::Saved));
    let mut context = Context::from_waker(Waker::noop());
    assert!(reading.as_mut().poll(&mut context).is_pending());
    assert!(room.enter().grow(4));
    let Poll::Ready(Err(problem)) = reading.poll(&mut context) else {
        panic!("it stays");
    };
    assert_eq!((problem.status.as_u16(), problem.code), (503, "too_busy"));
}

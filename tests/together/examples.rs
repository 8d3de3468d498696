//! The examples of the spec are the canonical bytes, in both directions.

use std::fs;

use bytes::Bytes;
use http::{Request, Response};
use talkspace_core::server::{Refusal, ServerOperation};
use talkspace_core::{
    Answer, BaseUrl, OperationVisitor, Place, Rejection, Target, visit_operations,
};
use talkspace_tests::{Message, examples_of, parameters_of};

/// Does the same with the examples of every operation.
struct Examples {
    seen: usize,
}

impl OperationVisitor for Examples {
    fn visit<O: ServerOperation>(&mut self) {
        self.seen += 1;
        let request = request::<O>();
        response::<O>(&request);
        refusals::<O>(&request);
    }
}

#[test]
fn every_operation_has_examples_that_hold() {
    let mut examples = Examples { seen: 0 };
    visit_operations(&mut examples);
    assert_eq!(examples.seen, talkspace_core::OPERATIONS.len());
}

fn read<O: ServerOperation>(name: &str) -> Message {
    let path = examples_of(O::INFO).join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    Message::parse(&text).unwrap_or_else(|| panic!("{path:?} is not a message"))
}

/// Decoding the example and encoding what came of it gives the example.
fn request<O: ServerOperation>() -> O {
    let id = O::INFO.id;
    let example: Request<Bytes> = read::<O>("request.http").request().unwrap();
    let parameters = parameters_of(O::INFO, &example);
    let operation = O::from_parameters(&parameters).unwrap();
    let key = [Place::Form, Place::Query]
        .iter()
        .find_map(|place| parameters.get(*place, "appkey"))
        .unwrap_or("none");
    let base = BaseUrl::parse("http://127.0.0.1").unwrap();
    let encoded = operation.encode(&Target::new(base, key.into())).unwrap();
    assert_eq!(encoded.method(), example.method(), "{id}");
    let target = encoded.uri().path_and_query().unwrap();
    assert_eq!(target, example.uri().path_and_query().unwrap(), "{id}");
    assert_eq!(
        encoded.headers().get("content-type"),
        example.headers().get("content-type"),
        "{id}"
    );
    let body = encoded.body().read_to_bytes().unwrap();
    assert_eq!(body, example.body(), "{id}");
    operation
}

/// The client reads the example, and the server writes it byte for byte.
fn response<O: ServerOperation>(request: &O) {
    let id = O::INFO.id;
    let example: Response<Bytes> = read::<O>("response.http").response().unwrap();
    let answer = Answer::new(example.status(), example.body());
    let response = request
        .decode(&answer)
        .unwrap_or_else(|why| panic!("{id}: {why:?}"));
    assert!(O::INFO.success.contains(&example.status().as_u16()), "{id}");
    let written = O::encode_response(&response);
    assert_eq!(written.status(), example.status(), "{id}");
    // What an answer leaves empty and the client fills in may be filled in here.
    let again = request
        .decode(&Answer::new(written.status(), written.body()))
        .unwrap();
    assert_eq!(again, response, "{id}");
    if !example
        .body()
        .windows(17)
        .any(|bytes| bytes == b"\"conferenceId\":\"\"")
    {
        assert_eq!(written.body(), example.body(), "{id}");
    }
}

/// The client reads every example of a refusal, and the server writes it.
fn refusals<O: ServerOperation>(request: &O) {
    let id = O::INFO.id;
    for entry in fs::read_dir(examples_of(O::INFO)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.starts_with("error-") {
            continue;
        }
        let example: Response<Bytes> = read::<O>(&name).response().unwrap();
        let answer = Answer::new(example.status(), example.body());
        match request.decode(&answer) {
            Err(Rejection::Refused {
                status, message, ..
            }) => {
                assert!(O::INFO.refusals.contains(&status.code()), "{id} {name}");
                let written = O::encode_refusal(&Refusal::new(status.code(), message));
                assert_eq!(written.body(), example.body(), "{id} {name}");
            }
            other => panic!("{id} {name}: {other:?}"),
        }
    }
}

//! The examples of the spec are the canonical bytes, in both directions.

use std::fs;

use bytes::Bytes;
use http::{Request, Response};
use talkspace_core::BaseUrl;
use talkspace_core::codec::{RawResponse, ResponseError, Target};
use talkspace_core::operation::ParameterLocation;
use talkspace_core::server::{OperationVisitor, visit_operations};
use talkspace_core::server::{ServerOperation, ServiceError};
use talkspace_tests::{BASE_URL, Message, examples_of, parameters_of};

/// Does the same with the examples of every operation.
struct Examples {
    seen: usize,
}

impl OperationVisitor for Examples {
    fn visit<O: ServerOperation>(&mut self) {
        self.seen += 1;
        let request = request::<O>();
        responses::<O>(&request);
        errors::<O>(&request);
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
    let parameters = parameters_of(O::INFO, &example).unwrap();
    let operation = O::from_parameters(&parameters).unwrap();
    let key = [ParameterLocation::Form, ParameterLocation::Query]
        .iter()
        .find_map(|place| parameters.get(*place, "appkey"))
        .unwrap_or("none");
    let base = BaseUrl::parse(BASE_URL).unwrap();
    let mut target = Target::new(base, key.into());
    let content_type = example.headers().get("content-type");
    let boundary = content_type.and_then(|value| value.to_str().unwrap().split_once("boundary="));
    if let Some((_, boundary)) = boundary {
        target = target.with_boundary(boundary);
    }
    let encoded = operation.encode(&target).unwrap();
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

/// The names of an operation's examples that begin like this.
fn examples<O: ServerOperation>(prefix: &str) -> Vec<String> {
    let entries = fs::read_dir(examples_of(O::INFO)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(prefix)).collect()
}

/// The client reads every example of a value, and the server writes it byte for byte.
fn responses<O: ServerOperation>(request: &O) {
    let id = O::INFO.id;
    let documented = [O::INFO.success, O::INFO.outcomes].concat();
    let mut names = examples::<O>("outcome-");
    names.push("response.http".to_owned());
    for name in names {
        let example: Response<Bytes> = read::<O>(&name).response().unwrap();
        let response = RawResponse::new(example.status(), example.body());
        let response = request
            .decode(&response)
            .unwrap_or_else(|why| panic!("{id} {name}: {why:?}"));
        let status = example.status().as_u16();
        assert!(documented.contains(&status), "{id} {name}");
        let written = O::encode_response(&response);
        assert_same(&written, &example, &format!("{id} {name}"));
        let again = request
            .decode(&RawResponse::new(written.status(), written.body()))
            .unwrap();
        assert_eq!(again, response, "{id} {name}");
    }
}

/// The client reads every example of an error, and the server writes it.
fn errors<O: ServerOperation>(request: &O) {
    let id = O::INFO.id;
    for name in examples::<O>("error-") {
        let example: Response<Bytes> = read::<O>(&name).response().unwrap();
        let response = RawResponse::new(example.status(), example.body());
        match request.decode(&response) {
            Err(ResponseError::Status {
                status, message, ..
            }) => {
                assert!(O::INFO.errors.contains(&status.code()), "{id} {name}");
                let written = O::encode_error(&ServiceError::new(status.code(), message));
                assert_same(&written, &example, &format!("{id} {name}"));
            }
            other => panic!("{id} {name}: {other:?}"),
        }
    }
}

/// What is written is the example. An id that the example leaves empty, and the
/// client fills in, may be filled in here.
fn assert_same(written: &Response<Bytes>, example: &Response<Bytes>, what: &str) {
    assert_eq!(written.status(), example.status(), "{what}");
    let kind = |message: &Response<Bytes>| {
        let value = message.headers().get("content-type")?.to_str().unwrap();
        Some(value.split(';').next().unwrap().to_owned())
    };
    assert_eq!(kind(written), kind(example), "{what}");
    let empty = b"Id\":\"\"";
    if example.body().windows(empty.len()).any(|at| at == empty) {
        let (written, example) = (without_ids(written.body()), without_ids(example.body()));
        assert_eq!(written, example, "{what}");
    } else {
        assert_eq!(written.body(), example.body(), "{what}");
    }
}

/// The text without what stands between the quotes after `Id":`.
fn without_ids(body: &[u8]) -> String {
    let text = std::str::from_utf8(body).unwrap();
    let mut parts = text.split("Id\":\"");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |kept, part| {
        let (_, rest) = part.split_once('"').unwrap();
        format!("{kept}Id\":\"\"{rest}")
    })
}

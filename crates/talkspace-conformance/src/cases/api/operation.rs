//! `api/operation/*`: each operation against a mock of the service.

use bytes::Bytes;
use http::Response;
use http1_conformance::Case;
use http1_conformance::case::{CaseContext, CaseEnd, Verdict, chain};
use serde_json::{Map, Value};
use talkspace_core::codec::{RawResponse, ResponseError};
use talkspace_core::server::{ServerOperation, ServiceError};

use crate::core::client;
use crate::mock::{MockApi, compare};
use crate::parameters::Values;

pub(super) fn case<O: ServerOperation>() -> Case {
    Case::must(
        format!("api/operation/{}", O::INFO.id),
        "the service gets the documented request, once, and its documented response is decoded",
    )
    .per("the spec of the API")
    .cause(
        "the adapter changes the method, the target, the form or the response, or sends it twice",
    )
    .run(run::<O>)
}

fn run<O: ServerOperation>(context: &CaseContext) -> Verdict {
    let values = Values::sample(O::INFO);
    let (operation, _) = values.encode::<O>("127.0.0.1").map_err(CaseEnd::Broken)?;
    let (response, expected) = sample_response(&operation).map_err(CaseEnd::Broken)?;
    let mock = MockApi::start(values.clone(), &response)
        .map_err(|error| CaseEnd::Broken(format!("no mock could be started: {error}")))?;
    let client = client(context, &mock.address().to_string())?;
    let mut problems = Vec::new();
    match client.send(operation) {
        Ok(response) if response == expected => {}
        Ok(response) => problems.push(format!("the response is {response:?}, not {expected:?}")),
        Err(error) => problems.extend(chain(&error)),
    }
    drop(client);
    let received = mock.received();
    if received.len() != 1 {
        let count = received.len();
        problems.push(format!("{count} requests arrived where one was sent"));
    }
    for request in &received {
        problems.extend(compare(&values, request));
    }
    CaseEnd::unless_empty(problems)
}

/// A response with a value in each member, as the service would write it, and
/// what the operation decodes from it.
fn sample_response<O: ServerOperation>(
    operation: &O,
) -> Result<(Response<Bytes>, O::Response), String> {
    let status = O::INFO.success.first().copied().unwrap_or(200);
    // An error response has the operation's own envelope, with its members empty.
    let mut draft = O::encode_error(&ServiceError::new(status, "sample"));
    fill(&mut draft)?;
    let response = decode(operation, &draft)?;
    let response = O::encode_response(&response);
    let expected = decode(operation, &response)?;
    Ok((response, expected))
}

fn decode<O: ServerOperation>(
    operation: &O,
    response: &Response<Bytes>,
) -> Result<O::Response, String> {
    operation
        .decode(&RawResponse::new(response.status(), response.body()))
        .map_err(|rejection| match rejection {
            ResponseError::Decode { reason, .. } => format!("no sample of a response: {reason}"),
            other => format!("no sample of a response: {other:?}"),
        })
}

/// Puts a sample where the text of a response is empty.
fn fill(draft: &mut Response<Bytes>) -> Result<(), String> {
    let Ok(mut document) = serde_json::from_slice::<Map<String, Value>>(draft.body()) else {
        // Plain text is one value, and has no members.
        *draft.body_mut() = Bytes::from_static(b"sample");
        return Ok(());
    };
    for fields in document.values_mut().filter_map(Value::as_object_mut) {
        for (name, value) in fields {
            match value {
                Value::String(text) if text.is_empty() => *text = format!("sample/{name}"),
                Value::Array(list) => list.extend(["one", "two"].map(Value::from)),
                _ => {}
            }
        }
    }
    *draft.body_mut() = serde_json::to_vec(&document)
        .map_err(|error| error.to_string())?
        .into();
    Ok(())
}

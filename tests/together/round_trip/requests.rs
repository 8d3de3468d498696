//! Request → wire → the server's decode.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, Uri};
use proptest::collection::vec;
use proptest::prelude::{
    BoxedStrategy, Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof,
};
use proptest::string::string_regex;
use proptest::test_runner::TestCaseResult;
use proptest::{option, sample};
use talkspace_core::codec::Target;
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};
use talkspace_core::server::dispatch;
use talkspace_core::server::{Parameters, ServerOperation, segments};
use talkspace_core::transport::Body;
use talkspace_core::{AppKey, BaseUrl, MediaFile};
use talkspace_tests::BASE_URL;

use super::texts::sendable;
use super::{holds, must};
use crate::routes::{Nothing, assert_routed};

const BOUNDARY: &str = "round-trip";

/// What there is for each parameter of an operation; `None` where it is left out.
pub(crate) type Values = Vec<Option<Value>>;

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// One, or several where there may be.
    Texts(Vec<String>),
    File {
        name: String,
        content: Vec<u8>,
    },
}

pub(crate) fn values(info: &'static OperationInfo) -> impl Strategy<Value = Values> {
    info.parameters
        .iter()
        .map(|parameter| value(info, parameter))
        .collect::<Vec<_>>()
}

fn value(info: &OperationInfo, parameter: &'static ParameterInfo) -> BoxedStrategy<Option<Value>> {
    let path = parameter.location == ParameterLocation::Path;
    // A path cannot carry these.
    let dots = move |text: &String| path && matches!(text.as_str(), "." | "..");
    let texts = match parameter.kind {
        ParameterKind::Text | ParameterKind::Secret | ParameterKind::AppKey => sendable().boxed(),
        ParameterKind::Integer => {
            let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
            let range = parameter.least.unwrap_or(least)..=parameter.most.unwrap_or(most);
            range.prop_map(|number| number.to_string()).boxed()
        }
        ParameterKind::Flag => Just("true".to_owned()).boxed(),
        ParameterKind::Phone => regex("1[2-9][0-9]{9}"),
        ParameterKind::Choice(words) => sample::select(words).prop_map(str::to_owned).boxed(),
        ParameterKind::Joined(separator) => {
            let part = sendable().prop_map(move |text| text.replace(separator, "_"));
            vec(part, 1..4)
                .prop_map(move |parts| parts.join(&separator.to_string()))
                .boxed()
        }
        ParameterKind::Url => url(info.path),
        ParameterKind::File => return file().prop_map(Some).boxed(),
        kind => panic!("{kind:?} is new: say what its values are"),
    };
    let texts = texts.prop_filter("a dot segment", move |text| !dots(text));
    let texts = texts.prop_map(|text| within(parameter, text));
    let count = if parameter.repeated { 1..4 } else { 1..2 };
    let values = vec(texts, count).prop_map(Value::Texts);
    // A flag that is not set is left out, so it is optional in any case.
    if parameter.required && parameter.kind != ParameterKind::Flag {
        values.prop_map(Some).boxed()
    } else {
        option::of(values).boxed()
    }
}

/// The text with as many characters as there may be.
fn within(parameter: &ParameterInfo, text: String) -> String {
    if parameter.kind != ParameterKind::Text {
        return text;
    }
    let bound = |bound: Option<i64>| bound.and_then(|bound| usize::try_from(bound).ok());
    let (least, most) = (bound(parameter.least), bound(parameter.most));
    let missing = least.unwrap_or(0).saturating_sub(text.chars().count());
    let text = text + &"-".repeat(missing);
    text.chars().take(most.unwrap_or(usize::MAX)).collect()
}

fn regex(pattern: &str) -> BoxedStrategy<String> {
    string_regex(pattern).unwrap().boxed()
}

/// A whole URL that leads to a path of the operation. A fragment is not sent.
fn url(path: &str) -> BoxedStrategy<String> {
    const SEGMENT: &str = r"[A-Za-z0-9]([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}){0,12}";
    let mut pattern = concat!(
        r"https?://([a-z][a-z0-9-]{0,8}\.example|192\.0\.2\.[1-9]|\[2001:db8::[1-9a-f]\])",
        r"(:[1-9][0-9]{0,3})?",
    )
    .to_owned();
    for segment in segments(path) {
        let variable = segment.starts_with('{');
        pattern = format!("{pattern}/{}", if variable { SEGMENT } else { &segment });
    }
    pattern.push_str(r"/?(\?[a-z0-9=&/?%]{0,12})?");
    regex(&pattern)
}

/// A file, whose content may look like the form that it is in.
fn file() -> BoxedStrategy<Value> {
    let piece = prop_oneof![
        vec(any::<u8>(), 0..32),
        sample::select(
            &[
                "\r\n",
                "\r",
                "--",
                "\r\n--",
                "\r\n--round-tri",
                "ID3\r\n\r\n",
                "--round-tri--"
            ][..]
        )
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let end = format!("--{BOUNDARY}");
    let contents = vec(piece, 0..6)
        .prop_map(|pieces| pieces.concat())
        // Boundaries are random, so that this does not happen.
        .prop_filter("the boundary", move |content| {
            !content.windows(end.len()).any(|at| at == end.as_bytes())
        });
    // A quote travels as `%22`, as in browsers, and a backslash as `%5C`;
    // neither is read back.
    let names = sendable().prop_map(|name| name.replace(['"', '\\'], "'"));
    (names, contents)
        .prop_map(|(name, content)| Value::File { name, content })
        .boxed()
}

/// What a server would have found, had a request with these values come.
fn parameters(info: &OperationInfo, values: &Values) -> Parameters {
    let mut form = Vec::new();
    let mut texts = Vec::new();
    for (parameter, value) in info.parameters.iter().zip(values) {
        match value {
            None => {}
            Some(Value::Texts(all)) => texts.extend(all.iter().map(|text| (parameter, text))),
            Some(Value::File { name, content }) => {
                let head = format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{name}\"\r\n\r\n",
                    parameter.name
                );
                form.extend_from_slice(head.as_bytes());
                form.extend_from_slice(content);
                form.extend_from_slice(b"\r\n");
            }
        }
    }
    form.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = Request::post("/").header(CONTENT_TYPE, content_type);
    let mut parameters = Parameters::of(&request.body(form.into()).unwrap()).unwrap();
    for (parameter, text) in texts {
        parameters.push(parameter.location, parameter.name, text);
    }
    parameters
}

/// The typed request with these values.
pub(crate) fn typed<O: ServerOperation>(values: &Values) -> O {
    O::from_parameters(&parameters(O::INFO, values)).unwrap()
}

/// A key to send, whether the operation takes one or not.
fn app_key(info: &OperationInfo, values: &Values) -> AppKey {
    let mut pairs = info.parameters.iter().zip(values);
    let key = pairs.find_map(|(parameter, value)| match value {
        Some(Value::Texts(texts)) if parameter.kind == ParameterKind::AppKey => {
            texts.first().map(String::as_str)
        }
        _ => None,
    });
    AppKey::from(key.unwrap_or("none"))
}

/// The request as it comes to a server: its target is a path, and the host is a header.
fn message(request: Request<Body>) -> Request<Bytes> {
    let (mut parts, body) = request.into_parts();
    let host = parts.uri.authority().unwrap().as_str().parse().unwrap();
    parts.headers.insert(HOST, host);
    parts.uri = Uri::from(parts.uri.path_and_query().unwrap().clone());
    Request::from_parts(parts, body.read_to_bytes().unwrap())
}

/// What a server finds in a request of the operation.
fn arrived(info: &OperationInfo, scheme: &str, message: &Request<Bytes>) -> Parameters {
    let mut parameters = Parameters::of(message).unwrap();
    if let Some(url) = info
        .parameters
        .iter()
        .find(|it| it.location == ParameterLocation::Url)
    {
        let host = message.headers().get(HOST).unwrap().to_str().unwrap();
        let url_of_request = format!("{scheme}://{host}{}", message.uri());
        parameters.push(ParameterLocation::Url, url.name, url_of_request);
        return parameters;
    }
    for (name, value) in segments(info.path)
        .iter()
        .zip(segments(message.uri().path()))
    {
        match name
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => parameters.push(ParameterLocation::Path, name, value),
            None => assert_eq!(*name, value, "{}", message.uri()),
        }
    }
    parameters
}

pub(super) fn law<O: ServerOperation>() -> Result<(), String> {
    holds(values(O::INFO), |values| check::<O>(&values))
}

fn check<O: ServerOperation>(values: &Values) -> TestCaseResult {
    let info = O::INFO;
    let sent: O = typed(values);
    let target = Target::new(BaseUrl::parse(BASE_URL).unwrap(), app_key(info, values))
        .with_boundary(BOUNDARY)
        .with_any_media_host();
    let request = must("encode", sent.encode(&target))?;
    let scheme = request.uri().scheme_str().unwrap().to_owned();
    let message = message(request);
    let arrived = arrived(info, &scheme, &message);

    let read = must("decode", O::from_parameters(&arrived))?;
    prop_assert_eq!(read, sent);
    prop_assert_eq!(message.method(), &info.method);
    prop_assert_eq!(arrived.get(ParameterLocation::Form, "action"), info.action);
    // Both sides could agree to lose something.
    for (parameter, value) in info.parameters.iter().zip(values) {
        let (place, name) = (parameter.location, parameter.name);
        match value {
            None => prop_assert_eq!(arrived.get(place, name), None),
            Some(Value::Texts(texts)) => {
                let values = arrived.values();
                let values = values.filter(|(at, found, _)| (*at, *found) == (place, name));
                prop_assert!(values.map(|(_, _, value)| value).eq(texts), "{name}");
            }
            Some(Value::File {
                name: file_name,
                content,
            }) => {
                let file = MediaFile::unchecked(Bytes::from(content.clone())).file_name(file_name);
                prop_assert_eq!(must("file", arrived.file(name))?, file);
            }
        }
    }

    // Everything found its way: a service that does nothing has nothing to complain of.
    assert_routed(&dispatch(&Nothing, &message), info.envelope, info.id);
    Ok(())
}

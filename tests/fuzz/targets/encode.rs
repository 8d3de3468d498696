//! Any text in every parameter of every operation: parsers that are not ours
//! see one request, at the operation's path, with the parameters and nothing
//! else; or it is rejected.

#![no_main]

use std::str;
use std::sync::LazyLock;

use http::Request;
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use talkspace_core::codec::Target;
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};
use talkspace_core::server::{OperationVisitor, visit_operations};
use talkspace_core::server::{Parameters, ServerOperation};
use talkspace_core::transport::Body;
use talkspace_core::{AppKey, BaseUrl};
use talkspace_fuzz::KEY;
use url::Url;

const HOST: &str = "127.0.0.1";

type Law = fn(&mut Unstructured<'_>) -> Result<()>;

struct Laws(Vec<Law>);

impl OperationVisitor for Laws {
    fn visit<O: ServerOperation>(&mut self) {
        let is_file = |parameter: &ParameterInfo| parameter.kind == ParameterKind::File;
        // A form of several parts has a target of its own.
        if !O::INFO.parameters.iter().any(is_file) {
            self.0.push(law::<O>);
        }
    }
}

static LAWS: LazyLock<Vec<Law>> = LazyLock::new(|| {
    let mut laws = Laws(Vec::new());
    visit_operations(&mut laws);
    laws.0
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let mut input = Unstructured::new(bytes);
    let tried = input.choose(&LAWS).copied();
    match tried.and_then(|law| law(&mut input)) {
        Ok(()) => Corpus::Keep,
        Err(_) => Corpus::Reject,
    }
});

/// A parameter that is sent, and its value.
type Value = (&'static ParameterInfo, String);

fn law<O: ServerOperation>(input: &mut Unstructured<'_>) -> Result<()> {
    let mut values = Vec::new();
    for parameter in O::INFO.parameters {
        if let Some(value) = value(parameter, input)? {
            values.push((parameter, value));
        }
    }
    let mut parameters = Parameters::default();
    let mut key = KEY;
    for (parameter, value) in &values {
        parameters.push(parameter.location, parameter.name, value);
        if parameter.kind == ParameterKind::AppKey {
            key = value;
        }
    }
    let base = BaseUrl::parse(&format!("http://{HOST}")).expect("a base URL");
    let target = Target::new(base, AppKey::from(key));
    // What a server would not take, a client does not make.
    let encoded = O::from_parameters(&parameters)
        .ok()
        .and_then(|operation| operation.encode(&target).ok());
    match encoded {
        Some(request) => judge(O::INFO, &values, &request),
        None => assert!(!values.iter().all(is_sendable), "rejected: {values:?}"),
    }
    Ok(())
}

/// A value that the parameter takes: any text, where it takes text.
fn value(parameter: &ParameterInfo, input: &mut Unstructured<'_>) -> Result<Option<String>> {
    if !parameter.required && !input.arbitrary::<bool>()? {
        return Ok(None);
    }
    Ok(Some(match parameter.kind {
        ParameterKind::Integer => input.arbitrary::<i32>()?.to_string(),
        ParameterKind::Flag => "true".to_owned(),
        ParameterKind::Phone => format!(
            "1{}",
            input.int_in_range(2_000_000_000..=9_999_999_999_u64)?
        ),
        ParameterKind::Choice(words) => (*input.choose(words)?).to_owned(),
        _ => input.arbitrary::<&str>()?.to_owned(),
    }))
}

/// Whether there is a request that carries the value.
fn is_sendable((parameter, value): &Value) -> bool {
    let rejected = match parameter.kind {
        // Some are rejected: other schemes, other hosts.
        ParameterKind::Url => true,
        ParameterKind::Joined(separator) => value.split(separator).any(str::is_empty),
        _ => false,
    };
    let dots =
        parameter.location == ParameterLocation::Path && matches!(value.as_str(), "." | "..");
    // `http` takes URLs of 65,534 bytes.
    let long = parameter.location != ParameterLocation::Form && value.len() > 10_000;
    !(rejected || dots || long || value.is_empty() || value.chars().any(char::is_control))
}

/// Reads the request as others do.
fn judge(info: &OperationInfo, values: &[Value], request: &Request<Body>) {
    let url = request.uri().to_string();
    let url = Url::parse(&url).expect("a URL parser reads the URL");
    assert_eq!(url.host_str(), Some(HOST));
    assert_eq!((url.username(), url.password()), ("", None));

    let head = head(request);
    let mut headers = [httparse::EMPTY_HEADER; 8];
    let mut parsed = httparse::Request::new(&mut headers);
    assert_eq!(
        parsed.parse(&head),
        Ok(httparse::Status::Complete(head.len()))
    );
    assert_eq!(parsed.method, Some(info.method.as_str()));
    assert_eq!(parsed.headers.len(), request.headers().len());

    let body = request.body().read_to_bytes().expect("a body in memory");
    if values
        .iter()
        .any(|(parameter, _)| parameter.location == ParameterLocation::Url)
    {
        assert!(body.is_empty());
        return;
    }
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    // A URL parser folds dot segments and takes backslashes for slashes.
    assert_eq!(parsed.path, Some(target));
    assert_eq!(url.fragment(), None);
    judge_path(info, values, &url);
    let query = pairs(values, ParameterLocation::Query);
    assert_eq!(url.query_pairs().into_owned().collect::<Vec<_>>(), query);
    assert_eq!(by_urlencoding(url.query().unwrap_or_default()), query);

    let mut form = pairs(values, ParameterLocation::Form);
    if let Some(action) = info.action {
        form.insert(0, ("action".to_owned(), action.to_owned()));
    }
    let found: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
    assert_eq!(found, form);
    let body = str::from_utf8(&body).expect("a form is text");
    assert_eq!(by_urlencoding(body), form);
}

/// The head of a message, as every adapter writes it.
fn head(request: &Request<Body>) -> Vec<u8> {
    let target = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let mut head = format!("{} {target} HTTP/1.1\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn judge_path(info: &OperationInfo, values: &[Value], url: &Url) {
    let template: Vec<_> = info.path.trim_start_matches('/').split('/').collect();
    let segments: Vec<_> = url.path_segments().expect("a path").collect();
    assert_eq!(segments.len(), template.len(), "{url}");
    for (segment, name) in segments.into_iter().zip(template) {
        let name = name
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
            .ok_or(name);
        let wanted = match name {
            Err(literal) => literal,
            Ok(name) => values
                .iter()
                .find(|(parameter, _)| {
                    parameter.location == ParameterLocation::Path && parameter.name == name
                })
                .map(|(_, value)| value.as_str())
                .expect("every parameter of a path has a value"),
        };
        let found = urlencoding::decode(segment).expect("UTF-8");
        assert_eq!(found, wanted);
    }
}

fn pairs(values: &[Value], place: ParameterLocation) -> Vec<(String, String)> {
    values
        .iter()
        .filter(|(parameter, _)| parameter.location == place)
        // That is how it is left out.
        .filter(|(parameter, value)| !(parameter.or_empty && value.is_empty()))
        .map(|(parameter, value)| (parameter.name.to_owned(), value.clone()))
        .collect()
}

fn by_urlencoding(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        urlencoding::decode(&text).expect("UTF-8").into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

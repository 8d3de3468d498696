//! Every public type that could show a secret is made with one, and shown.

use std::any::type_name;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, StatusCode};
use talkspace_core::codec::{RawResponse, Target};
use talkspace_core::response::RequestUploadGrantResponse;
use talkspace_core::server::{Parameters, Reading, ServiceError};
use talkspace_core::sure::UploadTo;
use talkspace_core::transport::{Exchange, blocking_transport_fn, transport_fn};
use talkspace_core::unversioned::{Attempts, Step};
use talkspace_core::{
    AppKey, BaseUrl, BlockingClient, ChangePhone, Client, CreateTalkspace, GrantId, Limits,
    ListTalkspaces, MediaFile, Operation, PhoneNumber, PollOptions, Register, RequestOptions,
    RequestUploadGrant, RetryBudget, Sure, UploadMedia,
};
use talkspace_sandbox::view::NeverSo;
use talkspace_sandbox::{Fault, Sandbox, Wanted, Watch};

use crate::sentinel::{GRANT, Heap, KEY, PHONE};

/// Types of which there is nothing to see, and why.
const HARMLESS: &[(&str, &[&str])] = &[
    (
        "a word or a number of this library",
        &[
            "BadParameter",
            "BuildError",
            "CallState",
            "Delivery",
            "Effect",
            "ErrorKind",
            "Event",
            "EventKind",
            "Failure",
            "FailureKind",
            "GivenUp",
            "Habit",
            "InvalidBaseUrl",
            "InvalidClient",
            "InvalidMediaFile",
            "InvalidPhoneNumber",
            "InvalidRecording",
            "InvalidRequest",
            "InvalidRequestId",
            "InvalidRequestKind",
            "InvalidSeed",
            "Limit",
            "Limits",
            "Line",
            "Missed",
            "NoLook",
            "OperationInfo",
            "ParameterInfo",
            "ParameterKind",
            "ParameterLocation",
            "Phase",
            "PollOptions",
            "Rate",
            "RequestId",
            "ResetError",
            "RestoreError",
            "RetryReason",
            "Served",
            "SpentBody",
            "Status",
            "SureOptions",
            "TalkspaceState",
            "Time",
            "WavError",
        ],
    ),
    (
        "it holds no text",
        &["CancelGuard", "CancelToken", "Clock", "Fake", "FileSource"],
    ),
    (
        "the requests of this test end in it",
        &[
            "Error",
            "Response",
            "TransportError",
            "HyperTransport",
            "HttpTransport",
        ],
    ),
    (
        "it shows that it is there, and no more",
        &[
            "BlockingMediaBody",
            "BlockingResponseBody",
            "BlockingTransportFn",
            "BodyPart",
            "BodyPiece",
            "BodyReader",
            "BodyStream",
            "Connector",
            "MediaBody",
            "Progress",
            "ResponseBody",
            "SourceRead",
            "StreamRead",
        ],
    ),
    (
        "its secret is another of these types",
        &[
            "Before",
            "BlockingClient",
            "Candidate",
            "Download",
            "Given",
            "Listed",
            "NotReceived",
            "Place",
        ],
    ),
];

/// The types that were shown.
struct Shown {
    heap: Heap,
    names: BTreeSet<String>,
}

impl Shown {
    fn add<T: Debug>(&mut self, value: &T) {
        let name = type_name::<T>().split('<').next().unwrap_or_default();
        let name = name.rsplit("::").next().unwrap_or_default().to_owned();
        self.heap.debug(&name, value);
        self.names.insert(name);
    }
}

#[test]
fn no_type_shows_a_secret() {
    let mut shown = Shown {
        heap: Heap::default(),
        names: BTreeSet::new(),
    };
    show_core(&mut shown);
    show_clients(&mut shown);
    show_sandbox(&mut shown);
    show_recording(&mut shown);
    let leaks = shown.heap.leaks();
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        leaks.join("\n")
    );

    let harmless = HARMLESS.iter().flat_map(|(_, names)| names.iter());
    let known: BTreeSet<String> = harmless
        .map(|name| (*name).to_owned())
        .chain(shown.names)
        .collect();
    let forgotten: Vec<_> = public_types().difference(&known).cloned().collect();
    assert!(
        forgotten.is_empty(),
        "show these, or say why not: {forgotten:?}"
    );
}

fn show_core(shown: &mut Shown) {
    let phone: PhoneNumber = PHONE.parse().unwrap();
    shown.add(&AppKey::new(KEY));
    shown.add(&GrantId::new(GRANT));
    shown.add(&phone);
    shown.add(&BaseUrl::parse("https://sandbox.example").unwrap());
    shown.add(&RetryBudget::new());
    shown.add(&RequestOptions::default());
    let target = Target::new(
        BaseUrl::parse("https://sandbox.example").unwrap(),
        KEY.into(),
    );
    shown.add(&target);

    let sound: &[u8] = &[0xFF, 0xFB, 0x90, 0x64];
    let file = MediaFile::mp3(sound).unwrap();
    shown.add(&file);
    show_request(shown, &target, ListTalkspaces::new());
    show_request(shown, &target, CreateTalkspace::new("eta"));
    show_request(shown, &target, Register::new("eta").phone(phone.clone()));
    show_request(shown, &target, ChangePhone::new("eta", phone));
    let upload = UploadMedia::new(GRANT, file);
    show_request(shown, &target, upload.clone());
    show_request(shown, &target, UploadTo::new("6e6a", upload));
    show_request(shown, &target, RequestUploadGrant::new("6e6a"));
    shown.add(&RequestUploadGrantResponse::new(GRANT));

    let said = format!(r#"{{"ErrorResponse":{{"message":"no {KEY}","status":400}}}}"#);
    let response = RawResponse::new(StatusCode::BAD_REQUEST, said.as_bytes());
    shown.add(&response);
    shown.add(&ListTalkspaces::new().decode(&response).unwrap_err());
    shown.add(&ServiceError::new(400, "no"));

    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("appkey", KEY)
        .append_pair("grant", GRANT)
        .append_pair("phone", PHONE)
        .finish();
    let request = Request::post(format!("http://localhost/x?{form}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .unwrap();
    shown.add(&Parameters::of(&request).unwrap());
    // In the midst of the last value.
    let (head, form) = request.into_parts();
    let mut reading = Reading::begin(&head.uri, &head.headers).unwrap();
    reading.take(form.slice(..form.len() - 1)).unwrap();
    shown.add(&reading);
}

/// What has all of it in its hands, and writes none of it.
fn show_recording(shown: &mut Shown) {
    use talkspace_core::recording::{Recorder, Replay};

    let file = talkspace_tests::root().join(format!("target/leaks-{}.jsonl", std::process::id()));
    let recorder = Recorder::new(fs::File::create(&file).unwrap()).unwrap();
    let said = format!("{KEY} {PHONE} {GRANT}");
    let transport = blocking_transport_fn(move |_| Ok(http::Response::new(said.clone().into())));
    let transport = recorder.wrap(transport);
    shown.add(&transport);
    let builder = BlockingClient::builder("https://sandbox.example", KEY);
    let client = builder.build_blocking(transport).unwrap();
    let phone: PhoneNumber = PHONE.parse().unwrap();
    let sound: &[u8] = &[0xFF, 0xFB, 0x90, 0x64];
    let _ = client.send(UploadMedia::new(GRANT, MediaFile::mp3(sound).unwrap()));
    let _ = client.send(ChangePhone::new("eta", phone.clone()));
    shown.add(&recorder);
    let text = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();
    shown.heap.add(
        "a recording",
        text.lines().skip(2).collect::<String>().as_str(),
    );

    let replay = Replay::read(text.as_bytes()).unwrap();
    let builder = BlockingClient::builder(replay.base_url(), KEY);
    let client = builder.build_blocking(replay.clone()).unwrap();
    let _ = client.send(Register::new("eta").phone(phone));
    let error = replay.finish().unwrap_err();
    let talkspace_core::recording::ReplayError::Other { came, .. } = &error else {
        unreachable!("{error:?}");
    };
    shown.add(&**came);
    shown.add(&error);
    shown.add(&replay);
}

fn show_request<O: Operation>(shown: &mut Shown, target: &Target, operation: O) {
    shown.add(&operation);
    let request = operation.encode(target).unwrap();
    shown.add(request.body());
    shown.add(&request.body().cursor());
    shown.add(&Exchange::new(request, Limits::default()));
    let now = Instant::now();
    let target = Arc::new(target.clone());
    let mut attempts = Attempts::new(
        operation,
        target,
        RequestOptions::default(),
        RetryBudget::new(),
        now,
        1,
    );
    let next = attempts.next(now);
    assert!(matches!(next, Step::Exchange(_)));
    shown.add(&next);
    shown.add(&attempts);
}

fn show_clients(shown: &mut Shown) {
    let url = "https://sandbox.example";
    let transport = transport_fn(|_| async { Ok(http::Response::new(Bytes::new())) });
    shown.add(&transport);
    let builder = Client::builder(url, KEY);
    shown.add(&builder);
    shown.add(&builder.build(transport).unwrap());
    shown.add(&talkspace_hyper::HyperTransport::builder());
    shown.add(&talkspace_hyper::HyperTransport::new());
    shown.add(&talkspace_blocking::HttpTransport::builder());
    let transport = talkspace_blocking::HttpTransport::new();
    shown.add(&transport);
    let builder = talkspace_blocking::Client::builder(url, KEY);
    shown.add(&builder.build_blocking(transport).unwrap());

    let granted = format!(
        r#"{{"UploadResponse":{{"message":"","status":201,"grantId":{GRANT:?},"uri":""}}}}"#
    );
    let transport = blocking_transport_fn(move |_| Ok(http::Response::new(granted.clone().into())));
    let builder = talkspace_blocking::Client::builder(url, KEY);
    let client = builder.build_blocking(transport).unwrap();
    let granted = client.send_surely(RequestUploadGrant::new("6e6a"), PollOptions::default());
    assert!(matches!(granted, Sure::Applied { .. }), "{granted:?}");
    shown.add(&granted);
}

fn show_sandbox(shown: &mut Shown) {
    let builder = Sandbox::builder()
        .app_key(KEY)
        .person("eta", PHONE)
        .media("hello");
    shown.add(&builder);
    let sandbox = builder.build().unwrap();
    shown.add(&sandbox);
    shown.add(&sandbox.transport());
    shown.add(&sandbox.save());
    let watch = sandbox.watch();
    show_telephone(shown, &sandbox);
    show_views(shown, &sandbox, watch);
    shown.add(&Sandbox::builder().app_key(KEY).start().unwrap());
}

/// One that rings, answered where nothing can be said.
fn show_telephone(shown: &mut Shown, sandbox: &Sandbox) {
    let client = BlockingClient::builder(Sandbox::IN_MEMORY_URL, KEY)
        .build_blocking(sandbox.transport())
        .unwrap();
    let eta = sandbox.telephone("eta").unwrap();
    client.send(CreateTalkspace::new("eta")).unwrap();
    let call = eta.rings().unwrap();
    let wanted = call.wanted().unwrap();
    let Wanted::Ring { why, .. } = &wanted else {
        unreachable!("{wanted:?}");
    };
    shown.add(why);
    shown.add(&wanted);
    show_requests(shown, sandbox, &client);
    shown.add(&call.press_1().unwrap_err());
    shown.add(&call);
    shown.add(&eta);
}

fn show_views(shown: &mut Shown, sandbox: &Sandbox, mut watch: Watch) {
    for event in watch.events().unwrap() {
        shown.add(&event.what);
        shown.add(&event);
    }
    shown.add(&watch);
    let seen = sandbox.snapshot();
    seen.people.iter().for_each(|person| shown.add(person));
    seen.calls.iter().for_each(|call| shown.add(call));
    for room in &seen.talkspaces {
        room.people.iter().for_each(|other| shown.add(other));
        shown.add(room);
    }
    for media in &seen.media {
        shown.add(media.origin.as_ref().unwrap());
        shown.add(media);
    }
    let json = serde_json::to_string(&seen).unwrap();
    shown.heap.add("a snapshot as JSON", &json);
    shown.add(&NeverSo::new(Duration::ZERO, seen.clone()));
    shown.add(&seen);
}

/// What is kept of requests, those with secrets among them.
fn show_requests(shown: &mut Shown, sandbox: &Sandbox, client: &BlockingClient) {
    client
        .send(ChangePhone::new("eta", PHONE.parse().unwrap()))
        .unwrap_err();
    let file = MediaFile::mp3(Bytes::from_static(&[0xff, 0xfb, 0x90, 0])).unwrap();
    client.send(UploadMedia::new(GRANT, file)).unwrap_err();
    client.send(CreateTalkspace::new("nobody")).unwrap_err();
    let log = sandbox.request_log(0);
    shown.add(&log);
    for received in &log.entries {
        shown.add(received);
        received.hint().into_iter().for_each(|hint| shown.add(hint));
        shown.add(&received.parameters());
    }
    shown.add(&sandbox.requests::<UploadMedia>());
    let fault = Fault::status(429).person("eta");
    shown.add(&fault);
    shown.add(&sandbox.fault::<Register>(fault));
}

/// The names of the public types in the sources of what is published. The
/// generated ones derive `Debug` from their fields, whose types are here.
fn public_types() -> BTreeSet<String> {
    let crates = talkspace_tests::root().join("crates");
    let mut names = BTreeSet::new();
    for name in ["core", "hyper", "blocking", "sandbox"] {
        for file in sources(&crates.join(format!("talkspace-{name}/src"))) {
            let text = fs::read_to_string(file).unwrap();
            let declared = text.lines().filter_map(|line| {
                line.strip_prefix("pub struct ")
                    .or_else(|| line.strip_prefix("pub enum "))
            });
            names.extend(declared.map(|rest| {
                let end = rest
                    .find(|c: char| !c.is_alphanumeric())
                    .unwrap_or(rest.len());
                rest[..end].to_owned()
            }));
        }
    }
    assert!(names.len() > 50, "{names:?}");
    names
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("request") {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

/// A panic message with one of these shows no more than its `Debug`.
#[test]
fn a_panic_shows_no_secret() {
    let target = Target::new(
        BaseUrl::parse("https://sandbox.example").unwrap(),
        KEY.into(),
    );
    let request = ListTalkspaces::new().encode(&target).unwrap();
    let exchange = Exchange::new(request, Limits::default());
    let message = std::thread::spawn(move || panic!("unexpected: {exchange:?} {target:?}"))
        .join()
        .unwrap_err();
    let mut heap = Heap::default();
    heap.add("a panic", message.downcast_ref::<String>().unwrap());
    assert!(heap.leaks().is_empty(), "{:?}", heap.leaks());
}

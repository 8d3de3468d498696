//! No event and no span has anything of a request or of a response in it: for
//! every operation, past every way in which an exchange ends.

use std::fmt::Write;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use talkspace_core::codec::Operation;
use talkspace_core::observe::{Event, Observer};
use talkspace_core::operation::{ParameterInfo, ParameterKind};
use talkspace_core::server::{OperationVisitor, Parameters, ServerOperation, visit_operations};
use talkspace_core::transport::TransportError;
use talkspace_core::{
    BlockingClient, FailureKind, MediaFile, OPERATIONS, Phase, RequestOptions, UploadMedia,
};

use crate::capture::Capture;
use crate::picture::picture;
use crate::scripted::{Ends, Scripted};

/// What every text of a request begins with, or is.
const SECRETS: [&str; 2] = ["SENTINEL", "4159876543"];
const PHONE: &str = "14159876543";

/// Keeps what it is told, as text.
#[derive(Default)]
struct Told(Mutex<String>);

impl Observer for Told {
    fn on(&self, event: &Event<'_>) {
        let mut told = self.0.lock().unwrap();
        writeln!(told, "{event:?}\n{event:#?}").unwrap();
    }
}

/// A value that would stand out, where the parameter takes one.
fn value(parameter: &ParameterInfo) -> String {
    match parameter.kind {
        ParameterKind::Integer => "7".to_owned(),
        ParameterKind::Flag => "true".to_owned(),
        ParameterKind::Phone => PHONE.to_owned(),
        ParameterKind::Choice(words) => words[0].to_owned(),
        ParameterKind::Url => "https://talkspace.example/SENTINEL-file?k=SENTINEL".to_owned(),
        _ => format!("SENTINEL-{}", parameter.name),
    }
}

/// All the ways in which an exchange ends, each of which repeats all.
fn ends() -> Vec<Result<Response<Bytes>, TransportError>> {
    let said = format!("SENTINEL-appkey SENTINEL-networkid {PHONE}");
    let envelope = format!(
        r#"{{"ConferenceResponse":{{"status":502,"message":"{said}","conferenceId":"{said}"}}}}"#
    );
    let response = |status: u16, body: &str| {
        Response::builder()
            .status(status)
            .header("location", format!("https://SENTINEL.example/{PHONE}"))
            .header("x-request-id", "SENTINEL-id")
            .header("server", &said)
            .body(Bytes::from(body.to_owned()))
            .unwrap()
    };
    let failed = |kind: FailureKind| {
        let source = io::Error::other(said.clone());
        TransportError::maybe_sent(kind).with_source(source)
    };
    let statuses = [200, 201, 204, 302, 307, 400, 404, 429, 500, 502, 503];
    let mut ends: Vec<_> = statuses
        .into_iter()
        .flat_map(|status| [response(status, &said), response(status, &envelope)])
        .map(Ok)
        .collect();
    ends.extend([FailureKind::Closed, FailureKind::Tls].map(|kind| Err(failed(kind))));
    ends.push(Err(TransportError::timeout(Phase::Head)));
    ends
}

#[derive(Default)]
struct Sender {
    operations: usize,
    seen: String,
    spans: usize,
}

impl Sender {
    fn send<O: Operation>(&mut self, operation: &O) {
        for with in ends() {
            let last = Response::new(Bytes::new());
            let transport = Scripted::new([with, Ok(last)].map(|with| Ends {
                after: Duration::from_millis(1),
                reused: true,
                with,
            }));
            let told = Arc::new(Told::default());
            let client = BlockingClient::builder("https://talkspace.example", "SENTINEL-appkey")
                .options(RequestOptions::default().max_retries(1))
                .greeting_id("SENTINEL-greeting")
                .request_id_header("x-request-id")
                .observer(Arc::clone(&told))
                .build_blocking(transport.clone())
                .unwrap()
                .with_header("authorization", "Bearer SENTINEL-token")
                .with_context("SENTINEL-context".to_owned());
            let capture = Capture::new(move || transport.time());
            let (sent, items) = capture.of(|| client.send(operation.clone()));
            drop(sent);
            self.spans += items.iter().filter(|item| !item.is_event).count();
            for item in items {
                writeln!(self.seen, "{item}").unwrap();
            }
            self.seen.push_str(&told.0.lock().unwrap());
        }
        self.operations += 1;
    }
}

impl OperationVisitor for Sender {
    fn visit<O: ServerOperation>(&mut self) {
        let mut parameters = Parameters::default();
        for parameter in O::INFO.parameters {
            if parameter.kind == ParameterKind::File {
                let file = MediaFile::mp3(&[0xFF, 0xFB, 0x90, 0x64][..]).unwrap();
                return self.send(&UploadMedia::new("SENTINEL-grant", file));
            }
            parameters.push(parameter.location, parameter.name, value(parameter));
        }
        match O::from_parameters(&parameters) {
            Ok(operation) => self.send(&operation),
            Err(error) => panic!("{}: {error}", O::INFO.id),
        }
    }
}

#[test]
fn nothing_of_a_request_or_a_response_is_seen() {
    let mut sender = Sender::default();
    visit_operations(&mut sender);
    assert_eq!(sender.operations, OPERATIONS.len());
    // A request and an attempt at least, of each operation in each way.
    let least = 2 * OPERATIONS.len() * ends().len();
    assert!(sender.spans >= least, "{} spans", sender.spans);
    let hidden = |seen: &str| {
        for secret in SECRETS {
            if let Some(at) = seen.find(secret) {
                let around = seen.get(at.saturating_sub(200)..at + 40);
                panic!("{secret} is seen: {}", around.unwrap_or_default());
            }
        }
    };
    hidden(&sender.seen);
    hidden(&picture());
    // It would be noticed.
    assert!(ends().iter().any(|end| match end {
        Ok(response) => String::from_utf8_lossy(response.body()).contains(SECRETS[0]),
        Err(_) => false,
    }));
}

//! Any response to every operation: no panic; what is decoded can be written
//! and read again; what is not says no more than it should.

#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use bytes::Bytes;
use http::StatusCode;
use libfuzzer_sys::{Corpus, fuzz_target};
use talkspace_core::codec::{RawResponse, ResponseError, Target};
use talkspace_core::server::ServerOperation;
use talkspace_core::server::{OperationVisitor, visit_operations};
use talkspace_core::unversioned::{Attempts, Step};
use talkspace_core::{AppKey, BaseUrl, RequestOptions, RetryBudget};
use talkspace_fuzz::{KEY, response, sample};

/// The most bytes that a byte of a body becomes when it is written again:
/// a bare control character in plain text, none; in JSON, `\u0000`.
const GROWTH: usize = 6;
/// The most bytes that are written around them: every key of an envelope, and
/// the ids that the request knows.
const AROUND: usize = 1024;
/// The longest reason of a client's own.
const REASON: usize = 256;
/// How much of a body an error keeps.
const KEPT: usize = 4096;

type Law = Box<dyn Fn(StatusCode, &[u8]) + Send + Sync>;

struct Laws(Vec<Law>);

impl OperationVisitor for Laws {
    fn visit<O: ServerOperation>(&mut self) {
        let request: O = sample();
        self.0.push(Box::new(move |status, body| {
            decode(&request, status, body, &[]);
            if !O::INFO.already.is_empty() {
                decode(&request, status, body, O::INFO.already);
            }
            send(&request, status, body);
        }));
    }
}

static LAWS: LazyLock<Vec<Law>> = LazyLock::new(|| {
    let mut laws = Laws(Vec::new());
    visit_operations(&mut laws);
    laws.0
});

static TARGET: LazyLock<Arc<Target>> = LazyLock::new(|| {
    let base = BaseUrl::parse("http://127.0.0.1").expect("a base URL");
    Arc::new(Target::new(base, AppKey::new(KEY)))
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((status, body)) = response(bytes) else {
        return Corpus::Reject;
    };
    LAWS.iter().for_each(|law| law(status, body));
    Corpus::Keep
});

/// The reader alone.
fn decode<O: ServerOperation>(request: &O, status: StatusCode, body: &[u8], accepted: &[u16]) {
    let read = |body| request.decode(&RawResponse::new(status, body).accepting(accepted));
    match read(body) {
        // A 204 is written without what was in it.
        Ok(_) if status == StatusCode::NO_CONTENT => {}
        Ok(response) => {
            let written = O::encode_response(&response);
            assert_eq!(written.status(), status);
            assert!(written.body().len() <= GROWTH * body.len() + AROUND);
            // The first time, a status may have been added.
            let again = read(written.body()).expect("what was read can be read again");
            let twice = O::encode_response(&again);
            assert_eq!(twice.body(), written.body());
            assert_eq!(read(twice.body()).as_ref(), Ok(&again));
        }
        Err(ResponseError::Status {
            status: both,
            message,
            ..
        }) => {
            assert_eq!(both.http(), status.as_u16());
            assert!(!both.is_success());
            assert!(message.len() <= body.len());
        }
        Err(ResponseError::Decode {
            status: both,
            reason,
            ..
        }) => {
            assert_eq!(both.http(), status.as_u16());
            assert!(reason.len() <= REASON);
        }
        Err(other) => panic!("{other:?} is new"),
    }
}

/// The reader inside a request with its attempts, and the error that comes of it.
fn send<O: ServerOperation>(request: &O, status: StatusCode, body: &[u8]) {
    let now = Instant::now();
    let policy = RequestOptions::default().max_retries(0);
    let target = Arc::clone(&TARGET);
    let mut attempts = Attempts::new(request.clone(), target, policy, RetryBudget::new(), now, 7);
    assert!(matches!(attempts.next(now), Step::Exchange(_)));
    let mut response = http::Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = status;
    attempts.received(now, Ok(response));
    let Step::Done(result) = attempts.next(now) else {
        panic!("a request without retries goes on");
    };
    let bare = request.decode(&RawResponse::new(status, body));
    match result {
        Ok(response) => {
            let shown = format!("{:?}", response.body);
            assert!(!shown.contains(KEY));
            // Masks stand where secrets did; everything else is as it came.
            if !["[app key]", "[secret]"]
                .iter()
                .any(|mask| shown.contains(mask))
            {
                assert_eq!(Ok(response.body), bare);
            }
        }
        Err(error) => {
            assert_eq!(error.status(), bare.err().map(|error| error.status()));
            assert!(error.body().is_none_or(|kept| kept.len() <= KEPT));
            assert!(!format!("{error} {error:?}").contains(KEY));
        }
    }
}

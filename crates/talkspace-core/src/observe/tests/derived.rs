//! What a derived client and a setting of the builder add: a token, a context, ids.

use std::sync::{Arc, Mutex};

use super::script::{Script, failing, responding};
use super::{Told, builder, options};
use crate::observe::{Event, EventKind, Observer};
use crate::{
    BlockingClient, CancelToken, Delivery, Download, FailureKind, GetVersion, InvalidClient,
};

#[test]
fn a_cancellation_is_an_end() {
    let told = Arc::new(Told::default());
    let client = builder(&told).build_blocking(Script::new(&[])).unwrap();
    let cancel = CancelToken::new();
    cancel.cancel();
    assert!(client.with_cancel(&cancel).send(GetVersion::new()).is_err());
    assert_eq!(
        told.lines()[2..],
        [
            "attempt ended: cancelled, not_sent, after 0ns",
            "given up: final",
            "finished: cancelled, not_sent, 1 attempts, after 0ns",
        ]
    );
}

/// What an application hangs on its requests.
struct Job(u32);

#[derive(Default)]
struct Jobs(Mutex<Vec<Option<u32>>>);

impl Observer for Jobs {
    fn on(&self, event: &Event<'_>) {
        if let EventKind::Finished { .. } = event.kind {
            assert!(event.context::<String>().is_none(), "it is of another type");
            let job = event.context::<Job>().map(|job| job.0);
            self.0.lock().unwrap().push(job);
        }
    }
}

#[test]
fn the_context_of_the_application_comes_along() {
    let jobs = Arc::new(Jobs::default());
    let client = BlockingClient::builder("https://a.example", "key")
        .observer(Arc::clone(&jobs))
        .build_blocking(Script::new(&[]))
        .unwrap();
    let (seven, eight) = (client.with_context(Job(7)), client.with_context(Job(8)));
    for client in [&seven, &client, &eight, &seven.with_options(options())] {
        client.send(GetVersion::new()).unwrap();
    }
    assert_eq!(*jobs.0.lock().unwrap(), [Some(7), None, Some(8), Some(7)]);
}

#[test]
fn an_id_goes_out_with_every_attempt_and_stands_in_all() {
    let told = Arc::new(Told::default());
    let script = Script::new(&[(); 3].map(|()| failing(FailureKind::Connect, Delivery::NotSent)));
    let client = builder(&told)
        .request_id_header("x-request-id")
        .build_blocking(script.clone())
        .unwrap();
    let error = client.send(GetVersion::new()).unwrap_err();
    let id = error.client_request_id().unwrap();
    let events = std::mem::take(&mut *told.events.lock().unwrap());
    assert!(events.iter().all(|(_, told)| *told == Some(id)));
    let seen = script.seen();
    assert_eq!(seen.len(), 3);
    for (_, headers) in seen {
        assert_eq!(headers["x-request-id"], id.to_string());
    }
    assert_eq!(
        error.to_string(),
        format!("getVersion: could not connect; nothing was sent (3 attempts, request id {id})")
    );

    client.send(GetVersion::new()).unwrap();
    let (_, other) = told.events.lock().unwrap()[0];
    assert_ne!(other, Some(id), "the next request has another");
}

#[test]
fn an_id_goes_to_the_service_alone() {
    let files = [responding(200, "ID3"), responding(200, "ID3")];
    let script = Script::new(&files);
    let client = BlockingClient::builder("https://a.example", "key")
        .media_host("b.example")
        .request_id_header("X-Trace")
        .build_blocking(script.clone())
        .unwrap();
    for host in ["a.example", "b.example"] {
        let url = format!("https://{host}/audio/1.mp3");
        let download = Download::new(url);
        client.download(download, &mut Vec::new()).unwrap();
    }
    let sent = script.seen().into_iter();
    let sent: Vec<_> = sent
        .map(|(host, headers)| (host, headers.contains_key("x-trace")))
        .collect();
    let expected = [("a.example", true), ("b.example", false)];
    assert_eq!(sent, expected.map(|(host, has)| (host.to_owned(), has)));
}

#[test]
fn a_name_that_cannot_be_sent_builds_no_client() {
    for name in ["", "two words", "host", "Content-Length"] {
        let builder = BlockingClient::builder("https://a.example", "key");
        let built = builder
            .request_id_header(name)
            .build_blocking(Script::new(&[]));
        assert_eq!(built.err(), Some(InvalidClient::RequestIdHeader), "{name}");
    }
}

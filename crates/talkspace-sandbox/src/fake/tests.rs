//! Each operation can be faked, and gets what a client sends.

use talkspace_core::response::{AddToTalkspaceResponse, CreateTalkspaceResponse};
use talkspace_core::server::{OperationVisitor, visit_operations};
use talkspace_core::{
    AddToTalkspace, BlockingClient, CloseTalkspace, CreateTalkspace, HangUp, ListMedia, OPERATIONS,
};

use super::*;

fn client(fake: Fake) -> BlockingClient {
    BlockingClient::builder("https://talkspace.example", "key")
        .build_blocking(fake.blocking_transport())
        .unwrap()
}

#[test]
fn the_closure_of_the_operation_responds_and_no_other() {
    let client = client(
        Fake::new()
            .on(|create: CreateTalkspace| {
                Ok(CreateTalkspaceResponse::new(create.network_id.as_str()))
            })
            .on(|add: AddToTalkspace| Ok(AddToTalkspaceResponse::new(add.conference_id)))
            .on(|_: HangUp| Err(ServiceError::new(401, "eta is elsewhere")))
            .on(|_: HangUp| Err(ServiceError::new(500, "the first counts"))),
    );
    let created = client.send(CreateTalkspace::new("eta")).unwrap();
    assert_eq!(created.conference_id, "eta");
    let added = client.send(AddToTalkspace::new("a/b", "eta")).unwrap();
    assert_eq!(added.conference_id, "a/b");
    let error = client.send(HangUp::new("1", "eta")).unwrap_err();
    assert_eq!(error.message(), Some("eta is elsewhere"));
    for error in [
        client.send(CloseTalkspace::new("1")).unwrap_err(),
        client.send(ListMedia::new()).unwrap_err(),
    ] {
        assert_eq!(error.status().map(|status| status.code()), Some(501));
    }
}

#[test]
fn a_request_that_cannot_be_read_reaches_no_closure() {
    let fake = Fake::new().on(|_: CreateTalkspace| Err(ServiceError::new(500, "it did")));
    for (method, path, form, status) in [
        ("POST", "/api/rest/conference", "appkey=k", 400),
        ("POST", "/api/rest/conference", "networkid=eta", 400),
        ("PUT", "/api/rest/conference", "", 405),
        ("GET", "/nowhere", "", 404),
        (
            "POST",
            "/api/rest/conference",
            "appkey=k&networkid=eta",
            500,
        ),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(form.into());
        let response = fake.respond(&request.unwrap());
        assert_eq!(response.status(), status, "{method} {path} {form}");
    }
}

/// Every operation has a closure that fails with 418.
#[derive(Default)]
struct All(Fake);

impl OperationVisitor for All {
    fn visit<O: ServerOperation>(&mut self) {
        let fake = std::mem::take(&mut self.0);
        self.0 = fake.on(|_: O| Err(ServiceError::new(418, "faked")));
    }
}

#[test]
fn every_operation_can_be_faked() {
    let mut all = All::default();
    visit_operations(&mut all);
    let shown = format!("{:?}", all.0);
    assert!(
        OPERATIONS.iter().all(|info| shown.contains(info.id)),
        "{shown}"
    );
    assert_eq!(all.0.operations.len(), OPERATIONS.len());
}

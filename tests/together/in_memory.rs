//! The transport without a socket agrees with those that have one: the same
//! requests to equal sandboxes give the same outcomes, in both flavours.

use std::fs;

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use talkspace_blocking::HttpTransport;
use talkspace_core::operation::ParameterLocation;

use talkspace_core::server::{OperationVisitor, ServerOperation, visit_operations};
use talkspace_core::{BlockingClient, Client, Error, OPERATIONS};
use talkspace_hyper::HyperTransport;
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder, Server};
use talkspace_tests::{Message, examples_of, parameters_of};
use tokio::runtime::Runtime;

use crate::round_trip::requests;

const KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
/// Requests of each operation with random values.
const CASES: usize = 4;

/// A sandbox like every other that is made here.
fn sandbox() -> SandboxBuilder {
    Sandbox::builder()
        .examples()
        .clock(Clock::frozen())
        .public_url(Sandbox::IN_MEMORY_URL)
        .seed(7)
}

/// Four clients, each of a sandbox of its own.
struct Clients {
    in_memory: BlockingClient,
    in_memory_async: Client,
    blocking: BlockingClient,
    hyper: Client,
    runtime: Runtime,
    _servers: [Server; 2],
    agreed: usize,
    succeeded: usize,
}

impl Clients {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let servers = [sandbox().start().unwrap(), sandbox().start().unwrap()];
        let url = |server: &Server| server.url();
        Self {
            in_memory: BlockingClient::builder(Sandbox::IN_MEMORY_URL, KEY)
                .build_blocking(sandbox().build().unwrap().transport())
                .unwrap(),
            in_memory_async: Client::builder(Sandbox::IN_MEMORY_URL, KEY)
                .build(sandbox().build().unwrap().transport())
                .unwrap(),
            blocking: BlockingClient::builder(url(&servers[0]), KEY)
                .build_blocking(HttpTransport::new())
                .unwrap(),
            hyper: Client::builder(url(&servers[1]), KEY)
                .build(HyperTransport::new())
                .unwrap(),
            runtime,
            _servers: servers,
            agreed: 0,
            succeeded: 0,
        }
    }
}

fn told<R: std::fmt::Debug>(outcome: Result<R, Error>) -> String {
    match outcome {
        Ok(response) => format!("{response:?}"),
        Err(error) => format!("{error}, {:?}", error.status()),
    }
}

/// Whether an operation goes to a whole URL: that leads to one server, so it cannot be
/// the same for all.
fn goes_to_a_url<O: ServerOperation>() -> bool {
    let mut parameters = O::INFO.parameters.iter();
    parameters.any(|parameter| parameter.location == ParameterLocation::Url)
}

impl OperationVisitor for Clients {
    fn visit<O: ServerOperation>(&mut self) {
        if goes_to_a_url::<O>() {
            return;
        }
        let example = fs::read_to_string(examples_of(O::INFO).join("request.http")).unwrap();
        let request = Message::parse(&example).unwrap().request().unwrap();
        let operation = O::from_parameters(&parameters_of(O::INFO, &request).unwrap()).unwrap();

        self.agree(&operation);
    }
}

impl Clients {
    /// Sends one request by each client.
    fn agree<O: ServerOperation>(&mut self, operation: &O) {
        let expected = self.in_memory.send(operation.clone());
        self.succeeded += usize::from(expected.is_ok());
        let expected = told(expected);
        let asynchronous = self
            .runtime
            .block_on(self.in_memory_async.send(operation.clone()));
        assert_eq!(told(asynchronous), expected, "in memory, async");
        let blocking = self.blocking.send(operation.clone());
        assert_eq!(told(blocking), expected, "over a socket, blocking");
        let hyper = self.runtime.block_on(self.hyper.send(operation.clone()));
        assert_eq!(told(hyper), expected, "over a socket, async");
        self.agreed += 1;
    }
}

#[test]
fn every_operation_has_the_same_outcome_with_and_without_a_socket() {
    let mut clients = Clients::new();
    visit_operations(&mut clients);
    assert!(clients.agreed >= OPERATIONS.len() - 1);
    assert!(
        clients.succeeded >= 8,
        "only {} succeeded",
        clients.succeeded
    );
}

/// Values that nobody thought of, of each operation.
struct AnyValues {
    clients: Clients,
    runner: TestRunner,
}

impl OperationVisitor for AnyValues {
    fn visit<O: ServerOperation>(&mut self) {
        for _ in 0..CASES {
            if !goes_to_a_url::<O>() {
                let values = requests::values(O::INFO).new_tree(&mut self.runner);
                let operation: O = requests::typed(&values.unwrap().current());
                self.clients.agree(&operation);
            }
        }
    }
}

/// Of an operation that a sandbox does not have, the outcome is 501.
#[test]
fn any_request_has_the_same_outcome_with_and_without_a_socket() {
    let mut all = AnyValues {
        clients: Clients::new(),
        runner: TestRunner::default(),
    };
    visit_operations(&mut all);
    assert!(all.clients.agreed >= (OPERATIONS.len() - 1) * CASES);
}

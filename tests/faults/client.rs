//! The two clients, each with a proxy between it and a sandbox of its own.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use talkspace_blocking::HttpTransport;
use talkspace_conformance::wire::Tls;
use talkspace_core::server::{ServerOperation, ServiceError};
use talkspace_core::sure::SureRequest;
use talkspace_core::transport::{
    BlockingResponseBody, BlockingTransport, Exchange, ResponseBody, Transport, TransportError,
};
use talkspace_core::{
    BlockingClient, CancelToken, Client, Error, Limits, Operation, PollOptions, RequestOptions,
    Response, Sure, SureOptions,
};
use talkspace_hyper::HyperTransport;
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder, Server};
use tokio::runtime::Runtime;

use crate::fault::Fault;
use crate::meanwhile::{Event, Meanwhile};
use crate::proxy::{self, Proxy, own_address};

/// Longer than any exchange takes on a machine that has much else to do.
const LONG: Duration = Duration::from_secs(60);

/// The async clients' connections live here.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Engine {
    Hyper,
    Blocking,
}

impl Engine {
    pub(crate) const BOTH: [Self; 2] = [Self::Hyper, Self::Blocking];
}

/// A transport that has the next fault armed before each exchange.
struct Armed<T> {
    transport: T,
    proxy: Arc<Proxy>,
    meanwhile: Arc<Meanwhile>,
}

impl<T> Armed<T> {
    fn begin(&self) {
        self.proxy.settle();
        self.meanwhile.exchange();
        self.proxy.begin();
    }

    fn told<R>(&self, outcome: Result<R, TransportError>) -> Result<R, TransportError> {
        outcome.inspect_err(|error| self.proxy.claim(error))
    }
}

#[async_trait]
impl Transport for Armed<HyperTransport> {
    async fn exchange(
        &self,
        exchange: Exchange,
    ) -> Result<http::Response<ResponseBody>, TransportError> {
        // It waits for threads of others; the connections of this client are
        // driven by the runtime's own.
        self.begin();
        self.told(self.transport.exchange(exchange).await)
    }

    async fn sleep(&self, duration: Duration) {
        if !self.meanwhile.skips(duration) {
            self.transport.sleep(duration).await;
        }
    }

    fn now(&self) -> Instant {
        self.transport.now() + self.meanwhile.skipped()
    }
}

impl BlockingTransport for Armed<HttpTransport> {
    fn exchange(
        &self,
        exchange: Exchange,
        cancel: &CancelToken,
    ) -> Result<http::Response<BlockingResponseBody>, TransportError> {
        self.begin();
        self.told(self.transport.exchange(exchange, cancel))
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        if !self.meanwhile.skips(duration) {
            self.transport.sleep(duration, cancel);
        }
    }

    fn now(&self) -> Instant {
        self.transport.now() + self.meanwhile.skipped()
    }
}

enum AnyClient {
    Hyper(Client),
    Blocking(BlockingClient),
}

/// A client as an application has it, which trusts the conformance suite's root.
pub(crate) enum Plain {
    Hyper(Client),
    Blocking(BlockingClient),
}

impl Plain {
    pub(crate) fn new(engine: Engine, url: &str) -> Self {
        let (key, roots) = (SandboxBuilder::EXAMPLE_APP_KEY, Tls::roots_pem());
        match engine {
            Engine::Hyper => {
                let transport = HyperTransport::builder().only_root_certificates_pem(roots);
                let client = Client::builder(url, key).build(transport.build().unwrap());
                Self::Hyper(client.unwrap())
            }
            Engine::Blocking => {
                let transport = HttpTransport::builder().only_root_certificates_pem(roots);
                let transport = transport.build().unwrap();
                let client = BlockingClient::builder(url, key).build_blocking(transport);
                Self::Blocking(client.unwrap())
            }
        }
    }

    pub(crate) fn send<O: Operation>(&self, operation: O) -> Result<O::Response, Error> {
        match self {
            Self::Hyper(client) => RUNTIME.block_on(client.send(operation)),
            Self::Blocking(client) => client.send(operation),
        }
    }
}

/// A client, a proxy and a sandbox whose clock stands still.
pub(crate) struct Rig {
    proxy: Arc<Proxy>,
    meanwhile: Arc<Meanwhile>,
    client: AnyClient,
    server: Server,
    /// The timeout of a client that finds an end only by its own limits.
    pub(crate) timeout: Duration,
}

/// What became of a request, and the truth about it.
#[derive(Debug)]
pub(crate) struct Told<R> {
    pub(crate) outcome: Result<Response<R>, Error>,
    pub(crate) exchanges: Vec<proxy::Exchange>,
    /// How often the sandbox did the operation.
    pub(crate) applied: u64,
    /// How often telephones rang meanwhile.
    pub(crate) rings: u64,
}

/// What became of a sure request, and the truth about it.
#[derive(Debug)]
pub(crate) struct Surely<O: SureRequest> {
    pub(crate) verdict: Sure<O>,
    pub(crate) exchanges: Vec<proxy::Exchange>,
    /// How often the sandbox did the operation, whoever sent it.
    pub(crate) applied: u64,
    /// How often telephones rang meanwhile, whoever had them ring.
    pub(crate) rings: u64,
}

impl<R> Told<R> {
    /// How many bytes of requests reached the proxy.
    pub(crate) fn arrived(&self) -> usize {
        self.exchanges.iter().map(|exchange| exchange.arrived).sum()
    }
}

impl Rig {
    /// Everybody whose telephone may ring. The last two are not registered.
    pub(crate) const PEOPLE: [&str; 6] = [
        "eta",
        "@theta",
        "no-answer",
        "unreachable",
        "iota/kappa",
        "lambda+1@example.com",
    ];

    pub(crate) fn new(engine: Engine) -> Self {
        let (proxy, meanwhile) = (Arc::new(Proxy::new()), Arc::new(Meanwhile::default()));
        let server = Sandbox::builder()
            .examples()
            .person("no-answer", "14151239878")
            .person("unreachable", "14151239879")
            .clock(Clock::frozen())
            .public_url(proxy.url())
            .seed(7)
            .listen((own_address(), 0))
            .unwrap();
        proxy.forward_to(server.local_addr(), server.sandbox().clone());
        let key = SandboxBuilder::EXAMPLE_APP_KEY;
        // Roots of its own: those of the platform take long to load.
        let roots = Tls::roots_pem();
        let client = match engine {
            Engine::Hyper => {
                let transport = HyperTransport::builder().only_root_certificates_pem(roots);
                let transport = Armed {
                    transport: transport.build().unwrap(),
                    proxy: Arc::clone(&proxy),
                    meanwhile: Arc::clone(&meanwhile),
                };
                let client = Client::builder(proxy.url(), key).seed(7).build(transport);
                AnyClient::Hyper(client.unwrap())
            }
            Engine::Blocking => {
                let transport = HttpTransport::builder().only_root_certificates_pem(roots);
                let transport = Armed {
                    transport: transport.build().unwrap(),
                    proxy: Arc::clone(&proxy),
                    meanwhile: Arc::clone(&meanwhile),
                };
                let builder = BlockingClient::builder(proxy.url(), key).seed(7);
                AnyClient::Blocking(builder.build_blocking(transport).unwrap())
            }
        };
        Self {
            proxy,
            meanwhile,
            client,
            server,
            timeout: Duration::from_millis(25),
        }
    }

    /// A client with no proxy and no socket before the sandbox.
    pub(crate) fn direct(&self) -> BlockingClient {
        BlockingClient::builder(Sandbox::IN_MEMORY_URL, SandboxBuilder::EXAMPLE_APP_KEY)
            .build_blocking(self.sandbox().transport())
            .unwrap()
    }

    /// Where the client believes the service to be.
    pub(crate) fn url(&self) -> String {
        self.proxy.url()
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.server.sandbox()
    }

    /// Sends, with a fault for each exchange; those beyond pass.
    ///
    /// The options are the default ones, but for backoff and limits.
    pub(crate) fn send<O: ServerOperation>(
        &self,
        operation: O,
        faults: &[Fault],
    ) -> Told<O::Response> {
        let options = self.options(faults);
        let (applied, rings) = self.done::<O>();
        self.proxy.script(faults.iter().cloned(), error_body::<O>);
        let outcome = match &self.client {
            AnyClient::Hyper(client) => {
                RUNTIME.block_on(client.with_options(options).response_to(operation))
            }
            AnyClient::Blocking(client) => client.with_options(options).response_to(operation),
        };
        let exchanges = self.proxy.end();
        let (applied_now, rings_now) = self.done::<O>();
        Told {
            outcome,
            exchanges,
            applied: applied_now - applied,
            rings: rings_now - rings,
        }
    }

    /// The limits are short where nothing else ends the exchange, and long
    /// everywhere else.
    fn options(&self, faults: &[Fault]) -> RequestOptions {
        let mut limits = Limits::default();
        (
            limits.connect_timeout,
            limits.response_timeout,
            limits.read_timeout,
        ) = (LONG, LONG, LONG);
        if faults.iter().any(Fault::stalls) {
            (limits.response_timeout, limits.read_timeout) = (self.timeout, self.timeout);
        }
        if faults.contains(&Fault::NeverAccept) {
            limits.connect_timeout = self.timeout;
        }
        let moment = Duration::from_micros(50);
        RequestOptions::default()
            .backoff(moment, moment)
            .timeout(LONG * 3)
            .limits(limits)
    }

    /// Sends surely, in the same way; before each exchange these events happen.
    pub(crate) fn send_surely<O: SureRequest>(
        &self,
        request: O,
        faults: &[Fault],
        before: Vec<Vec<Event>>,
        exclusive: bool,
        error_body: fn(u16) -> Bytes,
    ) -> Surely<O> {
        let options = self.options(faults);
        let backoff = Duration::from_secs(20);
        let polling = PollOptions::default().backoff(backoff, backoff);
        let mut sure = SureOptions::from(polling);
        sure.exclusive = exclusive;
        let (applied, rings) = self.done::<O>();
        self.proxy.script(faults.iter().cloned(), error_body);
        let sandbox = self.sandbox().clone();
        // Phones are answered while the client waits.
        self.meanwhile
            .script(before, move || sandbox.advance(Duration::from_secs(2)));
        let verdict = match &self.client {
            AnyClient::Hyper(client) => {
                RUNTIME.block_on(client.with_options(options).send_surely(request, sure))
            }
            AnyClient::Blocking(client) => client.with_options(options).send_surely(request, sure),
        };
        self.meanwhile.end();
        let exchanges = self.proxy.end();
        let (applied_now, rings_now) = self.done::<O>();
        Surely {
            verdict,
            exchanges,
            applied: applied_now - applied,
            rings: rings_now - rings,
        }
    }

    /// Has arrive what is still on its way.
    pub(crate) fn arrival(&self) -> Event {
        let proxy = Arc::clone(&self.proxy);
        Box::new(move || proxy.arrive())
    }

    fn done<O: Operation>(&self) -> (u64, u64) {
        let sandbox = self.sandbox();
        let rings = Self::PEOPLE.iter().map(|id| sandbox.rings(*id)).sum();
        (sandbox.applied::<O>(), rings)
    }
}

pub(crate) fn error_body<O: ServerOperation>(status: u16) -> Bytes {
    O::encode_error(&ServiceError::new(status, "not now")).into_body()
}

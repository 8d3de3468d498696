//! A connector of the application's own.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use talkspace_net::Target;
use tokio::io::{AsyncRead, AsyncWrite};

/// A byte stream that a connector made.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

type Connecting = Pin<Box<dyn Future<Output = io::Result<Box<dyn Stream>>> + Send>>;

/// Makes the connections of a transport, for
/// [`connector`](crate::TransportBuilder::connector): to a Unix socket, into a
/// tunnel, over a network of a test.
///
/// It gives a byte stream to the host and port of a [`Target`]; TLS, and the
/// dialogue with a proxy, are the transport's own. The transport drops what it
/// does not wait for any more. It waits as long as `connect_timeout` and the
/// deadline allow.
///
/// A stream that is no TCP socket is used like one, with two differences: before
/// an idle connection is used again the transport polls it for reading, where it
/// peeks at a socket; and what the peer has yet to acknowledge of a large request
/// cannot be known, so that `response_timeout` begins when the stream has taken it
/// all. `poll_flush` must not be ready before all that was written is on its way.
///
/// ```
/// use talkspace_hyper::{Client, Connector, CreateTalkspace, HyperTransport};
/// use tokio::net::TcpStream;
/// # use talkspace_sandbox::{Sandbox, SandboxBuilder};
///
/// # let server = Sandbox::start()?;
/// # let (address, key) = (server.local_addr(), SandboxBuilder::EXAMPLE_APP_KEY);
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// // Whatever the URL says, the service is reached at this address.
/// let connector = Connector::new(move |_target| TcpStream::connect(address));
/// let transport = HyperTransport::builder().connector(connector).build()?;
/// # let url = server.url();
/// let client = Client::builder(url, key).build(transport)?;
/// client.send(CreateTalkspace::new("eta")).await?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Connector(Arc<dyn Fn(Target) -> Connecting + Send + Sync>);

impl Connector {
    /// A connector that awaits what `connect` returns, once for each connection.
    pub fn new<F, S>(connect: impl Fn(Target) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = io::Result<S>> + Send + 'static,
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        Self(Arc::new(move |target| {
            let connecting = connect(target);
            Box::pin(async { Ok(Box::new(connecting.await?) as Box<dyn Stream>) })
        }))
    }

    pub(crate) async fn connect(&self, target: Target) -> io::Result<Box<dyn Stream>> {
        (self.0)(target).await
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}

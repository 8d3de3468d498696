//! Shows the spans of two requests on standard output, with `tracing-subscriber`.
//!
//! ```sh
//! cargo run --bin talkspace -- sandbox    # in another terminal
//! export TALKSPACE_BASE_URL=http://127.0.0.1:8080
//! export TALKSPACE_APP_KEY=11111111-2222-3333-4444-555555555555
//! cargo run -p talkspace-hyper --features tracing --example tracing
//! ```

use std::error::Error;

use talkspace_hyper::{Client, GetTalkspace, GetVersion, HyperTransport};
use tracing_subscriber::fmt::format::FmtSpan;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    // A line for each span that ends. In production: `tracing-opentelemetry`, whose fields they have.
    tracing_subscriber::fmt()
        .with_span_events(FmtSpan::CLOSE)
        .init();

    let url = std::env::var("TALKSPACE_BASE_URL")?;
    let key = std::env::var("TALKSPACE_APP_KEY")?;
    let client = Client::builder(url.as_str(), key)
        .request_id_header("x-request-id")
        .build(HyperTransport::new())?;
    client.send(GetVersion::new()).await?;
    // An error is in its span too: there is no such TalkSpace.
    let unknown = client.send(GetTalkspace::new("0000")).await;
    assert!(unknown.is_err());
    Ok(())
}

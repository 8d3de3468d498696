//! A server that wants a certificate of the client.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use rustls::ServerConfig;
use rustls::version::{TLS12, TLS13};
use talkspace_core::transport::TransportError;
use talkspace_core::{Delivery, FailureKind};

use super::peer::{Peer, Script, script};
use super::tls::{Authority, url};
use super::{chain, fail, fail_once_it_ended, get, post};

fn told(error: &TransportError) -> Vec<String> {
    chain(error).iter().map(ToString::to_string).collect()
}

/// How a server leaves that has rejected the client.
#[derive(Clone, Copy, Debug)]
enum Leaves {
    AfterTheClient,
    AtOnce,
    /// As the system does where bytes of the client were not read.
    ByReset,
}

use Leaves::{AfterTheClient, AtOnce, ByReset};

/// Expects no handshake, and then tells so, when it is gone unless it waits for that.
fn rejecting(config: Arc<ServerConfig>, leaves: Leaves, end: Sender<()>) -> Script {
    script(move |mut socket| {
        assert!(socket.handshake(&config).is_err());
        match leaves {
            AfterTheClient => {
                let _ = end.send(());
                socket.read_to_close();
            }
            AtOnce => drop(socket),
            ByReset => socket.reset(),
        }
        let _ = end.send(());
    })
}

/// In TLS 1.3 the client is done with the handshake before the server has judged
/// its certificate, and has sent the request then.
#[tokio::test]
async fn reads_no_request_without_it_and_says_why() {
    let authority = Authority::called("ours");
    let foreign = Authority::called("theirs").client_pem();
    let namesake = Authority::called("ours").client_pem();
    for (version, client, why) in [
        (
            &TLS13,
            None,
            "the server wants a client certificate, and got none",
        ),
        (
            &TLS13,
            Some(&foreign),
            "the server does not trust the issuer of the client certificate",
        ),
        (
            &TLS13,
            Some(&namesake),
            "the server cannot verify the client certificate",
        ),
        (&TLS12, None, "wants a client certificate"),
        (
            &TLS12,
            Some(&foreign),
            "the server does not trust the issuer of the client certificate",
        ),
    ] {
        let transport = match client {
            None => authority.trusting(),
            Some(client) => authority.trusting_with(client),
        };
        for round in 0..18 {
            let config = authority.demanding(version);
            let leaves = [AfterTheClient, AtOnce, ByReset][round % 3];
            let peer = Peer::with([rejecting(config, leaves, channel().0)]);
            let url = url(&peer, "localhost");
            let exchange = match round % 2 {
                0 => get(&url),
                // More than the system takes at once.
                _ => post(&url, vec![7; 8 << 20]),
            };
            let error = fail(&transport, exchange).await;
            let told = told(&error);
            assert_eq!(error.kind(), FailureKind::Tls, "{leaves:?} {told:?}");
            assert_eq!(error.delivery(), Delivery::NotSent, "{leaves:?} {told:?}");
            assert!(
                told.iter().any(|line| line.contains(why)),
                "{leaves:?} {told:?}"
            );
            peer.done().await;
        }
    }
}

#[tokio::test]
async fn may_have_ended_the_handshake_before_the_request_is_sent() {
    let authority = Authority::new();
    for leaves in [AfterTheClient, AtOnce, ByReset] {
        let transport = authority.trusting();
        let config = authority.demanding(&TLS13);
        let peer = Peer::with([rejecting(config, leaves, channel().0)]);
        let exchange = get(&url(&peer, "localhost"));
        let error = fail_once_it_ended(&transport, exchange).await;
        let told = told(&error);
        assert_eq!(error.kind(), FailureKind::Tls, "{told:?}");
        assert_eq!(error.delivery(), Delivery::NotSent, "{told:?}");
        assert!(told[1].contains("wants a client certificate"), "{told:?}");
        peer.done().await;
    }
}

//! Header fields of a client, on the wire of both transports: with every attempt,
//! and to the service alone.

use talkspace_blocking::HttpTransport;
use talkspace_conformance::wire::{Peer, Plan, Script};
use talkspace_core::{BlockingClient, Client, Download, GetVersion};
use talkspace_hyper::HyperTransport;

const NAME: &str = "x-trace-id";
const ID: &str = "4bf92f35";

fn response(status: &str, body: &str) -> Script {
    let length = body.len();
    Script::serve(format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    ))
}

/// How often the field is in each of the requests that came.
fn seen(peer: &Peer) -> Vec<usize> {
    let requests = peer.log().transcript().requests();
    let counts = requests.iter().map(|request| {
        let values = request.values(NAME);
        assert!(values.iter().all(|value| value == ID), "{values:?}");
        values.len()
    });
    counts.collect()
}

/// Gets the version, which takes two attempts, and a file from each peer.
fn at_peers(act: impl FnOnce(&str, [Download; 2])) {
    let first = response("503 Later", "");
    let peers = [
        Peer::start(Plan::new([first]).otherwise(response("200 OK", "ID3"))).unwrap(),
        Peer::start(Plan::new([]).otherwise(response("200 OK", "ID3 sound"))).unwrap(),
    ];
    let urls = peers
        .each_ref()
        .map(|peer| format!("http://{}", peer.authority()));
    let files = urls
        .each_ref()
        .map(|url| Download::new(format!("{url}/1.mp3")));
    act(&urls[0], files);
    let [service, media] = peers;
    assert_eq!(seen(&service), [1, 1, 1], "two attempts, and a file");
    assert_eq!(seen(&media), [0], "a host of media alone");
    service.stop();
    media.stop();
}

#[test]
fn by_hyper() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    at_peers(|url, [own, foreign]| {
        let client = Client::builder(url, "key").any_media_host();
        let client = client.build(HyperTransport::new()).unwrap();
        let client = client.with_header(NAME, ID);
        runtime.block_on(async {
            client.send(GetVersion::new()).await.unwrap();
            client.open(own).await.unwrap().chunk().await.unwrap();
            client.open(foreign).await.unwrap().chunk().await.unwrap();
        });
    });
}

#[test]
fn by_blocking() {
    at_peers(|url, [own, foreign]| {
        let client = BlockingClient::builder(url, "key").any_media_host();
        let client = client.build_blocking(HttpTransport::new()).unwrap();
        let client = client.with_header(NAME, ID);
        client.send(GetVersion::new()).unwrap();
        client.download(own, &mut Vec::new()).unwrap();
        client.download(foreign, &mut Vec::new()).unwrap();
    });
}

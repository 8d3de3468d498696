//! No redirect is followed, whatever it says and wherever it leads.

use talkspace_conformance::wire::{Peer, Plan, Script};
use talkspace_core::{CreateTalkspace, Delivery, Error, ErrorKind, GetVersion};

use crate::client::{Engine, Plain};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

fn looks(client: &Plain) -> Error {
    client.send(GetVersion::new()).unwrap_err()
}

fn rings(client: &Plain) -> Error {
    client.send(CreateTalkspace::new("eta")).unwrap_err()
}

#[test]
fn to_the_same_host() {
    none_is_followed("/elsewhere");
}

#[test]
fn to_another_port() {
    let other = Peer::start(Plan::default().otherwise(Script::echo())).unwrap();
    none_is_followed(&format!("http://{}/elsewhere", other.authority()));
    assert_eq!(other.log().transcript().connections(), 0);
}

fn none_is_followed(location: &str) {
    for status in STATUSES {
        let head = format!(
            "HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        );
        for engine in Engine::BOTH {
            for send in [looks, rings] {
                let peer = Plan::default().otherwise(Script::serve(head.clone()));
                let peer = Peer::start(peer).unwrap();
                let client = Plain::new(engine, &format!("http://{}", peer.authority()));
                let error = send(&client);
                drop(client);
                assert_eq!(error.kind(), ErrorKind::Status, "{error}");
                assert_eq!(error.status().unwrap().http(), status);
                assert_eq!(error.delivery(), Delivery::Responded, "{error}");
                let seen = peer.log().transcript();
                assert_eq!(seen.connections(), 1, "{engine:?} {status}");
                assert_eq!(seen.requests().len(), 1, "{engine:?} {status}");
            }
        }
    }
}

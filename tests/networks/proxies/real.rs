//! Through proxies as they are installed.

use talkspace_conformance::wire::{Peer, Plan, Script, Tls};
use talkspace_core::{Delivery, FailureKind};

use super::client::{Client, chain, get};
use super::software::{IN_URL, Software, free_port};

/// What every target responds with.
const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A service over plain http, and one over TLS.
struct Targets {
    plain: Peer,
    tls: Peer,
}

impl Targets {
    fn start() -> Self {
        let plan = || Plan::new([]).otherwise(Script::serve(RESPONSE));
        Self {
            plain: Peer::start(plan()).unwrap(),
            tls: Peer::start(plan().over_tls(Tls::of("127.0.0.1").unwrap())).unwrap(),
        }
    }

    fn tls_port(&self) -> u16 {
        self.tls.address().port()
    }

    /// Each with its URL.
    fn each(&self) -> [(&Peer, String); 2] {
        let url = |scheme, peer: &Peer| format!("{scheme}://{}/path?query", peer.authority());
        [
            (&self.plain, url("http", &self.plain)),
            (&self.tls, url("https", &self.tls)),
        ]
    }

    fn requests(&self) -> usize {
        let count = |peer: &Peer| peer.log().transcript().requests().len();
        count(&self.plain) + count(&self.tls)
    }
}

/// Each program that is installed, with and without credentials, and the right URL.
fn each(targets: &Targets, mut test: impl FnMut(Software, &str)) {
    for software in Software::ALL {
        for wants in [false, true] {
            if let Some(proxy) = software.start(targets.tls_port(), wants) {
                let url = match wants {
                    true => proxy.url_with(IN_URL),
                    false => proxy.url(),
                };
                test(software, &url);
            }
        }
    }
}

#[test]
fn a_request_arrives_as_it_was_and_without_what_is_the_proxys() {
    let targets = Targets::start();
    each(&targets, |software, proxy| {
        for client in Client::both(proxy) {
            for (target, url) in targets.each() {
                let before = target.log().transcript().requests().len();
                for _ in 0..2 {
                    let got = client.post(&url);
                    let got = got.unwrap_or_else(|error| {
                        panic!("{software:?} {} {url}: {}", client.name(), chain(&error))
                    });
                    assert_eq!(got, (200, b"ok".to_vec()));
                }
                let requests = target.log().transcript().requests();
                let arrived = requests.get(before..).unwrap();
                assert_eq!(arrived.len(), 2, "{software:?} {}", client.name());
                for request in arrived {
                    let line = &request.line;
                    assert!(line.starts_with("POST /path?query HTTP/1."), "{line}");
                    assert_eq!(request.body, "SENT");
                    assert_eq!(request.values("host"), [target.authority()]);
                    assert!(request.values("proxy-authorization").is_empty());
                }
            }
        }
    });
}

#[test]
fn a_tunnel_is_used_again() {
    let targets = Targets::start();
    each(&targets, |_, proxy| {
        for client in Client::both(proxy) {
            let before = targets.tls.log().transcript().connections();
            for _ in 0..5 {
                client.post(&targets.each()[1].1).unwrap();
            }
            let now = targets.tls.log().transcript().connections();
            assert_eq!(now - before, 1, "{}", client.name());
        }
    });
}

#[test]
fn wrong_credentials_are_an_error_that_is_not_tried_again_and_nothing_was_sent() {
    let targets = Targets::start();
    for software in Software::ALL {
        let Some(proxy) = software.start(targets.tls_port(), true) else {
            continue;
        };
        for (url, told) in [
            (proxy.url(), "wants credentials"),
            (
                proxy.url_with("caller:wr0ng"),
                "did not accept the credentials",
            ),
            (proxy.url_with("wr0ng"), "did not accept the credentials"),
        ] {
            for client in Client::both(&url) {
                for (_, target) in targets.each() {
                    // Without a body: tinyproxy closes with it unread, which is a reset.
                    let outcome = client.send(get(&target));
                    // It says 401 to wrong ones, as a service may.
                    let is_unclear = software == Software::Tinyproxy && url != proxy.url();
                    if is_unclear && target.starts_with("http:") {
                        assert_eq!(outcome.unwrap().0, 401);
                        continue;
                    }
                    let error = outcome.unwrap_err();
                    let text = format!("{} {error:?}", chain(&error));
                    let got = (error.kind(), error.delivery());
                    let expected = (FailureKind::Proxy, Delivery::NotSent);
                    assert_eq!(got, expected, "{software:?} {}: {text}", client.name());
                    let named = format!("the proxy {} {told}", proxy.url());
                    assert!(text.contains(&named), "{software:?}: {text}");
                    assert!(
                        !text.contains("wr0ng") && !text.contains("caller"),
                        "{text}"
                    );
                }
            }
        }
    }
    assert_eq!(targets.requests(), 0);
}

#[test]
fn a_target_that_is_down_was_not_sent_to_through_a_tunnel() {
    let targets = Targets::start();
    let down = free_port();
    for software in Software::ALL {
        let Some(proxy) = software.start(down, false) else {
            continue;
        };
        for client in Client::both(&proxy.url()) {
            let error = client
                .post(&format!("https://127.0.0.1:{down}/"))
                .unwrap_err();
            let text = chain(&error);
            assert_eq!(error.delivery(), Delivery::NotSent, "{software:?}: {text}");
            assert_eq!(error.kind(), FailureKind::Connect, "{software:?}: {text}");
            assert!(
                text.contains(&format!("the proxy {} ", proxy.url())),
                "{text}"
            );
        }
    }
    assert_eq!(targets.requests(), 0);
}

#[test]
fn squid_tunnels_to_no_other_port() {
    let targets = Targets::start();
    let Some(proxy) = Software::Squid.start(free_port(), false) else {
        return;
    };
    for client in Client::both(&proxy.url()) {
        let error = client.post(&targets.each()[1].1).unwrap_err();
        assert_eq!(error.kind(), FailureKind::Proxy);
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(
            chain(&error).ends_with("responded with 403 Forbidden"),
            "{}",
            chain(&error)
        );
        assert_eq!(client.post(&targets.each()[0].1).unwrap().0, 200);
    }
}

#[test]
fn a_socks_proxy_resolves_the_name_or_is_told_the_address() {
    let Some(proxy) = Software::Microsocks.start(0, false) else {
        return;
    };
    // It tries the first address alone, and that of localhost may be of IPv6.
    let mut addresses = std::net::ToSocketAddrs::to_socket_addrs(&("localhost", 0)).unwrap();
    let plan = Plan::new([]).otherwise(Script::serve(RESPONSE));
    let plan = match addresses.next().unwrap().is_ipv6() {
        true => plan.on_ipv6(),
        false => plan,
    };
    let target = Peer::start(plan).unwrap();
    let url = format!("http://localhost:{}/", target.address().port());
    for proxy in [proxy.url(), proxy.url().replace("socks5h", "socks5")] {
        for client in Client::both(&proxy) {
            assert_eq!(client.post(&url).unwrap().0, 200, "{proxy}");
        }
    }
    let requests = target.log().transcript().requests();
    assert_eq!(requests.len(), 4);
    for request in requests {
        assert_eq!(request.values("host"), [url[7..url.len() - 1].to_owned()]);
    }
}

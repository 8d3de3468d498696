//! Who finds the addresses of a host, and where a socket is connected from.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use talkspace_core::{
    BaseUrl, Client, CreateTalkspace, FailureKind, GetVersion, Limits, RequestOptions,
};
use talkspace_sandbox::{Sandbox, SandboxBuilder};

use crate::client::{AnyClient, Builder, Engine, assert_unsent};

/// A host that no resolver of a system knows (RFC 2606).
const HOST: &str = "talkspace.test";

fn client(engine: Engine, limits: Limits, set: impl FnOnce(Builder) -> Builder) -> AnyClient {
    let url = BaseUrl::parse_allowing_plain_http(&format!("http://{HOST}:9")).unwrap();
    let options = RequestOptions::default().limits(limits).max_retries(0);
    let builder = Client::builder(url, SandboxBuilder::EXAMPLE_APP_KEY).options(options);
    engine.with(builder, set)
}

#[test]
fn a_resolver_finds_the_host_and_may_choose_the_port() {
    for engine in Engine::BOTH {
        let server = Sandbox::builder().examples().host(HOST).start().unwrap();
        let address = server.local_addr();
        let sender = client(engine, Limits::default(), |builder| {
            builder.resolver(move |host| match host {
                HOST => Ok(vec![address]),
                other => panic!("{other} is not asked for"),
            })
        });
        sender.send(CreateTalkspace::new("eta")).unwrap();
        assert_eq!(server.sandbox().rings("eta"), 1, "{engine:?}");
    }
}

#[test]
fn a_resolver_that_finds_nothing_is_told_as_it_said() {
    type Find = fn() -> io::Result<Vec<SocketAddr>>;
    let rows: [(Find, &str); 3] = [
        (
            || Err(io::Error::other("no such service")),
            "no such service",
        ),
        (|| Ok(Vec::new()), "the host has no address"),
        (
            || panic!("as one of one's own may"),
            "the resolver panicked",
        ),
    ];
    for (find, why) in rows {
        for engine in Engine::BOTH {
            let sender = client(engine, Limits::default(), |builder| {
                builder.resolver(move |_| find())
            });
            let outcome = sender.send(CreateTalkspace::new("eta"));
            assert_unsent(outcome, FailureKind::Resolve, why);
        }
    }
}

#[test]
fn a_resolver_that_hangs_ends_with_connect_timeout() {
    for engine in Engine::BOTH {
        let (end, ended) = mpsc::channel::<()>();
        let ended = Mutex::new(ended);
        let mut limits = Limits::default();
        limits.connect_timeout = Duration::from_millis(20);
        let sender = client(engine, limits, |builder| {
            builder.resolver(move |_| {
                let _ = ended.lock().unwrap().recv();
                Ok(Vec::new())
            })
        });
        let outcome = sender.send(CreateTalkspace::new("eta"));
        assert_unsent(outcome, FailureKind::Timeout, "timed out connecting");
        drop(end);
    }
}

/// Linux has all of 127.0.0.0/8 on its loopback.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_comes_from_the_local_address() {
    for engine in Engine::BOTH {
        for from in [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 9, 9, 9)] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let to = listener.local_addr().unwrap();
            let sender = client(engine, Limits::default(), |builder| {
                // No listener is there, but it is left out.
                let other = SocketAddr::from((Ipv6Addr::LOCALHOST, to.port()));
                builder
                    .resolver(move |_| Ok(vec![other, to]))
                    .local_address(from)
            });
            let accepted = std::thread::spawn(move || listener.accept().unwrap().1);
            assert!(sender.send(GetVersion::new()).is_err(), "it only accepts");
            assert_eq!(accepted.join().unwrap().ip(), from, "{engine:?}");
        }
    }
}

#[test]
fn a_local_address_that_cannot_be_used_is_told() {
    let (v4, v6) = (Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into());
    let rows: [(IpAddr, IpAddr, &str); 3] = [
        // TEST-NET-1 (RFC 5737): no machine has it.
        ([192, 0, 2, 1].into(), v4, "cannot send from 192.0.2.1: "),
        (
            v4,
            v6,
            "is one of IPv4, and the host has only addresses of IPv6",
        ),
        (
            v6,
            v4,
            "is one of IPv6, and the host has only addresses of IPv4",
        ),
    ];
    for (from, to, why) in rows {
        for engine in Engine::BOTH {
            let sender = client(engine, Limits::default(), |builder| {
                builder
                    .resolver(move |_| Ok(vec![SocketAddr::new(to, 0)]))
                    .local_address(from)
            });
            let outcome = sender.send(CreateTalkspace::new("eta"));
            assert_unsent(outcome, FailureKind::Connect, why);
        }
    }
}

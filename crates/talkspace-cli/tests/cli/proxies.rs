//! The way to the service through a proxy.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::process::Command;
use std::sync::mpsc::{self, Receiver};

use crate::command::{Ran, TRANSPORTS, peer, request, respond, run, talkspace};
use crate::serving::{Folder, Serving};

const URL: &str = "http://api.example";

/// A proxy, its authority, and the requests that it is sent.
fn proxy(status: &'static str) -> (String, Receiver<String>) {
    let (tell, told) = mpsc::channel();
    let url = peer(move |listener| {
        loop {
            let (text, mut stream) = request(&listener);
            respond(&mut stream, status, b"1.3.10");
            if tell.send(text).is_err() {
                return;
            }
        }
    });
    (url["http://".len()..].to_owned(), told)
}

fn version(transport: &str) -> Command {
    let mut command = talkspace(&["get-version", "--json", "--plain-http-host=api.example"]);
    command.args(["--transport", transport]);
    command.env("TALKSPACE_BASE_URL", URL);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command
}

fn is_sent(ran: &Ran, told: &Receiver<String>) -> String {
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let sent = told.recv().unwrap();
    assert!(sent.starts_with("GET http://api.example/"), "{sent}");
    sent
}

#[test]
fn a_proxy_is_used_when_it_is_named() {
    let (proxy, told) = proxy("200 OK");
    let folder = Folder::new("proxy");
    let file = folder.0.join("proxy");
    let secret = format!("http://caller:SENTINEL@{proxy}");
    fs::write(&file, format!("{secret}\n")).unwrap();
    for transport in TRANSPORTS {
        let named = run(version(transport).args(["--proxy", &proxy]));
        assert!(!is_sent(&named, &told).contains("proxy-authorization"));
        assert_eq!(named.stderr, "");

        let read = run(version(transport).arg("--proxy-file").arg(&file));
        let variable = run(version(transport).env("TALKSPACE_PROXY", &secret));
        for ran in [read, variable] {
            let sent = is_sent(&ran, &told);
            // caller:SENTINEL
            let credentials = "proxy-authorization: Basic Y2FsbGVyOlNFTlRJTkVM\r\n";
            assert!(sent.contains(credentials), "{sent}");
            assert_eq!(ran.stderr, "");
        }

        let seen = run(version(transport).args(["--proxy", &secret]));
        is_sent(&seen, &told);
        assert!(seen.stderr.contains("--proxy-file"), "{seen:?}");
        assert!(!seen.stderr.contains("SENTINEL"), "{seen:?}");
    }
}

#[test]
fn an_empty_variable_names_none() {
    let serving = Serving::start(&[]);
    for transport in TRANSPORTS {
        let mut command = version(transport);
        command.env("TALKSPACE_BASE_URL", &serving.url);
        let ran = run(command.env("TALKSPACE_PROXY", ""));
        assert_eq!(ran.status, Some(0), "{ran:?}");
    }
    let keyless =
        run(talkspace(&["list-media", "--base-url", &serving.url]).env("TALKSPACE_APP_KEY", ""));
    assert_eq!(keyless.status, Some(2), "{keyless:?}");
    assert!(keyless.stderr.contains("--app-key-file"), "{keyless:?}");
}

#[test]
fn the_demo_stays_in_its_process() {
    let (proxy, told) = proxy("200 OK");
    for transport in TRANSPORTS {
        let ran =
            run(talkspace(&["demo", "--json", "--transport", transport])
                .env("TALKSPACE_PROXY", &proxy));
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert!(told.try_recv().is_err());
        fs::remove_file(ran.json()["recording"].as_str().unwrap()).unwrap();
    }
}

/// An address of this machine that is not of the loopback interface stands in for
/// another machine. To connect a UDP socket sends nothing.
#[test]
fn this_machine_is_reached_without_a_proxy_elsewhere() {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    if socket.connect("192.0.2.1:9").is_err() {
        return;
    }
    let elsewhere = socket.local_addr().unwrap().ip();
    let listener = TcpListener::bind((elsewhere, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let serving = Serving::start(&[]);
    for transport in TRANSPORTS {
        for scheme in ["http", "socks5", "socks5h"] {
            let proxy = format!("{scheme}://{authority}");
            let mut commands = [version(transport), version(transport), version(transport)];
            commands[0].env("TALKSPACE_PROXY", &proxy);
            commands[1].args(["--proxy", &proxy]);
            commands[2].arg("--proxy-from-env").env("ALL_PROXY", &proxy);
            for command in &mut commands {
                let ran = run(command.env("TALKSPACE_BASE_URL", &serving.url));
                assert_eq!(ran.status, Some(0), "{ran:?}");
                assert!(listener.accept().is_err(), "{proxy} was connected to");
            }
        }
    }
}

#[test]
fn the_environment_names_proxies_only_when_it_is_asked() {
    let (proxy, told) = proxy("200 OK");
    for transport in TRANSPORTS {
        let unasked = run(version(transport)
            .args(["--max-retries", "0", "--resolve", "api.example:127.0.0.1"])
            .env("TALKSPACE_BASE_URL", "http://api.example:1")
            .env("HTTP_PROXY", &proxy));
        assert_eq!(unasked.json()["error"]["kind"], "connect", "{unasked:?}");
        assert!(told.try_recv().is_err());
        for (name, value) in [("http_proxy", &proxy), ("ALL_PROXY", &proxy)] {
            let asked = run(version(transport).arg("--proxy-from-env").env(name, value));
            is_sent(&asked, &told);
        }
        let exempt = run(version(transport)
            .args(["--proxy-from-env", "--max-retries", "0"])
            .args(["--resolve", "api.example:127.0.0.1"])
            .env("TALKSPACE_BASE_URL", "http://api.example:1")
            .envs([("HTTP_PROXY", &*proxy), ("NO_PROXY", "example")]));
        assert_eq!(exempt.json()["error"]["kind"], "connect", "{exempt:?}");
        assert!(told.try_recv().is_err());
    }
}

#[test]
fn what_a_proxy_rejects_is_told_as_its_doing() {
    let (proxy, told) = proxy("407 Proxy Authentication Required");
    for transport in TRANSPORTS {
        for scheme in ["http", "https"] {
            let mut command = version(transport);
            command.env("TALKSPACE_PROXY", format!("caller:SENTINEL@{proxy}"));
            let url = format!("{scheme}://api.example");
            let ran = run(command.env("TALKSPACE_BASE_URL", &url));
            assert_eq!(ran.status, Some(3), "{ran:?}");
            let error = &ran.json()["error"];
            assert_eq!(error["kind"], "proxy", "{ran:?}");
            assert_eq!(error["delivery"], "not_sent", "{ran:?}");
            assert_eq!(error["attempts"], 1, "{ran:?}");
            told.recv().unwrap();
            assert!(told.try_recv().is_err(), "it was not tried again");

            let mut command = talkspace(&["get-version", "--plain-http-host=api.example"]);
            command.args(["--base-url", &url, "--transport", transport]);
            let secret = format!("caller:SENTINEL@{proxy}");
            let text = run(command.env("TALKSPACE_PROXY", secret));
            let named = format!("the proxy http://{proxy} did not accept the credentials");
            assert!(text.stderr.contains(&named), "{text:?}");
            assert!(!text.stderr.contains("SENTINEL"), "{text:?}");
            told.recv().unwrap();
        }
    }
}

#[test]
fn what_is_no_proxy_is_an_error_that_does_not_repeat_it() {
    let folder = Folder::new("no-proxy");
    let file = folder.0.join("proxy");
    fs::write(&file, "ftp://caller:SENTINEL@proxy").unwrap();
    let url = "ftp://caller:SENTINEL@proxy";
    for (ran, place) in [
        (run(version("hyper").args(["--proxy", url])), "--proxy"),
        (
            run(version("hyper").arg("--proxy-file").arg(&file)),
            file.to_str().unwrap(),
        ),
        (
            run(version("hyper").env("TALKSPACE_PROXY", url)),
            "TALKSPACE_PROXY",
        ),
        (
            run(version("hyper")
                .arg("--proxy-from-env")
                .env("HTTP_PROXY", url)),
            "HTTP_PROXY",
        ),
    ] {
        assert_eq!(ran.status, Some(2), "{ran:?}");
        let all = ran.text().to_owned() + &ran.stderr;
        assert!(all.contains(place), "{place}: {ran:?}");
        assert!(
            all.contains("starts with http://, socks5h:// or socks5://"),
            "{ran:?}"
        );
        assert!(!all.contains("SENTINEL"), "{ran:?}");
    }
    let both = run(version("hyper").args(["--proxy", "proxy", "--proxy-from-env"]));
    assert_eq!(both.status, Some(2), "{both:?}");
}

//! Which hosts the environment exempts, compared with curl itself.

use std::collections::HashMap;
use std::ffi::OsString;
use std::process::Command;

use talkspace_conformance::wire::{Peer, Plan, Script};
use talkspace_net::origin::Origin;
use talkspace_net::proxy::Proxies;

use super::software::free_port;
use crate::software::find;

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// Lists of hosts, and the hosts that are tried with each. A network of IPv6 is not
/// among them: curl 7.88 knows it by its manual only.
const LISTS: &[(&str, &[&str])] = &[
    ("", &["api.example", "127.0.0.1"]),
    ("*", &["api.example", "10.1.2.3", "[::1]"]),
    (
        "example.com",
        &[
            "example.com",
            "www.example.com",
            "notexample.com",
            "com",
            "EXAMPLE.COM",
        ],
    ),
    (
        ".example.com",
        &["example.com", "www.example.com", "notexample.com"],
    ),
    ("example.com.", &["example.com", "www.example.com"]),
    (
        "a.example b.example,\tc.example",
        &["a.example", "b.example", "c.example", "d.example"],
    ),
    (" , a.example,,", &["a.example", "example"]),
    ("10.1.2.3", &["10.1.2.3", "10.1.2.30", "0.1.2.3"]),
    ("10.1.2.3/8", &["10.9.9.9", "11.1.2.3"]),
    (
        "192.168.0.0/30,10.0.0.0/8",
        &["192.168.0.3", "192.168.0.4", "10.0.0.1"],
    ),
    ("2.3", &["10.1.2.3"]),
    ("::1", &["[::1]", "[::2]"]),
];

#[test]
fn the_same_hosts_are_exempt_as_with_curl() {
    let Some(curl) = find("curl", "curl") else {
        return;
    };
    let plan = Plan::new([]).otherwise(Script::serve(RESPONSE));
    let peer = Peer::start(plan).unwrap();
    let down = free_port();
    let mut differences = Vec::new();
    for (list, hosts) in LISTS {
        for host in *hosts {
            let variables = [
                ("http_proxy", format!("http://{}", peer.authority())),
                ("no_proxy", (*list).to_owned()),
            ];
            let before = peer.log().transcript().connections();
            let mut command = Command::new(&curl);
            command.env_clear().envs(variables.clone());
            // Past the proxy it finds nothing, at once.
            command.args(["--silent", "--output", "/dev/null", "--connect-to"]);
            let run = command
                .arg(format!("{host}:80:127.0.0.1:{down}"))
                .arg(format!("http://{host}/"))
                .status();
            run.unwrap();
            let with_curl = peer.log().transcript().connections() > before;

            let variables: HashMap<_, _> = variables.into();
            let proxies = Proxies::from_variables(|name| variables.get(name).map(OsString::from));
            let origin = Origin::of(&format!("http://{host}/").parse().unwrap()).unwrap();
            let ours = proxies.unwrap().of(&origin).is_some();
            if ours != with_curl {
                differences.push(format!("{list:?} {host}: curl {with_curl}, we {ours}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

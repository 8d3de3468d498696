//! Two containers' worth of network: the sandbox in one network namespace, its clients in
//! another, in both ways in which a compose file has it: by the name of the service, and
//! by a port of the machine.

use std::io::{Write, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::spawn;
use std::{env, fs};

use talkspace_blocking::HttpTransport;
use talkspace_core::{BlockingClient, Client, Download, GetMediaStatus, InvalidClient, ListMedia};
use talkspace_hyper::HyperTransport;

use crate::command::{Ran, TRANSPORTS, run, talkspace};
use crate::serving::{Folder, KEY, MEDIA, Serving};

/// Says to a test that it runs inside.
const CHILD: &str = "TALKSPACE_TEST_IN_CHILD";

/// Set where everything that a test needs must be there.
pub(crate) const REQUIRED: &str = "TALKSPACE_ALL_SOFTWARE";

/// Makes the two, runs the test inside of the first, and leaves nothing behind.
const NAMESPACES: &str = r#"
ip link set lo up
mkdir -p /run/netns && mount -t tmpfs none /run/netns
ip netns add box
ip link add inside type veth peer name outside netns box
ip addr add 10.77.0.1/24 dev inside && ip link set inside up
ip -n box addr add 10.77.0.2/24 dev outside && ip -n box link set outside up
ip -n box link set lo up
printf '127.0.0.1 localhost\n10.77.0.2 sandbox\n10.77.0.2 other\n' > "$FOLDER/hosts"
mount --bind "$FOLDER/hosts" /etc/hosts
echo ready
exec "$TEST" --exact containers::inside --nocapture
"#;

#[test]
fn clients_in_another_network_reach_it_in_both_ways() {
    let folder = Folder::new("containers");
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "sh", "-ec", NAMESPACES]);
    command
        .env(CHILD, "1")
        .env("FOLDER", &folder.0)
        .env("TEST", env::current_exe().unwrap());
    let output = command
        .env("CARGO_BIN_EXE_talkspace", crate::program())
        .output();
    let output = output.map(Ran::of);
    let ready = output
        .as_ref()
        .is_ok_and(|ran| ran.text().contains("ready\n"));
    if !ready {
        // Past the capture of a test that passes.
        let why = "two network namespaces need root and iproute2";
        assert!(env::var_os(REQUIRED).is_none(), "{why}: {output:?}");
        let _ = writeln!(std::io::stderr(), "\nNOT TESTED: {why}: {output:?}");
        return;
    }
    let ran = output.unwrap();
    assert_eq!(ran.status, Some(0), "{}\n{}", ran.text(), ran.stderr);
    assert!(ran.text().contains("1 passed"), "{}", ran.text());
}

/// Without `unshare` it does not run, and says so; where it must run it fails.
#[test]
fn what_must_be_tested_is_not_left_out() {
    let mut command = Command::new(env::current_exe().unwrap());
    let name = "containers::clients_in_another_network_reach_it_in_both_ways";
    command.args(["--exact", name]).env("PATH", "");
    let left_out = Ran::of(command.env_remove(REQUIRED).output().unwrap());
    assert_eq!(left_out.status, Some(0), "{left_out:?}");
    assert!(left_out.stderr.contains("NOT TESTED"), "{left_out:?}");
    let failed = Ran::of(command.env(REQUIRED, "1").output().unwrap());
    assert_eq!(failed.status, Some(101), "{failed:?}");
    assert!(failed.text().contains("need root"), "{failed:?}");
}

/// What the first test runs where `sandbox` is another machine; elsewhere there is nothing
/// to be tested.
#[test]
fn inside() {
    if env::var_os(CHILD).is_none() {
        return;
    }
    assert!(
        fs::read_to_string("/etc/hosts")
            .unwrap()
            .contains("sandbox")
    );
    by_the_name_of_the_service();
    by_a_port_of_the_machine();
}

/// As `docker compose` starts it, with variables alone.
fn start(variables: &[(&str, &str)]) -> Serving {
    let mut command = Command::new("ip");
    command
        .args(["netns", "exec", "box"])
        .arg(crate::program())
        .arg("sandbox");
    for (name, value) in variables {
        command.env(format!("TALKSPACE_SANDBOX_{name}"), value);
    }
    Serving::of(command, "0.0.0.0:8080")
}

/// The sandbox has what a program of these settings needs, over both transports.
fn is_used(url: &str, plain_http_host: Option<&str>, media_begin: &str) {
    let folder = Folder::new("fetched");
    for transport in TRANSPORTS {
        let command = |arguments: &[&str]| {
            let mut command = talkspace(arguments);
            if let Some(host) = plain_http_host {
                command.env("TALKSPACE_PLAIN_HTTP_HOST", host);
            }
            command.args(["--base-url", url, "--transport", transport]);
            run(command.arg("--json"))
        };
        let made = command(&["create-talkspace", "--network-id", "eta", "--wait"]);
        assert_eq!(made.status, Some(0), "{made:?}");
        let status = command(&["get-media-status", "--media-id", MEDIA]);
        let media = status.json()["download_url"].as_str().unwrap().to_owned();
        assert!(media.starts_with(media_begin), "{media}");
        let file = folder.0.join(transport);
        let to = file.to_str().unwrap();
        let fetched = command(&["download-media", "--media-id", MEDIA, "-o", to]);
        assert_eq!(fetched.status, Some(0), "{fetched:?}");
        assert!(fs::metadata(&file).unwrap().len() > 100);
    }
    let builder = BlockingClient::builder(url, KEY);
    let builder = plain_http_host
        .iter()
        .fold(builder, |builder, host| builder.plain_http_host(*host));
    let client = builder
        .clone()
        .build_blocking(HttpTransport::new())
        .unwrap();
    let media = client
        .send(GetMediaStatus::new(MEDIA))
        .unwrap()
        .download_url
        .unwrap();
    let mut sound = Vec::new();
    client.download(Download::new(media), &mut sound).unwrap();
    assert!(sound.len() > 100);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client: Client = builder.build(HyperTransport::new()).unwrap();
    assert!(
        !runtime
            .block_on(client.send(ListMedia::new()))
            .unwrap()
            .uploaded
            .is_empty()
    );
}

fn by_the_name_of_the_service() {
    let _serving = start(&[("HOST", "Sandbox.:8080")]);
    let (url, begin) = ("http://sandbox:8080", "http://sandbox:8080/audio/");
    is_used(url, Some("sandbox"), begin);

    // Without leave nothing is sent in clear text, and it is said how to give it.
    let ran = run(&mut talkspace(&["list-media", "--base-url", url]));
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("--plain-http-host"), "{ran:?}");
    let error = BlockingClient::builder(url, KEY).build_blocking(HttpTransport::new());
    assert!(matches!(error.unwrap_err(), InvalidClient::BaseUrl(_)));
    // A name that the sandbox does not know.
    let mut command = talkspace(&["list-media", "--base-url", "http://other:8080"]);
    let ran = run(command.env("TALKSPACE_PLAIN_HTTP_HOST", "other"));
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains("421") && ran.stderr.contains("--host other"),
        "{ran:?}"
    );
}

fn by_a_port_of_the_machine() {
    let port = published();
    let url = format!("http://localhost:{port}");
    let told = start(&[("PUBLIC_URL", &url)]);
    is_used(&url, None, &format!("{url}/audio/"));
    drop(told);
    // Where nothing is said, it follows from the request.
    let _serving = start(&[]);
    is_used(&url, None, &format!("{url}/audio/"));
}

/// A port that leads to the sandbox, as a compose file publishes one.
fn published() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    spawn(move || {
        for near in listener.incoming() {
            let near = near.unwrap();
            let Ok(far) = TcpStream::connect("10.77.0.2:8080") else {
                continue;
            };
            for (mut from, mut to) in [
                (near.try_clone().unwrap(), far.try_clone().unwrap()),
                (far, near),
            ] {
                spawn(move || {
                    let _ = copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Write);
                });
            }
        }
    });
    port
}

/// The same by a name alone, which needs no rights: the sandbox on another address of
/// this machine.
#[test]
fn a_name_leads_to_another_address() {
    let serving = Serving::start(&["--listen", "127.0.0.2:0", "--host", "sandbox"]);
    let port = serving.url.rsplit(':').next().unwrap();
    let url = format!("http://sandbox:{port}");
    for transport in TRANSPORTS {
        let mut command = talkspace(&["get-media-status", "--media-id", MEDIA, "--json"]);
        command.args(["--base-url", &url, "--transport", transport]);
        command.args([
            "--resolve",
            "sandbox:127.0.0.2",
            "--plain-http-host",
            "sandbox",
        ]);
        let ran = run(command.stdin(Stdio::null()));
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let media = ran.json()["download_url"].as_str().unwrap().to_owned();
        assert!(media.starts_with(&format!("{url}/")), "{media}");
    }
}

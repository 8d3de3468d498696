//! A request in other forms, as the sandbox shows it: what each of them sends is that
//! request again.

mod compiled;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::{env, fs};

use serde_json::{Map, Value};
use talkspace_core::server::ServerOperation;
use talkspace_core::{
    AddToTalkspace, BlastMedia, ChangePhone, CloseTalkspace, CreateMedia, CreateTalkspace,
    DeleteRegistrant, DownloadMedia, GetMediaStatus, GetRegistrationStatus, GetTalkspace,
    GetVersion, HangUp, ListMedia, ListNetworkIds, ListTalkspaces, MediaFile, MoveParticipant,
    MuteParticipant, OPERATIONS, RecordMedia, Register, RegistrationQuery, RemoveMedia,
    RequestOptions, RequestUploadGrant, UnmuteParticipant, UploadMedia,
};
use talkspace_sandbox::{Clock, Sandbox, Server};

use crate::serving::{Folder, KEY, MEDIA};
use compiled::COMPILED;

const PHONE: &str = "14151239876";
/// An id that a shell, a URL and a form would take for something else.
const ODD: &str = r#"-a b'c"d$(touch x)`touch x`;&|<>*?[]{}!\~#%41+=/..é@"#;
/// One that a terminal shows as another one, and one that is a phone number.
const TURNED: &str = "a\u{202e}b c";
const NUMBER: &str = "14155550123";
const SOUND: &[u8] = &[0xFF, 0xFB, 0x90, 0x64];

/// A sandbox with a request in it.
struct Asked<'f> {
    server: Server,
    client: talkspace_blocking::Client,
    folder: &'f Folder,
}

impl<'f> Asked<'f> {
    fn new(folder: &'f Folder) -> Self {
        let builder = Sandbox::builder().examples().clock(Clock::frozen()).seed(7);
        let server = builder.start().unwrap();
        let client = talkspace_blocking::Client::builder(server.url(), KEY)
            .options(RequestOptions::default().max_retries(0))
            .build_blocking(talkspace_blocking::HttpTransport::new())
            .unwrap();
        Self {
            server,
            client,
            folder,
        }
    }

    fn forms(&self) -> Map<String, Value> {
        let number = self.server.sandbox().request_log(0).total;
        let mut socket = TcpStream::connect(self.server.local_addr()).unwrap();
        let host = self.server.local_addr();
        let request = format!(
            "GET /_sandbox/requests/{number} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        );
        socket.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        socket.read_to_string(&mut response).unwrap();
        for secret in [KEY, PHONE, NUMBER] {
            assert!(!response.contains(secret), "{response}");
        }
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        body["as"].as_object().unwrap().clone()
    }

    fn grant(&self) -> String {
        let granted = self.client.send(RequestUploadGrant::new(MEDIA));
        granted.unwrap().grant_id.as_str().to_owned()
    }

    /// Pastes it into a shell.
    fn paste(&self, line: &str) -> String {
        let grant = self.grant();
        let folder = &self.folder.0;
        fs::write(folder.join("sound.mp3"), SOUND).unwrap();
        let path = env::var("PATH").unwrap();
        let ran = Command::new("sh")
            .args(["-c", line])
            .current_dir(folder)
            .env_clear()
            .env("PATH", format!("{}:{path}", folder.join("bin").display()))
            .env("TALKSPACE_APP_KEY", KEY)
            .env("TALKSPACE_GRANT_ID", grant)
            .env("PHONE", PHONE)
            .env("NETWORK_ID", NUMBER)
            .output()
            .unwrap();
        assert!(!folder.join("x").exists(), "it was run: {line}");
        format!("{line}\n{ran:?}")
    }
}

/// The forms that the requests of all operations had, by operation.
struct Seen {
    has_curl: bool,
    whole: BTreeSet<&'static str>,
    rust: BTreeSet<String>,
}

impl Seen {
    /// Sends a request, and what it is in each form.
    fn check<O: ServerOperation + PartialEq + Debug>(
        &mut self,
        folder: &Folder,
        make: impl Fn(&Asked<'_>) -> O,
    ) -> Vec<String> {
        let asked = Asked::new(folder);
        let _ = asked.client.response_to(make(&asked));
        let sandbox = asked.server.sandbox();
        let last = || {
            let last = sandbox.request_log(0).entries.pop().unwrap();
            (last.operation().map(|info| info.id), last.request::<O>())
        };
        let first = last();
        assert_eq!(first.0, Some(O::INFO.id));
        assert!(first.1.is_some());
        let forms = asked.forms();
        for name in ["curl", "command"] {
            if name == "curl" && !self.has_curl {
                continue;
            }
            if let Some(line) = forms.get(name) {
                let ran = asked.paste(line.as_str().unwrap());
                assert_eq!(last(), first, "{ran}");
            }
        }
        if let Some(rust) = forms.get("rust") {
            let rust = rust.as_str().unwrap();
            let rust = rust.replace(&asked.server.url(), "http://127.0.0.1:8080");
            self.rust.insert(rust);
        }
        if forms.len() == 3 {
            self.whole.insert(O::INFO.id);
        }
        forms.keys().cloned().collect()
    }
}

/// Whether there is one to paste into a shell, which is told where there is none.
fn has_curl() -> bool {
    let has_curl = Command::new("curl").arg("--version").output().is_ok();
    if !has_curl {
        let told = "curl is not installed: apt-get install curl";
        assert!(env::var_os("TALKSPACE_ALL_SOFTWARE").is_none(), "{told}");
        // Past the capture of a test that passes.
        let _ = writeln!(std::io::stderr(), "\nNOT TESTED: {told}");
    }
    has_curl
}

fn without_space(code: &str) -> String {
    code.chars()
        .filter(|letter| !letter.is_whitespace())
        .collect()
}

#[test]
fn each_form_of_a_request_is_that_request() {
    let folder = Folder::new("forms");
    let bin = folder.0.join("bin");
    fs::create_dir_all(&bin).unwrap();
    std::os::unix::fs::symlink(crate::program(), bin.join("talkspace")).unwrap();
    let mut seen = Seen {
        has_curl: has_curl(),
        whole: BTreeSet::new(),
        rust: BTreeSet::new(),
    };
    let phone = || PHONE.parse().unwrap();

    seen.check(&folder, |_| GetVersion::new());
    seen.check(&folder, |_| {
        Register::new("iota").phone(phone()).greeting_id(MEDIA)
    });
    seen.check(&folder, |_| Register::new(NUMBER));
    seen.check(&folder, |_| ListNetworkIds::new());
    seen.check(&folder, |_| {
        GetRegistrationStatus::new(ODD).query(RegistrationQuery::Related)
    });
    seen.check(&folder, |_| GetRegistrationStatus::new(NUMBER));
    seen.check(&folder, |_| DeleteRegistrant::new("eta"));
    seen.check(&folder, |_| DeleteRegistrant::new(ODD));
    seen.check(&folder, |_| ChangePhone::new("eta", phone()));
    seen.check(&folder, |_| ChangePhone::new(NUMBER, phone()));
    seen.check(&folder, |_| {
        CreateTalkspace::new("eta")
            .greeting_id(MEDIA)
            .recording_id(ODD)
    });
    seen.check(&folder, |_| CreateTalkspace::new("@theta"));
    seen.check(&folder, |_| ListTalkspaces::new());
    seen.check(&folder, |_| ListTalkspaces::new().active(true));
    seen.check(&folder, |_| GetTalkspace::new(ODD));
    seen.check(&folder, |_| {
        AddToTalkspace::new(ODD, ODD).greeting_id(MEDIA).muted(true)
    });
    seen.check(&folder, |_| CloseTalkspace::new("-1"));
    seen.check(&folder, |_| HangUp::new("a b", "eta"));
    seen.check(&folder, |_| MoveParticipant::new(ODD, "eta", "x"));
    seen.check(&folder, |_| MuteParticipant::new("x", ODD));
    seen.check(&folder, |_| UnmuteParticipant::new("x", NUMBER));
    seen.check(&folder, |_| CreateMedia::new());
    seen.check(&folder, |_| ListMedia::new());
    seen.check(&folder, |_| RecordMedia::new(ODD, "eta").greeting_id(MEDIA));
    seen.check(&folder, |_| BlastMedia::new([MEDIA], "eta"));
    seen.check(&folder, |_| {
        BlastMedia::new(["a'b", "c d"], "eta").greeting_id(ODD)
    });
    seen.check(&folder, |_| RequestUploadGrant::new(MEDIA));
    seen.check(&folder, |_| RemoveMedia::new("-x y"));
    seen.check(&folder, |_| GetMediaStatus::new(ODD));
    seen.check(&folder, |asked| {
        UploadMedia::new(asked.grant(), MediaFile::mp3(SOUND).unwrap())
    });
    seen.check(&folder, |asked| {
        let status = asked.client.send(GetMediaStatus::new(MEDIA)).unwrap();
        DownloadMedia::new(status.download_url.unwrap())
    });
    let forms = seen.check(&folder, |_| AddToTalkspace::new(TURNED, TURNED));
    assert_eq!(forms, ["curl", "rust"], "it would not be what is read");

    let all: BTreeSet<&str> = OPERATIONS.iter().map(|info| info.id).collect();
    assert_eq!(seen.whole, all);
    let compiled: BTreeSet<String> = COMPILED.iter().map(|code| without_space(code)).collect();
    let rust = seen.rust.iter();
    let other: Vec<_> = rust
        .filter(|code| !compiled.contains(&without_space(code)))
        .collect();
    let other: String = other.iter().map(|code| format!("    {code};\n")).collect();
    assert!(other.is_empty(), "compile these, too:\n{other}");
}

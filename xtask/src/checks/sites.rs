//! `cargo xtask ci sites`: what pages of other sites can do to the sandbox.
//!
//! A browser opens a page of another port, and one of another host. Each sends
//! the sandbox what changes something, in every way that a page has; then nothing
//! may be different. It sends the same to a witness. When the witness repeats that
//! without what the browser says about its page, the sandbox does it: it was the
//! page that was rejected, and not the request.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::browser;
use crate::process::{Server, command, say};
use crate::tools;

const KEY: &str = "11111111-2222-3333-4444-555555555555";
const MEDIA: &str = "6e6a151be31b467f87225b18b0f36f00";
/// In how many ways the page sends each form.
const WAYS: usize = 9;
/// A form creates, closes, registers, and removes.
const FORMS: usize = 4;

pub(crate) fn check(root: &Path) -> Result<(), String> {
    let folder = root.join("target/sites");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let program = tools::talkspace(root)?;
    for host in ["127.0.0.1", "evil.example"] {
        let sandbox = Server::start(command(
            root,
            &program,
            &["sandbox", "--listen=0", "--ring=0"],
        ))?;
        let witness = Site::start()?;
        let form = format!("networkid=eta&appkey={KEY}");
        let made = send(sandbox.address(), &post("/api/rest/conference", &form))?;
        let (_, id) = made.split_once("\"conferenceId\":\"").ok_or(&*made)?;
        let talkspace = id.get(..32).ok_or("no id")?;
        let before = state(sandbox.address(), talkspace)?;

        let page = PAGE
            .replace("SANDBOX", sandbox.address())
            .replace("WITNESS", &witness.address)
            .replace("TALKSPACE", talkspace)
            .replace("MEDIA", MEDIA)
            .replace("KEY", KEY);
        let site = Site::serving(page)?;
        let url = site.address.replace("127.0.0.1", host);
        let did = browser::visit(root, &folder, &format!("http://{url}/"), &site.done)?;
        let after = state(sandbox.address(), talkspace)?;
        if after != before {
            return Err(format!("a page of {url} changed it:\n{before}\n{after}"));
        }
        let seen: Vec<_> = witness.seen.try_iter().collect();
        if seen.len() != WAYS * FORMS {
            return Err(format!("{} requests were sent: {did}", seen.len()));
        }
        say(&format!("sites: a page of {url} changed nothing: {did}"));
        for request in seen {
            send(sandbox.address(), &request)?;
        }
        let changed = state(sandbox.address(), talkspace)?;
        let same = before.lines().zip(changed.lines());
        if same.filter(|(before, after)| before == after).count() > 0 {
            return Err(format!(
                "no page would have changed it:\n{before}\n{changed}"
            ));
        }
    }
    Ok(())
}

/// What there is, in lines of which each form of the page changes another.
fn state(address: &str, talkspace: &str) -> Result<String, String> {
    let mut all = String::new();
    for path in [
        "conference",
        "registrant",
        "media",
        &format!("conference/{talkspace}"),
    ] {
        let get = format!("GET /api/rest/{path}?appkey={KEY} HTTP/1.1\r\n\r\n");
        let response = send(address, get.as_bytes())?;
        let (_, body) = response.split_once("\r\n\r\n").ok_or(&*response)?;
        all += &format!("{body}\n");
    }
    Ok(all)
}

fn post(path: &str, form: &str) -> Vec<u8> {
    let kind = "application/x-www-form-urlencoded";
    let length = form.len();
    let head = format!("POST {path} HTTP/1.1\r\nContent-Type: {kind}\r\nContent-Length: {length}");
    format!("{head}\r\n\r\n{form}").into_bytes()
}

/// Sends a request that has no `Host` yet, and returns the response.
fn send(address: &str, request: &[u8]) -> Result<String, String> {
    let text = String::from_utf8_lossy(request);
    let head = format!("\r\nHost: {address}\r\nConnection: close\r\n");
    let whole = text.replacen("\r\n", &head, 1);
    let exchange = || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(whole.as_bytes())?;
        std::io::read_to_string(stream)
    };
    exchange().map_err(|error| format!("{address}: {error}"))
}

/// A site with one page, or none, which notes what is sent to it.
pub(crate) struct Site {
    pub(crate) address: String,
    /// The requests with a form, without what a browser says of itself.
    seen: Receiver<Vec<u8>>,
    /// What the page did.
    done: Receiver<String>,
}

impl Site {
    fn start() -> Result<Self, String> {
        Self::serving(String::new())
    }

    pub(crate) fn serving(page: String) -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let (saw, seen) = channel();
        let (does, done) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (page, saw, does) = (page.clone(), saw.clone(), does.clone());
                // A browser connects ahead of what it has to say.
                std::thread::spawn(move || respond(stream, &page, &saw, &does));
            }
        });
        Ok(Self {
            address: address.to_string(),
            seen,
            done,
        })
    }
}

/// Responds to one request.
fn respond(
    stream: TcpStream,
    page: &str,
    saw: &Sender<Vec<u8>>,
    does: &Sender<String>,
) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let (mut kept, mut length) = (first.clone(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "content-type" => {}
            "" => break,
            _ => continue,
        }
        kept += &line;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let kept = [kept.as_bytes(), b"\r\n", &body].concat();
    if first.starts_with("POST /done") {
        does.send(String::from_utf8_lossy(&body).into_owned())
            .ok()?;
    } else if first.starts_with("POST") {
        saw.send(kept).ok()?;
    }
    let page = if first.starts_with("GET / ") {
        page
    } else {
        ""
    };
    let length = page.len();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
    let response = format!("{head}\r\nContent-Length: {length}\r\n\r\n{page}");
    reader.get_mut().write_all(response.as_bytes()).ok()
}

/// Sends each form in each way, to the witness and to the sandbox.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><body><script>
const forms = {
  "conference": { networkid: "eta" },
  "conference/TALKSPACE": { action: "close" },
  "registrant/": { networkid: `intruder-${location.host}`, phone: "14155551234" },
  "media/MEDIA": { action: "remove" },
};
const submit = (enctype) => (url, fields) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.name = `frame-${Math.random()}`;
  document.body.append(frame);
  const form = document.createElement("form");
  Object.assign(form, { action: url, method: "post", enctype, target: frame.name });
  const pairs = enctype === "text/plain" ? [[`${new URLSearchParams(fields)}&x`, ""]] : Object.entries(fields);
  for (const [name, value] of pairs) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  frame.onload = () => resolve("sent");
  form.submit();
});
const text = (fields) => `${new URLSearchParams(fields)}`;
const data = (fields) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
};
const quiet = (body, referrerPolicy = "") => async (url, fields) =>
  (await fetch(url, { method: "POST", mode: "no-cors", body: body(fields), referrerPolicy })).type;
// Its origin is `null`.
const boxed = (url, fields) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts";
  addEventListener("message", (event) => event.source === frame.contentWindow && resolve(event.data));
  frame.srcdoc = `<script>fetch(${JSON.stringify(url)}, { method: "POST", mode: "no-cors",
    body: new URLSearchParams(${JSON.stringify(fields)}) })
    .then((response) => response.type, String).then((said) => parent.postMessage(said, "*"));<\/script>`;
  document.body.append(frame);
});
const ways = {
  urlencoded: submit("application/x-www-form-urlencoded"),
  plain: submit("text/plain"),
  multipart: submit("multipart/form-data"),
  "without referrer": quiet(text, "no-referrer"),
  "fetch of pairs": quiet((fields) => new URLSearchParams(fields)),
  "fetch of text": quiet(text),
  "fetch of parts": quiet(data),
  beacon: async (url, fields) => navigator.sendBeacon(url, new URLSearchParams(fields)),
  boxed,
};
(async () => {
  const did = [];
  for (const host of ["WITNESS", "SANDBOX"]) {
    for (const [name, way] of Object.entries(ways)) {
      for (const [path, fields] of Object.entries(forms)) {
        const said = await way(`http://${host}/api/rest/${path}`, { ...fields, appkey: "KEY" });
        if (path === "conference" && host === "SANDBOX") did.push(`${name}: ${said}`);
      }
    }
  }
  for (const path of ["registrant/eta", "media/MEDIA"]) {
    const url = `http://SANDBOX/api/rest/${path}?appkey=KEY`;
    did.push(`DELETE: ${await fetch(url, { method: "DELETE" }).then(() => "done", () => "rejected")}`);
  }
  await fetch("/done", { method: "POST", body: did.join(", ") });
})();
</script>"#;

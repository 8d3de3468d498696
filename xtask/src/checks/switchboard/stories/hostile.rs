//! What others choose: ids that look like markup, and pages of other origins.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::server::{Client, answer_all, people};
use super::{Told, expect};
use crate::checks::sites::Site;
use crate::checks::switchboard::http::{self, at};
use crate::checks::switchboard::stage::{KEY, Stage};

/// Each would do something if it were taken for anything but text, or is hard to lay out.
const IDS: [&str; 6] = [
    "<img src=x onerror=document.title='hacked'>",
    "<script>document.title='hacked'</script>",
    "\"><svg onload=document.title='hacked'>",
    "javascript:document.title='hacked'",
    "\u{202e}txt.exe\u{202d}\u{5d0}\u{5d1}",
    "{{constructor.constructor('document.title=1')()}}",
];

/// Ids that are markup are shown as they are, everywhere, and nothing becomes too wide.
pub(super) fn markup(stage: &Stage) -> Told {
    let long = "w".repeat(1024);
    let ids: Vec<&str> = IDS.into_iter().chain([long.as_str()]).collect();
    let seeds = people(stage, "markup", ids.iter().map(|id| (*id).to_owned()))?;
    let sandbox = stage.sandbox(&["--seed-file", &seeds])?;
    let page = stage.window(&sandbox)?;
    let mut client = Client::of(&sandbox)?;
    let talkspace = sandbox.create(IDS[0])?;
    for id in ids.iter().skip(1) {
        client.post(
            &format!("conference/{talkspace}"),
            &[("action", "add"), ("networkid", id)],
        )?;
    }
    // What is wrong is shown as well: ids of TalkSpaces and media that there are not.
    for id in &ids {
        let path: String = id.bytes().map(|byte| format!("%{byte:02x}")).collect();
        client.get(&format!("conference/{path}"))?;
        client.get(&format!("media/{path}"))?;
    }
    for id in &ids {
        page.phone(id).is("ringing")?;
        page.phone(id).says(&shown(id))?;
    }
    answer_all(&sandbox)?;
    for id in &ids {
        page.phone(id).is("in_call")?;
    }
    let requests = at(&sandbox.get("health")?, "requests")
        .as_u64()
        .unwrap_or_default();
    let mut seen = 0;
    let mut look = |state: &str| {
        seen += 1;
        let wide = page.get(WIDE)?;
        let is_narrow = wide == json!([]);
        expect(&format!("{state} is not too wide: {wide}"), is_narrow)
    };
    for width in [1280, 400] {
        page.view(width, 900, "light")?;
        page.until(&format!("innerWidth === {width}"))?;
        for tab in ["phones", "talkspaces", "requests"] {
            if width == 400 {
                page.click(&format!("[data-testid=tab-{tab}]"))?;
            }
            look(tab)?;
        }
        // They unfold to what was sent, and to why it was rejected.
        for number in 1..=requests {
            page.get(&format!("void (location.hash = '#/request/{number}')"))?;
            page.until(&format!(
                "document.querySelector('[data-testid=request-detail] h3')?.innerText === 'Request {number}'"
            ))?;
            look(&format!("request {number}"))?;
        }
        page.click("[data-testid=close-request]")?;
    }
    let made = page.get("document.querySelectorAll('img, svg[onload], main script').length")?;
    expect(
        &format!("no element came of an id: {made}"),
        made == json!(0),
    )?;
    let title = page.get("document.title")?;
    expect(
        &format!("no script ran: {title}"),
        !title.to_string().contains("hacked"),
    )?;
    stage.clean(&page, &[])?;
    Ok(format!("{} ids are text in {seen} views", ids.len()))
}

/// An id as the page writes it: what turns text around is named.
fn shown(id: &str) -> String {
    let letter = |letter: char| match letter {
        '\u{202d}' | '\u{202e}' => letter.escape_unicode().to_string(),
        _ => letter.to_string(),
    };
    id.chars().map(letter).collect()
}

/// What is wider than the page.
const WIDE: &str = "document.documentElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll('body *')].filter((it) => it.getBoundingClientRect().right > innerWidth)
      .map((it) => `${it.tagName}.${it.className} ${it.innerText.slice(0, 40)}`).slice(0, 5) : []";

/// Pages of other origins reach nothing, neither by a form nor by a script, and learn nothing.
pub(super) fn other_origins(stage: &Stage) -> Told {
    let mut told = String::new();
    for host in ["127.0.0.1", "evil.example"] {
        let sandbox = stage.sandbox(&[])?;
        sandbox.create("eta")?;
        let before = sandbox.get("state")?;
        let page = PAGE
            .replace("SANDBOX", sandbox.address())
            .replace("KEY", KEY);
        let site = Site::serving(page)?;
        let window = stage
            .driver
            .browser(&["--host-resolver-rules=MAP * 127.0.0.1"])?;
        window.open(&format!(
            "http://{}/",
            site.address.replace("127.0.0.1", host)
        ))?;
        window.until("window.did !== undefined")?;
        let did: Value = window.get("window.did")?;
        let reached = did.as_array().into_iter().flatten();
        let reached: Vec<_> = reached
            .filter(|did| *at(did, "read") == json!(true))
            .collect();
        expect(
            &format!("nothing was read: {reached:?}"),
            reached.is_empty(),
        )?;
        let after = sandbox.get("state")?;
        expect(
            &format!("nothing changed:\n{before}\n{after}"),
            before == after,
        )?;
        // The same, but for what the browser says about the page, is done.
        let path = "/_sandbox/calls/1/answer";
        let (status, _) = http::json(sandbox.address(), "POST", path, Some(&json!({})))?;
        expect(
            &format!("it was the page that was refused: {status}"),
            status == 200,
        )?;
        let ways = did.as_array().map_or(0, Vec::len);
        let _ = write!(told, "{ways} ways from {host} reach nothing; ");
    }
    Ok(told.trim_end_matches("; ").to_owned())
}

/// Each way that a page has to send something, on each way to write the path.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><body><script>
const submit = (url, enctype) => new Promise((resolve) => {
  const frame = Object.assign(document.createElement("iframe"), { name: `frame-${Math.random()}` });
  const form = Object.assign(document.createElement("form"), { action: url, method: "post", enctype, target: frame.name });
  form.append(Object.assign(document.createElement("input"), { name: '{"key":"1","x":"', value: '"}' }));
  document.body.append(frame, form);
  frame.onload = () => {
    let read = false;
    try { read = frame.contentDocument.body.innerText !== ""; } catch { /* of another origin */ }
    resolve({ url, way: enctype, read });
  };
  form.submit();
});
const ask = async (url, options) => {
  const end = new AbortController();
  try {
    const response = await fetch(url, { ...options, signal: end.signal });
    const read = response.type !== "opaque" && (await response.body.getReader().read()).value?.length > 0;
    return { url, way: JSON.stringify(options), read };
  } catch {
    return { url, way: JSON.stringify(options), read: false };
  } finally {
    end.abort();
  }
};
const follow = (url) => new Promise((resolve) => {
  const stream = new EventSource(url);
  const is = (read) => { stream.close(); resolve({ url, way: "EventSource", read }); };
  stream.onopen = stream.onmessage = () => is(true);
  stream.onerror = () => is(false);
});
(async () => {
  const did = [];
  for (const prefix of ["_sandbox", "%5fsandbox", "_s%61ndbox", "x/../_sandbox", "_SANDBOX"]) {
    const root = `http://SANDBOX/${prefix}`;
    for (const path of ["calls/1/answer", "calls/1/decline", "calls/1/press", "reset", "seed", "clock/advance", "faults"]) {
      for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]) {
        if (path.startsWith("calls")) did.push(await submit(`${root}/${path}`, type));
        did.push(await ask(`${root}/${path}`, { method: "POST", mode: "no-cors", body: "{}", headers: { "content-type": type } }));
      }
      did.push(await ask(`${root}/${path}`, { method: "POST", body: "{}", headers: { "content-type": "application/json" } }));
    }
    for (const path of ["outage", "saved", "clock"]) did.push(await ask(`${root}/${path}`, { method: "PUT", body: "{}" }));
    for (const path of ["requests", "faults"]) did.push(await ask(`${root}/${path}`, { method: "DELETE" }));
    for (const path of ["", "state", "people", "requests", "events"]) did.push(await ask(`${root}/${path}`, {}));
    did.push(await follow(`${root}/events`));
  }
  for (const rings of [{ networkid: "eta" }]) {
    const body = new URLSearchParams({ ...rings, appkey: "KEY" });
    did.push(await ask("http://SANDBOX/api/rest/conference", { method: "POST", mode: "no-cors", body }));
  }
  window.did = did;
})();
</script>"#;

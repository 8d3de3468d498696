//! The server is killed, falls behind, or has much to tell.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Told, expect};
use crate::checks::switchboard::driver::Browser;
use crate::checks::switchboard::http::{Connection, FORM, at};
use crate::checks::switchboard::stage::{KEY, LIVE, Sandbox, Stage};

/// Longer than any id that a person would choose.
const LONG: usize = 1024;

/// How long the page is watched under load, in seconds, in place of the shortest time.
const WATCHED: &str = "TALKSPACE_SWITCHBOARD_SECONDS";

/// A sandbox that is killed and started again: the page says so, and comes back by itself.
pub(super) fn restarted(stage: &Stage) -> Told {
    let sandbox = stage.sandbox(&[])?;
    let page = stage.window(&sandbox)?;
    let address = sandbox.address().to_owned();
    let run = at(&sandbox.get("health")?, "run").clone();
    sandbox.create("eta")?;
    page.phone("eta").is("ringing")?;
    drop(sandbox);
    page.until("document.body.dataset.status === 'lost'")?;
    page.until("document.querySelector('[role=alert]').innerText !== ''")?;
    let sandbox = stage.sandbox_at(&address, &[])?;
    page.until(LIVE)?;
    expect(
        "another run has another name",
        run != *at(&sandbox.get("health")?, "run"),
    )?;
    page.until("document.querySelector('[role=alert]').innerText === ''")?;
    // What the one before knew is gone.
    page.until("document.querySelector('[data-testid=phone][data-state=ringing]') === null")?;
    sandbox.act("PATCH", "people", &json!({"held": true}))?;
    sandbox.create("eta")?;
    page.phone("eta").is("ringing")?;
    stage.clean(&page, &["net::ERR_", "NetworkError"])?;
    Ok("lost, and back by itself, with the state of the new run".to_owned())
}

/// A page that was told nothing for long is told that it has missed something, and is then as
/// one that was just opened.
pub(super) fn stalled(stage: &Stage) -> Told {
    const PEOPLE: usize = 60;
    const MUTED: usize = 1800;
    let seeds = people(
        stage,
        "stalled",
        (0..PEOPLE).map(|number| format!("{number:x<LONG$}")),
    )?;
    let sandbox = stage.sandbox(&["--seed-file", &seeds])?;
    let page = stage.window(&sandbox)?;
    let talkspace = sandbox.create(&format!("{:x<LONG$}", 0))?;
    let mut client = Client::of(&sandbox)?;
    let path = format!("conference/{talkspace}");
    for number in 1..PEOPLE {
        client.post(
            &path,
            &[
                ("action", "add"),
                ("networkid", &format!("{number:x<LONG$}")),
            ],
        )?;
    }
    answer_all(&sandbox)?;
    page.until(&format!(
        "document.querySelectorAll('[data-state=in_call]').length >= {PEOPLE}"
    ))?;
    page.get("window.stall()")?;
    // The connection was idle, and may be closed by now.
    let mut client = Client::of(&sandbox)?;
    // Each is told with all who are in the TalkSpace: far more than a connection holds.
    let one = format!("{path}/{:x<LONG$}", 0);
    for number in 0..MUTED {
        let action = if number % 2 == 0 { "mute" } else { "unmute" };
        client.post(&one, &[("action", action)])?;
    }
    client.post(&one, &[("action", "hangup")])?;
    page.get("window.resume()")?;
    page.until("window.resyncs > 0")?;
    let fresh = stage.window(&sandbox)?;
    fresh.until(&format!(
        "document.querySelectorAll('[data-state=in_call]').length >= {PEOPLE} - 1"
    ))?;
    let seen = fresh.get(SEEN)?;
    page.until(&format!("{SEEN} === {seen}"))?;
    stage.clean(&page, &[])?;
    Ok(format!(
        "{MUTED} events missed, and the same as a fresh page"
    ))
}

/// What a page shows of the service.
const SEEN: &str = "document.querySelector('#phones').innerText + document.querySelector('#switchboard').innerText";

/// 10,000 requests and 1,000 people: how many rows there are, how long a new one takes, and
/// what memory it all takes, as figures.
pub(super) fn crowded(stage: &Stage) -> Told {
    const REQUESTS: usize = 10_000;
    let ids = (0..1000).map(|number| format!("person-{number}"));
    let seeds = people(stage, "crowded", ids)?;
    let sandbox = stage.sandbox(&["--seed-file", &seeds])?;
    let page = stage.window(&sandbox)?;
    let paint = page.get("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")?;
    let mut client = Client::of(&sandbox)?;
    for _ in 0..REQUESTS {
        client.get("conference")?;
    }
    page.until(&format!(
        "Number(document.querySelector('[role=table]').ariaRowCount) > {REQUESTS}"
    ))?;
    let rows = page.get("document.querySelectorAll('[data-testid=request]').length")?;
    let elements = page.get("document.querySelectorAll('*').length")?;
    expect(
        &format!("{rows} rows are fewer than 100"),
        rows.as_u64() < Some(100),
    )?;
    let row = |number| {
        let selector = format!("[data-testid=request][data-request='{number}']");
        after(&page, &selector, || {
            Client::of(&sandbox)?.get("conference").map(drop)
        })
    };
    let mut rows_after = (1..=9)
        .map(|more| row(REQUESTS + more))
        .collect::<Result<Vec<_>, _>>()?;
    rows_after.sort_unstable();
    let before = heap(&page)?;
    let (more, longest) = load(&sandbox, &page)?;
    let after_load = heap(&page)?;
    let ring = "[data-testid=phone][data-person=person-7][data-state=ringing]";
    let ring = after(&page, ring, || {
        let leader = [("networkid", "person-7")];
        Client::of(&sandbox)?.post("conference", &leader).map(drop)
    })?;
    stage.clean(&page, &[])?;
    Ok(format!(
        "first paint after {} ms; {rows} rows and {elements} elements for {REQUESTS} requests; \
         a new row after {:?} ms; {more} more: the longest frame {longest} ms, the heap \
         {before:.1} MB, then {after_load:.1} MB; a ring after {ring} ms",
        paint.as_f64().unwrap_or_default().round(),
        rows_after.get(4).copied().unwrap_or_default(),
    ))
}

/// How many ms after something was begun an element is on the page.
fn after(
    page: &Browser,
    selector: &str,
    act: impl FnOnce() -> Result<(), String>,
) -> Result<u128, String> {
    page.run("window.watchFor(arguments[0]);", &json!([selector]))?;
    let begun = SystemTime::now();
    act()?;
    let there = page.until("window.thereSince")?;
    let begun = begun.duration_since(UNIX_EPOCH).unwrap_or_default();
    let there = u128::from(there.as_u64().unwrap_or_default());
    Ok(there.saturating_sub(begun.as_millis()))
}

/// Sends some 1,000 requests a second, and says how many, and how long the longest frame
/// was meanwhile.
fn load(sandbox: &Sandbox, page: &Browser) -> Result<(usize, Value), String> {
    let seconds = std::env::var(WATCHED).ok();
    let seconds = seconds.and_then(|seconds| seconds.parse().ok());
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(5));
    let mut client = Client::of(sandbox)?;
    page.get("window.watchFrames()")?;
    let mut sent = 0;
    while Instant::now() < end {
        for _ in 0..50 {
            client.get("conference")?;
        }
        sent += 50;
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok((sent, page.get("window.longestFrame()")?))
}

/// The page's memory in MB, without what nobody needs any more.
fn heap(page: &Browser) -> Result<f64, String> {
    page.devtools("HeapProfiler.collectGarbage", &json!({}))?;
    let used = page.devtools("Runtime.getHeapUsage", &json!({}))?;
    Ok(at(&used, "usedSize").as_f64().unwrap_or_default() / 1e6)
}

/// A file of people, each with a phone number.
pub(super) fn people(
    stage: &Stage,
    name: &str,
    people: impl Iterator<Item = String>,
) -> Result<String, String> {
    let people = people.enumerate();
    let people = people.map(|(number, id)| (id, Value::from(format!("1415{number:07}"))));
    let people: serde_json::Map<_, _> = people.collect();
    let path = stage.folder.join(format!("{name}.json"));
    let seeds = json!({"app_keys": [KEY], "people": people}).to_string();
    std::fs::write(&path, seeds).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path.to_string_lossy().into_owned())
}

/// All that ring answer, and press 1.
pub(super) fn answer_all(sandbox: &Sandbox) -> Result<(), String> {
    let calls = sandbox.get("calls?state=ringing&limit=500")?;
    for call in at(&calls, "calls").as_array().into_iter().flatten() {
        let number = at(call, "call");
        sandbox.act("POST", &format!("calls/{number}/answer"), &json!({}))?;
        sandbox.act(
            "POST",
            &format!("calls/{number}/press"),
            &json!({"key": "1"}),
        )?;
    }
    Ok(())
}

/// Sends many requests, one after another on a connection that is kept.
pub(super) struct Client(Connection);

impl Client {
    pub(super) fn of(sandbox: &Sandbox) -> Result<Self, String> {
        Connection::open(sandbox.address()).map(Self)
    }

    pub(super) fn get(&mut self, path: &str) -> Result<String, String> {
        let path = format!("/api/rest/{path}?appkey={KEY}");
        self.0.send("GET", &path, ("", "")).map(|(_, body)| body)
    }

    pub(super) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<String, String> {
        let mut form = format!("appkey={KEY}");
        for (name, value) in fields {
            let value: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
            form += &format!("&{name}={value}");
        }
        let path = format!("/api/rest/{path}");
        let (status, body) = self.0.send("POST", &path, (FORM, &form))?;
        if status < 400 {
            return Ok(body);
        }
        Err(format!("POST {path}: {status}: {body}"))
    }
}

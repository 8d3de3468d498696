//! An independent checker finds nothing that keeps anybody out, in any state of the page, and
//! a picture is taken of each.

use std::fs;

use serde_json::{Value, json};

use super::server::people;
use super::{Told, expect};
use crate::checks::switchboard::driver::Browser;
use crate::checks::switchboard::http::at;
use crate::checks::switchboard::stage::{Sandbox, Stage};
use crate::checks::switchboard::window::ESCAPE;
use crate::tools;

/// The version that the story was written with.
const AXE: &str = "axe-core@4.14.1";

const MEDIA: &str = "6e6a151be31b467f87225b18b0f36f00";
const PEOPLE: [&str; 8] = ["ada", "ben", "cleo", "dan", "eve", "fay", "gus", "hal"];

/// What each of these people is doing when everything is going on.
const PHONES: [(&str, &str); 6] = [
    ("ada", "ringing"),
    ("ben", "answered"),
    ("cleo", "in_call"),
    ("dan", "in_call"),
    ("eve", "speaking"),
    ("fay", "listening"),
];

/// Where the page is looked at, and what has found nothing so far.
struct Look<'s> {
    stage: &'s Stage<'s>,
    page: &'s Browser,
    axe: String,
    view: String,
    states: usize,
}

/// Looks at each state of the page, at this width and by day or night.
pub(super) fn seen(stage: &Stage, width: u32, scheme: &str) -> Told {
    let axe = tools::npm(stage.root, "axe", AXE)?.join("axe-core/axe.min.js");
    let axe = fs::read_to_string(&axe).map_err(|error| format!("{}: {error}", axe.display()))?;
    let view = format!("{width}-{scheme}");
    let seeds = people(stage, &view, PEOPLE.into_iter().map(str::to_owned))?;
    let options = ["--seed-file", &seeds, "--media", MEDIA, "--speech=60"];
    let sandbox = stage.sandbox(&options)?;
    let page = stage.window(&sandbox)?;
    let height = if width > 1000 { 860 } else { 800 };
    page.view(width, height, scheme)?;
    let mut look = Look {
        stage,
        page: &page,
        axe,
        view,
        states: 0,
    };
    look.at("empty")?;
    begin(&sandbox, &page)?;
    if width > 1000 {
        look.at("busy")?;
        for (person, state) in PHONES {
            let selector = format!("[data-testid=phone][data-person={person}]");
            look.keep(&format!("phone-{state}"), Some(&selector))?;
        }
    } else {
        for tab in ["talkspaces", "requests", "tools", "phones"] {
            page.click(&format!("[data-testid=tab-{tab}]"))?;
            look.at(&format!("busy-{tab}"))?;
        }
    }
    end(&sandbox, &mut look)?;
    beside(&sandbox, &mut look, width)?;
    stage.clean(&page, &[])?;
    drop(sandbox);
    page.until("document.body.dataset.status === 'lost'")?;
    look.at("lost")?;
    Ok(format!("axe finds nothing in {} states", look.states))
}

/// Has each telephone do something else.
fn begin(sandbox: &Sandbox, page: &Browser) -> Result<(), String> {
    let talkspace = sandbox.create("cleo")?;
    let into = ["--conference-id", &talkspace, "--network-id"];
    let add = |person| sandbox.client(&[&["add-to-talkspace"], &into[..], &[person]].concat());
    let made = sandbox.client(&["create-media"])?;
    let made = at(&made, "media_id").as_str().unwrap_or_default();
    add("dan")?;
    add("ben")?;
    sandbox.client(&["record-media", "--media-id", made, "--network-id", "eve"])?;
    sandbox.client(&["blast-media", "--media-id", MEDIA, "--network-id", "fay"])?;
    for person in ["cleo", "dan", "eve", "fay", "ben"] {
        page.phone(person).is("ringing")?;
        sandbox.at_phone(person, "answer", &json!({}))?;
        if person != "ben" {
            sandbox.at_phone(person, "press", &json!({"key": "1"}))?;
        }
    }
    sandbox.client(&[&["mute-participant"], &into[..], &["dan"]].concat())?;
    sandbox.pass(3)?;
    add("ada")?;
    // Something goes wrong, too.
    let _ = sandbox.client(&["get-talkspace", "--conference-id", &"0".repeat(32)]);
    for (person, state) in PHONES {
        page.phone(person).is(state)?;
    }
    page.phone("dan").is("in_call][data-muted=true")
}

/// A call that is over is shown for some seconds, and for as long as the focus is in it.
fn end(sandbox: &Sandbox, look: &mut Look) -> Result<(), String> {
    const GUS: &str = "[data-testid=phone][data-person=gus]";
    let (page, gus) = (look.page, look.page.phone("gus"));
    sandbox.create("gus")?;
    gus.is("ringing")?;
    page.get(&format!("void document.querySelector('{GUS}').focus()"))?;
    sandbox.at_phone("gus", "decline", &json!({}))?;
    gus.is("ended")?;
    look.at("ended")?;
    look.keep("phone-ended", Some(GUS))?;
    page.get("void document.activeElement?.blur()")?;
    Ok(())
}

/// A request unfolded, the dialogs, and what is said of faults and of an outage.
fn beside(sandbox: &Sandbox, look: &mut Look, width: u32) -> Result<(), String> {
    let page = look.page;
    page.get("void (location.hash = '#/request/1')")?;
    page.until("document.querySelector('[data-testid=request-detail]')?.checkVisibility()")?;
    look.at("request")?;
    page.click("[data-testid=close-request]")?;
    page.get("void document.activeElement?.blur()")?;
    page.keys("?".chars())?;
    page.until_there("[data-testid=keys][open]")?;
    look.at("keys")?;
    page.keys([ESCAPE])?;
    let fault = json!({"operation": "addToTalkspace", "fault": "lose_response"});
    sandbox.act("POST", "faults", &fault)?;
    sandbox.act("PUT", "outage", &json!({"on": true}))?;
    page.until("document.querySelector('[data-testid=faults-banner]')?.checkVisibility()")?;
    page.until("document.querySelector('[data-testid=outage-banner]')?.checkVisibility()")?;
    for tool in ["faults", "reset-tools"] {
        if width < 1000 {
            page.click("[data-testid=tab-tools]")?;
        }
        page.click(&format!("[data-testid={tool}]"))?;
        page.until_there("dialog[open]")?;
        look.at(tool)?;
        page.keys([ESCAPE])?;
        page.until("document.querySelector('dialog[open]') === null")?;
    }
    if width < 1000 {
        page.click("[data-testid=tab-phones]")?;
    }
    look.at("banners")
}

impl Look<'_> {
    /// Keeps a picture of this state, and has the checker look at it.
    fn at(&mut self, state: &str) -> Result<(), String> {
        self.states += 1;
        let Self { page, axe, .. } = &*self;
        self.keep(state, None)?;
        page.run(&format!("if (!window.axe) {{ {axe}\n }}"), &json!([]))?;
        page.get("void axe.run().then((found) => { window.found = found.violations; })")?;
        let found = page.until("window.found")?;
        page.get("void (window.found = undefined)")?;
        let found = found.as_array().into_iter().flatten().map(violation);
        let found: Vec<String> = found.collect();
        let view = &self.view;
        expect(
            &format!("{state}, {view}, has none of:\n  {}", found.join("\n  ")),
            found.is_empty(),
        )
    }

    fn keep(&self, state: &str, of: Option<&str>) -> Result<(), String> {
        let name = format!("{state}-{}.png", self.view);
        let path = self.stage.folder.join(name);
        let picture = self.page.picture(of)?;
        fs::write(&path, picture).map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn violation(found: &Value) -> String {
    let nodes = at(found, "nodes").as_array().into_iter().flatten();
    let nodes: Vec<_> = nodes
        .map(|node| format!("{} {}", at(node, "html"), at(node, "failureSummary")))
        .collect();
    let (id, help) = (at(found, "id"), at(found, "help"));
    format!("{id}: {help}:\n    {}", nodes.join("\n    "))
}

//! `talkspace demo`: a conference from its creation to its end.

use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};
use talkspace_core::{
    AddToTalkspace, CloseTalkspace, ConferenceId, CreateTalkspace, GetTalkspace, ListTalkspaces,
    NetworkId, Status, UnmuteParticipant,
};
use talkspace_sandbox::{Sandbox, SandboxBuilder};

use crate::connection::Carrier;
use crate::sender::Sender;
use crate::{exit, print};

const APP_KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
const GREETING: &str = "6e6a151be31b467f87225b18b0f36f00";
const LEADER: &str = "eta";
const GUEST: &str = "@theta";

/// How long the demo waits for somebody to answer the phone.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Creates and steers a TalkSpace against a sandbox inside this process.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// What carries the requests
    #[arg(long, value_enum, default_value_t = Carrier::Hyper)]
    transport: Carrier,

    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// A failure that ends the demo.
enum Stop {
    Call(talkspace_core::Error),
    Other(String),
}

impl From<talkspace_core::Error> for Stop {
    fn from(error: talkspace_core::Error) -> Self {
        Self::Call(error)
    }
}

impl From<String> for Stop {
    fn from(problem: String) -> Self {
        Self::Other(problem)
    }
}

impl Demo {
    pub(crate) fn run(self) -> ExitCode {
        match self.tell() {
            Ok(()) => ExitCode::SUCCESS,
            Err(Stop::Call(error)) => {
                print::error(&error, self.json);
                exit::of(&error)
            }
            Err(Stop::Other(problem)) => {
                print::failure(problem);
                ExitCode::from(exit::NOT_SENT)
            }
        }
    }

    fn tell(&self) -> Result<(), Stop> {
        let server = Sandbox::start().map_err(|error| format!("no sandbox: {error}"))?;
        let sender = Sender::new(self.transport, &server.url(), APP_KEY.into())?;
        let mut story = Story::begin(self, &server.url());

        let created = sender.send(CreateTalkspace::new(LEADER).greeting_id(GREETING))?;
        let id = created.conference_id;
        story.step(
            "create",
            &format!("TalkSpace {id}"),
            created.status,
            &created.message,
        );
        wait_for(&sender, &id, LEADER)?;

        let added = sender.send(AddToTalkspace::new(&id, GUEST).muted(true))?;
        story.step(
            "add",
            &format!("{GUEST}, muted"),
            added.status,
            &added.message,
        );
        wait_for(&sender, &id, GUEST)?;

        let unmuted = sender.send(UnmuteParticipant::new(&id, GUEST))?;
        story.step("unmute", GUEST, unmuted.status, &unmuted.message);

        let listed = sender.send(ListTalkspaces::new().active(true))?;
        let active = format!("{} active", listed.active.len());
        story.step("list", &active, listed.status, &listed.message);

        let details = sender.send(GetTalkspace::new(&id))?;
        story.step(
            "details",
            &names(&details.participants),
            details.status,
            &details.message,
        );

        let closed = sender.send(CloseTalkspace::new(&id))?;
        story.step(
            "close",
            "everybody is off the phone",
            closed.status,
            &closed.message,
        );

        story.end(&id);
        Ok(())
    }
}

/// Looks until somebody has answered the phone: the service sends no events.
fn wait_for(sender: &Sender, id: &ConferenceId, person: &str) -> Result<(), Stop> {
    let until = Instant::now() + PATIENCE;
    let person = NetworkId::new(person);
    loop {
        let details = sender.send(GetTalkspace::new(id))?;
        if details.participants.contains(&person) {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(Stop::Other(format!("{person} did not answer the phone")));
        }
        sleep(LOOK_EVERY);
    }
}

fn names(people: &[NetworkId]) -> String {
    let names: Vec<_> = people.iter().map(NetworkId::as_str).collect();
    names.join(" and ")
}

/// What is told while the demo goes on, or at its end.
struct Story {
    transport: &'static str,
    json: bool,
    steps: Vec<Value>,
}

impl Story {
    fn begin(demo: &Demo, url: &str) -> Self {
        let transport = demo.transport.name();
        if !demo.json {
            print::out(&format!(
                "A TalkSpace against a sandbox at {url}, carried by {transport}\n\n"
            ));
        }
        Self {
            transport,
            json: demo.json,
            steps: Vec::new(),
        }
    }

    fn step(&mut self, name: &str, what: &str, status: Status, message: &str) {
        if self.json {
            self.steps.push(json!({
                "step": name,
                "what": what,
                "status": status.code(),
                "message": message,
            }));
            return;
        }
        let status = print::good(status.code());
        let remark = match message {
            "" => String::new(),
            message => print::faint(format!("  \"{}\"", print::printable(message))),
        };
        print::out(&format!("  {status}  {name:<8} {what}{remark}\n"));
    }

    fn end(self, id: &ConferenceId) {
        if self.json {
            print::out_json(&json!({
                "transport": self.transport,
                "conference_id": id.as_str(),
                "steps": self.steps,
            }));
        } else {
            print::out(
                "\nDone. `talkspace sandbox` keeps one running; `talkspace --help` lists the rest.\n",
            );
        }
    }
}

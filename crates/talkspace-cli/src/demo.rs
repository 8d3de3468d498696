//! `talkspace demo`: a conference from the registration of its people to its
//! recording.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use talkspace_core::response::GetRegistrationStatusOutcome;
use talkspace_core::{
    AddToTalkspace, Client, CloseTalkspace, CreateMedia, CreateTalkspace, Download, GetMediaStatus,
    GetRegistrationStatus, GetTalkspace, ListTalkspaces, MediaId, MuteParticipant, NetworkId,
    RecordMedia, Register, UnmuteParticipant,
};
use talkspace_sandbox::{Sandbox, SandboxBuilder};

use crate::download::unwritten;
use crate::failure::Failure;
use crate::output::Place;
use crate::report::{Manner, Outcome};
use crate::sender::{Engine, Sender};
use crate::story::Story;
use crate::temporary::{self, Readers};
use crate::trace::Trace;

const APP_KEY: &str = SandboxBuilder::EXAMPLE_APP_KEY;
const LEADER: &str = "eta";
const GUEST: &str = "@theta";

/// How long the greeting is: long enough to be heard, and no longer.
const SPEECH: Duration = Duration::from_millis(300);

/// How long is polled for something that takes a moment.
const POLL_TIMEOUT: Duration = Duration::from_secs(60);

/// Tells the whole story of a TalkSpace against a sandbox inside this process.
///
/// Two people register, one of them records a greeting, they talk, and the
/// recording is downloaded.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The transport that sends the requests
    #[arg(long, value_enum, default_value_t = Engine::Hyper)]
    transport: Engine,

    /// Where to save the recording; a file in the temporary folder if not given
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,

    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(crate) fn run(self) -> ExitCode {
        let manner = Manner {
            json: self.json,
            verbose: false,
        };
        manner.finish(self.tell().map(|()| Outcome::Quiet))
    }

    fn tell(&self) -> Result<(), Failure> {
        let path = match &self.save {
            Some(path) => path.clone(),
            None => std::env::temp_dir().join(temporary::name("talkspace-demo-", ".mp3")),
        };
        let place = Place::look(&path).map_err(Failure::Usage)?;
        if place.is_stdout() {
            return Err(Failure::Usage(
                "standard output is for the story".to_owned(),
            ));
        }
        let server = Sandbox::builder()
            .app_key(APP_KEY)
            .speech(SPEECH)
            .start()
            .map_err(|error| Failure::Usage(format!("no sandbox: {error}")))?;
        let builder = Client::builder(server.url(), APP_KEY);
        let sender = Sender::new(self.transport, builder, None, Trace::default(), None)
            .map_err(Failure::Usage)?;
        let mut story = Story::begin(self.transport.name(), self.json, &server.url())?;

        register(&sender, &mut story, LEADER, "(415) 123-9876")?;
        register(&sender, &mut story, GUEST, "(415) 123-9877")?;
        let greeting = record_greeting(&sender, &mut story)?;
        let recording = sender.send(CreateMedia::new())?.media_id;
        let conference = talk(&sender, &mut story, &greeting, &recording)?;
        download(&sender, &mut story, recording, place)?;
        story.end(&conference, &path)
    }
}

fn download(
    sender: &Sender,
    story: &mut Story,
    recording: MediaId,
    place: Place,
) -> Result<(), Failure> {
    let status = sender.wait_for_media(&recording, POLL_TIMEOUT)?;
    let url = status
        .download_url
        .ok_or_else(|| Failure::NotThere("the recording has no URL".to_owned()))?;
    let mut output = place.open(Readers::Owner).map_err(Failure::Output)?;
    let bytes = sender.download(Download::new(url).size(status.file_size), &mut output);
    let bytes = bytes.map_err(|error| unwritten(error, &output))?;
    output.finish().map_err(Failure::Output)?;
    let what = format!("the recording, {bytes} bytes");
    story.step("download", &what, status.status, "")
}

fn register(sender: &Sender, story: &mut Story, person: &str, phone: &str) -> Result<(), Failure> {
    let known = sender.send(GetRegistrationStatus::new(person))?;
    if known.outcome == GetRegistrationStatusOutcome::Unknown {
        let phone = phone
            .parse()
            .map_err(|error| Failure::Usage(format!("{error}")))?;
        let registered = sender.send(Register::new(person).phone(phone))?;
        sender.wait_for_registration(person, POLL_TIMEOUT)?;
        let what = format!("{person} answers the phone and presses 1");
        story.step("register", &what, registered.status, &registered.message)?;
    }
    Ok(())
}

fn record_greeting(sender: &Sender, story: &mut Story) -> Result<MediaId, Failure> {
    let media = sender.send(CreateMedia::new())?.media_id;
    let recorded = sender.send(RecordMedia::new(&media, LEADER))?;
    sender.wait_for_media(&media, POLL_TIMEOUT)?;
    let status = sender.send(GetMediaStatus::new(&media))?;
    let what = format!("{LEADER} speaks a greeting, {} bytes", status.file_size);
    story.step("record", &what, recorded.status, &recorded.message)?;
    Ok(media)
}

fn talk(
    sender: &Sender,
    story: &mut Story,
    greeting: &MediaId,
    recording: &MediaId,
) -> Result<String, Failure> {
    let created = sender.send(
        CreateTalkspace::new(LEADER)
            .greeting_id(greeting)
            .recording_id(recording),
    )?;
    let id = created.conference_id;
    story.step(
        "create",
        &format!("TalkSpace {id}"),
        created.status,
        &created.message,
    )?;
    sender.wait_for_participant(&id, LEADER, POLL_TIMEOUT)?;

    let added = sender.send(
        AddToTalkspace::new(&id, GUEST)
            .greeting_id(greeting)
            .muted(true),
    )?;
    story.step(
        "add",
        &format!("{GUEST}, muted"),
        added.status,
        &added.message,
    )?;
    sender.wait_for_participant(&id, GUEST, POLL_TIMEOUT)?;

    let unmuted = sender.send(UnmuteParticipant::new(&id, GUEST))?;
    story.step("unmute", GUEST, unmuted.status, &unmuted.message)?;
    let muted = sender.send(MuteParticipant::new(&id, LEADER))?;
    story.step("mute", LEADER, muted.status, &muted.message)?;

    let listed = sender.send(ListTalkspaces::new().active(true))?;
    let active = format!("{} active", listed.active.len());
    story.step("list", &active, listed.status, &listed.message)?;

    let details = sender.send(GetTalkspace::new(&id))?;
    story.step(
        "details",
        &names(&details.participants),
        details.status,
        &details.message,
    )?;

    let closed = sender.send(CloseTalkspace::new(&id))?;
    story.step(
        "close",
        "everybody is off the phone",
        closed.status,
        &closed.message,
    )?;
    Ok(id.into())
}

fn names(people: &[NetworkId]) -> String {
    let names: Vec<_> = people.iter().map(NetworkId::as_str).collect();
    names.join(" and ")
}

//! Does a step to the sandbox and to the model, and compares the two.

mod conferences;
mod media;
mod people;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher as _};
use std::time::Duration;

use bytes::Bytes;
use talkspace_core::response::{GetMediaStatusOutcome, GetRegistrationStatusOutcome};
use talkspace_core::transport::{BlockingTransport, Body, Exchange};
use talkspace_core::{
    AddToTalkspace, BlastMedia, BlockingClient, CancelToken, ChangePhone, CloseTalkspace,
    CreateMedia, CreateTalkspace, DeleteRegistrant, GetMediaStatus, GetRegistrationStatus,
    GetTalkspace, GetVersion, HangUp, Limits, ListMedia, ListNetworkIds, ListTalkspaces, MediaFile,
    MoveParticipant, MuteParticipant, NetworkId, Operation, PhoneNumber, RecordMedia, Register,
    RegistrationQuery, RemoveMedia, RequestOptions, RequestUploadGrant, UnmuteParticipant,
    UploadMedia,
};
use talkspace_sandbox::{Clock, Sandbox, SandboxBuilder};

use crate::held::Holder;
use crate::model::{Conference, Grant, Media, Model, PEOPLE, Place, RING};
use crate::{Step, What};

const KEYS: [&str; 3] = ["app-one", "app-two", "unknown"];
/// A key that no application has.
const UNKNOWN: usize = 2;
/// Which of the phones of a registration nobody answers.
const UNANSWERED: usize = 4;
/// Media that both applications have from the beginning.
const GREETING: &str = "6e6a151be31b467f87225b18b0f36f00";

pub(crate) struct Run {
    pub(crate) sandbox: Sandbox,
    clients: Vec<BlockingClient>,
    /// Whoever does with the telephones what the crowd would, if not the crowd.
    holder: Option<Holder>,
    pub(crate) model: Model,
}

/// What every run begins with.
pub(crate) fn builder() -> SandboxBuilder {
    Sandbox::builder()
        .app_key(KEYS[0])
        .person(PEOPLE[0], "14155550100")
        .app_key(KEYS[1])
        .person(PEOPLE[1], "14155550101")
        .media(GREETING)
        .ring(RING)
        .clock(Clock::frozen())
        .seed(1)
}

impl Run {
    pub(crate) fn new() -> Self {
        Self::on(builder().build().unwrap())
    }

    /// On a sandbox in which nothing has happened yet.
    pub(crate) fn on(sandbox: Sandbox) -> Self {
        let mut model = Model::default();
        for app in 0..UNKNOWN {
            for person in 0..2 {
                model.related.insert((app, person));
            }
        }
        Self {
            clients: clients(&sandbox),
            holder: None,
            sandbox,
            model,
        }
    }

    /// Goes on with another sandbox, which has to be in the same state.
    pub(crate) fn go_on_with(&mut self, sandbox: Sandbox) {
        self.clients = clients(&sandbox);
        self.sandbox = sandbox;
    }

    pub(crate) fn wait(&mut self, by: Duration) {
        match &mut self.holder {
            Some(holder) => holder.wait(&self.sandbox, by),
            None => self.sandbox.advance(by),
        }
        self.model.wait(by);
    }

    /// Takes the telephones from the crowd.
    pub(crate) fn hold(&mut self) {
        self.holder = Some(Holder::of(&self.sandbox));
    }

    /// Sends a request. Whatever the status of its response, the spec has it.
    fn send<O: Operation>(&self, app: usize, request: O) -> Result<O::Response, u16> {
        self.clients[app].send(request).map_err(|error| {
            let status = error.status().map(|status| status.code());
            let status = status.unwrap_or_else(|| panic!("{}: {error:?}", O::INFO.id));
            assert!(O::INFO.errors.contains(&status), "{}: {status}", O::INFO.id);
            status
        })
    }

    pub(crate) fn step(&mut self, step: &Step) {
        let app = if step.app == 24 {
            UNKNOWN
        } else {
            step.app % 2
        };
        let step = &self.choose(app, step);
        self.apply(app, step);
        if let Some(holder) = &mut self.holder {
            let is_answered = !matches!(step.what, What::Register) || step.other != UNANSWERED;
            holder.look(&self.sandbox, is_answered);
        }
    }

    fn apply(&mut self, app: usize, step: &Step) {
        match step.what {
            What::GetVersion => assert!(self.send(app, GetVersion::new()).is_ok()),
            What::ListNetworkIds
            | What::ListTalkspaces
            | What::GetTalkspace
            | What::ListMedia
            | What::GetMediaStatus
            | What::DownloadMedia
                if app == UNKNOWN =>
            {
                self.read_as_unknown();
            }
            What::ListNetworkIds => self.check_people(app),
            What::ListTalkspaces | What::GetTalkspace => self.check_conferences(app),
            What::ListMedia | What::GetMediaStatus | What::DownloadMedia => self.check_media(app),
            What::Register => self.register(app, step),
            What::GetRegistrationStatus => self.registration_status(app, step),
            What::ChangePhone => self.change_phone(app, step),
            What::DeleteRegistrant => self.delete_registrant(app, step.person),
            What::CreateTalkspace => self.create_talkspace(app, step),
            What::AddToTalkspace => self.add(app, step),
            What::CloseTalkspace => self.close(app, step.one),
            What::HangUp => self.hang_up(app, step),
            What::MoveParticipant => self.move_participant(app, step),
            What::MuteParticipant | What::UnmuteParticipant => self.mute(app, step),
            What::CreateMedia => self.create_media(app),
            What::RecordMedia => self.record(app, step),
            What::BlastMedia => self.blast(app, step),
            What::RequestUploadGrant => self.grant(app, step.one),
            What::RemoveMedia => self.remove(app, step.one),
            What::UploadMedia => self.upload(step),
            What::Wait => self.wait(Duration::from_millis(
                [50, 150, 200, 200, 1_000, 1_200, 30_000, 25 * 3_600_000][step.option],
            )),
            What::Outage => {
                self.model.outage = step.option == 0;
                self.sandbox.set_outage(self.model.outage);
            }
        }
    }

    /// Turns the numbers of a step into places in the model: mostly of what
    /// the request can be about, so that much happens, and else of anything
    /// or nothing.
    fn choose(&self, app: usize, step: &Step) -> Step {
        let mut step = step.clone();
        if step.odd {
            return step;
        }
        let model = &self.model;
        match step.what {
            What::AddToTalkspace
            | What::CloseTalkspace
            | What::HangUp
            | What::MoveParticipant
            | What::MuteParticipant
            | What::UnmuteParticipant => {
                let open = 0..model.conferences.len();
                let mut open: Vec<usize> = open.filter(|c| self.is_open(app, *c)).collect();
                choose_from(&open, &mut step.one);
                open.retain(|other| *other != step.one);
                choose_from(&open, &mut step.other);
            }
            What::UploadMedia => {
                let good: Vec<usize> = (0..model.grants.len())
                    .filter(|grant| model.is_good(*grant))
                    .collect();
                choose_from(&good, &mut step.one);
            }
            What::RecordMedia
            | What::BlastMedia
            | What::RequestUploadGrant
            | What::RemoveMedia
            | What::CreateTalkspace => {
                let own = 0..model.media.len();
                let mut own: Vec<usize> = own.filter(|m| self.own(app, *m).is_some()).collect();
                choose_from(&own, &mut step.one);
                own.retain(|media| model.media[*media].uploaded.is_some());
                choose_from(&own, &mut step.other);
                if let What::BlastMedia = step.what {
                    step.one = step.other;
                }
            }
            _ => {}
        }
        let people: Vec<usize> = match step.what {
            What::Register => Vec::new(),
            What::HangUp
            | What::MoveParticipant
            | What::MuteParticipant
            | What::UnmuteParticipant => model
                .conferences
                .get(step.one)
                .map(|conference| conference.places.keys().copied().collect())
                .unwrap_or_default(),
            _ => (0..PEOPLE.len())
                .filter(|person| self.is_related(app, *person))
                .collect(),
        };
        choose_from(&people, &mut step.person);
        step
    }

    /// Everything that can be seen is what it must be.
    pub(crate) fn check(&self) {
        for app in 0..UNKNOWN {
            self.check_people(app);
            self.check_conferences(app);
            self.check_media(app);
        }
    }

    /// Everything that can be seen, with places in the model for ids: two runs
    /// of the same steps see the same.
    pub(crate) fn observe(&self) -> Vec<String> {
        let mut seen = Vec::new();
        for person in PEOPLE {
            seen.push(format!("{person} {}", self.sandbox.rings(person)));
        }
        for app in 0..UNKNOWN {
            let people = self.send(app, ListNetworkIds::new()).unwrap();
            seen.push(format!("{:?}", people.network_ids));
            let list = self.send(app, ListTalkspaces::new()).unwrap();
            for (place, conference) in self.model.conferences.iter().enumerate() {
                let is_active = list.active.contains(&conference.id);
                let there = self.send(app, GetTalkspace::new(&conference.id));
                let there = there.map(|details| details.participants);
                seen.push(format!("{place} {is_active} {there:?}"));
            }
            let list = self.send(app, ListMedia::new()).unwrap();
            for (place, media) in self.model.media.iter().enumerate() {
                let is_recorded = list.recorded.contains(&media.id);
                let status = self.send(app, GetMediaStatus::new(&media.id));
                let content = status.map(|status| {
                    let url = status.download_url?;
                    Some(digest(&self.download(url.as_str())))
                });
                seen.push(format!("{place} {is_recorded} {content:?}"));
            }
        }
        seen
    }

    fn read_as_unknown(&self) {
        assert_eq!(self.send(UNKNOWN, ListNetworkIds::new()), Err(400));
        assert_eq!(self.send(UNKNOWN, ListTalkspaces::new()), Err(400));
        assert_eq!(self.send(UNKNOWN, ListMedia::new()), Err(404));
    }

    fn works(&self, app: usize) -> bool {
        app != UNKNOWN && !self.model.outage
    }

    fn is_related(&self, app: usize, person: usize) -> bool {
        self.model.related.contains(&(app, person))
    }

    /// Whether this greeting may be played: none, one that is there, or one
    /// that is not.
    fn greeting(option: usize) -> (Option<&'static str>, bool) {
        match option {
            0..=4 => (None, true),
            5 | 6 => (Some(GREETING), true),
            _ => (Some("unknown"), false),
        }
    }

    fn can_call(&self, app: usize, person: usize) -> bool {
        self.works(app) && self.is_related(app, person) && PEOPLE[person] != "unreachable-1"
    }
}

/// A client for each key.
fn clients(sandbox: &Sandbox) -> Vec<BlockingClient> {
    let client = |key: &str| {
        BlockingClient::builder(Sandbox::IN_MEMORY_URL, key)
            .options(RequestOptions::default().max_retries(0))
            .build_blocking(sandbox.transport())
            .unwrap()
    };
    KEYS.map(client).into()
}

/// What stands for an hour of sound where it is compared after each step.
fn digest(content: &Bytes) -> (usize, u64) {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    (content.len(), hasher.finish())
}

/// Turns a number into one of these, if there are any.
fn choose_from(these: &[usize], number: &mut usize) {
    if let Some(chosen) = number.checked_rem(these.len()) {
        *number = these[chosen];
    }
}

/// A list in which nothing comes twice.
fn unique<T: Ord>(list: Vec<T>) -> BTreeSet<T> {
    let length = list.len();
    let set = BTreeSet::from_iter(list);
    assert_eq!(set.len(), length, "something is listed twice");
    set
}

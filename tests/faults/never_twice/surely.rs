//! Sure requests among other programs with the same key, and the law that no
//! verdict is wrong.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use talkspace_core::server::ServerOperation;
use talkspace_core::sure::{Place, SureRequest, UploadTo};
use talkspace_core::{
    AddToTalkspace, BlastMedia, BlockingClient, ChangePhone, CloseTalkspace, ConferenceId,
    CreateMedia, CreateTalkspace, DeleteRegistrant, Effect, HangUp, MediaId, MoveParticipant,
    NetworkId, Operation, RecordMedia, Register, RemoveMedia, RequestUploadGrant, Sure,
    UploadMedia,
};
use talkspace_sandbox::Sandbox;

use super::world::{Step, World, file, newest, phone};
use crate::client::{Rig, Surely, error_body};
use crate::fault::{Fault, Part, Then};
use crate::meanwhile::Event;

/// So long after whatever was sent, no telephone rings and nothing is recorded.
const SETTLED: Duration = Duration::from_secs(10 * 60);
/// How long people let their telephones ring, or speak.
const ANSWERED: Duration = Duration::from_secs(2);

/// What happens around a sure request.
#[derive(Clone, Debug)]
pub(super) struct Around {
    /// Whether the application rules out that others do the same, as it then is.
    exclusive: bool,
    /// Whether all is made ready for it, so that it is likely to succeed.
    ready: bool,
    /// The fault of the request itself, where the look before passes; those of the
    /// step come after it then.
    lost: Option<Fault>,
    /// What happens before which exchange.
    events: Vec<(usize, Happening)>,
}

#[derive(Clone, Copy, Debug)]
enum Happening {
    /// The telephones that ring are answered.
    Answer,
    /// What is still on its way arrives.
    Arrive,
    /// Another program does something: what, and with whom, where, which media.
    Other([u8; 4]),
}

pub(super) fn around() -> impl Strategy<Value = Option<Around>> {
    let happening = prop_oneof![
        1 => any::<()>().prop_map(|()| Happening::Answer),
        1 => any::<()>().prop_map(|()| Happening::Arrive),
        4 => any::<[u8; 4]>().prop_map(Happening::Other),
    ];
    let events = vec((0..5_usize, happening), 0..=3);
    let end = || select(&[Then::Close, Then::Reset][..]);
    let lost = prop_oneof![
        2 => end().prop_map(|then| Fault::Response { part: Part::Nothing, then }),
        1 => end().prop_map(Fault::Late),
    ];
    let around = (any::<bool>(), any::<bool>(), option::of(lost), events);
    option::of(around.prop_map(|(exclusive, ready, lost, events)| Around {
        exclusive,
        ready,
        lost,
        events,
    }))
}

/// What other programs have done in the meantime.
#[derive(Default)]
struct Others {
    applied: BTreeMap<&'static str, u64>,
    rings: u64,
    talkspaces: Vec<ConferenceId>,
}

/// Another program, as one action of it needs it.
struct Other {
    client: BlockingClient,
    sandbox: Sandbox,
    others: Arc<Mutex<Others>>,
}

impl Other {
    fn send<O: Operation>(&self, operation: O) -> Option<O::Response> {
        let before = rings(&self.sandbox);
        let outcome = self.client.send(operation);
        let mut others = self.others.lock().unwrap();
        others.rings += rings(&self.sandbox) - before;
        if outcome.is_ok() {
            *others.applied.entry(O::INFO.id).or_default() += 1;
        }
        outcome.ok()
    }

    fn create(&self, person: NetworkId) {
        let made = self.send(CreateTalkspace::new(person));
        let mut others = self.others.lock().unwrap();
        others
            .talkspaces
            .extend(made.map(|made| made.conference_id));
    }

    fn upload(&self, media: MediaId, size: usize) {
        if let Some(granted) = self.send(RequestUploadGrant::new(media)) {
            self.send(UploadMedia::new(granted.grant_id, file(size)));
        }
    }
}

fn rings(sandbox: &Sandbox) -> u64 {
    Rig::PEOPLE.iter().map(|id| sandbox.rings(*id)).sum()
}

/// What a request is about, which others leave alone if it is exclusive.
struct About {
    person: Option<NetworkId>,
    media: Option<MediaId>,
}

impl World<'_> {
    /// Plays a step surely, unless its operation can be sent twice.
    pub(super) fn play_surely(
        &mut self,
        step: &Step,
        around: &Around,
    ) -> Result<bool, TestCaseError> {
        let [one, two, three] = step.which.map(usize::from);
        let (mut person, mut talkspace, mut media) = self.chosen(step);
        let mut to = newest(&self.talkspaces, three);
        if around.ready {
            (person, talkspace, to) = self
                .meeting(step.operation)
                .unwrap_or((person, talkspace, to));
            let made = self.rig.direct().send(CreateMedia::new());
            media = made.map_or(media, |made| made.media_id);
        }
        let who = || About {
            person: Some(person.into()),
            media: None,
        };
        let what = || About {
            person: None,
            media: Some(media.clone()),
        };
        let nothing = || About {
            person: None,
            media: None,
        };
        match step.operation {
            "register" => {
                let request = Register::new(person).phone(phone(two));
                self.surely(request, step, around, who()).map(drop)
            }
            "changePhone" => {
                let request = ChangePhone::new(person, phone(two));
                self.surely(request, step, around, who()).map(drop)
            }
            "createTalkspace" => {
                let request = CreateTalkspace::new(person);
                let made = self.surely(request, step, around, who())?;
                self.talkspaces.extend(made.map(|made| made.conference_id));
                Ok(())
            }
            "addToTalkspace" => {
                let request = AddToTalkspace::new(talkspace, person);
                self.surely(request, step, around, who()).map(drop)
            }
            "moveParticipant" => {
                let request = MoveParticipant::new(talkspace, person, to);
                self.surely(request, step, around, who()).map(drop)
            }
            "createMedia" => {
                let made = self.surely(CreateMedia::new(), step, around, nothing())?;
                self.media.extend(made.map(|made| made.media_id));
                Ok(())
            }
            "recordMedia" => {
                let request = RecordMedia::new(&media, person);
                self.surely(request, step, around, what()).map(drop)
            }
            "blastMedia" => {
                let request = BlastMedia::new([media], person);
                self.surely(request, step, around, who()).map(drop)
            }
            "requestUploadGrant" => {
                let request = RequestUploadGrant::new(&media);
                let granted = self.surely(request, step, around, nothing())?;
                self.grants.extend(granted.map(|granted| granted.grant_id));
                Ok(())
            }
            "uploadMedia" => {
                let granted = self.rig.direct().send(RequestUploadGrant::new(&media));
                let used = |_| newest(&self.grants, one);
                let grant = granted.map_or_else(used, |granted| granted.grant_id);
                let request = UploadTo::new(&media, UploadMedia::new(grant, file(two)));
                let error_body = error_body::<UploadMedia>;
                let stored = self.surely_as(request, step, around, what(), error_body)?;
                self.urls.extend(stored.map(|stored| stored.download_url));
                Ok(())
            }
            _ => return Ok(false),
        }?;
        Ok(true)
    }

    /// A person, a TalkSpace and another, so that the operation is likely to succeed.
    fn meeting(&self, operation: &str) -> Option<(&'static str, ConferenceId, ConferenceId)> {
        let [eta, theta, .., stranger] = Rig::PEOPLE;
        let client = self.rig.direct();
        let create = |person: &str| {
            let made = client.send(CreateTalkspace::new(person));
            made.ok().map(|made| made.conference_id)
        };
        let (with, without) = (create(eta)?, create(theta)?);
        self.rig.sandbox().advance(SETTLED);
        Some(match operation {
            "addToTalkspace" => (eta, without, with),
            "register" => {
                let _ = client.send(DeleteRegistrant::new(stranger));
                (stranger, with, without)
            }
            _ => (eta, with, without),
        })
    }

    fn surely<O: SureRequest + ServerOperation>(
        &mut self,
        request: O,
        step: &Step,
        around: &Around,
        about: About,
    ) -> Result<Option<O::Response>, TestCaseError> {
        self.surely_as(request, step, around, about, error_body::<O>)
    }

    fn surely_as<O: SureRequest>(
        &mut self,
        request: O,
        step: &Step,
        around: &Around,
        about: About,
        error_body: fn(u16) -> bytes::Bytes,
    ) -> Result<Option<O::Response>, TestCaseError> {
        if around.exclusive {
            self.rig.sandbox().advance(SETTLED);
        }
        let others = Arc::new(Mutex::new(Others::default()));
        let mut before: Vec<Vec<Event>> = Vec::new();
        before.resize_with(5, Vec::new);
        for (exchange, happening) in &around.events {
            let event = match happening {
                Happening::Answer => {
                    let sandbox = self.rig.sandbox().clone();
                    Some(Box::new(move || sandbox.advance(ANSWERED)) as Event)
                }
                Happening::Arrive => Some(self.rig.arrival()),
                Happening::Other(which) => {
                    let about = around.exclusive.then_some(&about);
                    self.other(*which, about, Arc::clone(&others))
                }
            };
            before[*exchange].extend(event);
        }
        let exclusive = around.exclusive;
        let looks = !matches!(request.place(), Place::Nowhere);
        let mut faults = step.faults.clone();
        if let Some(lost) = &around.lost {
            let begin = looks.then_some(Fault::Pass).into_iter();
            faults.splice(..0, begin.chain([lost.clone()]));
        }
        let told = self
            .rig
            .send_surely(request, &faults, before, exclusive, error_body);
        let others = std::mem::take(&mut *others.lock().unwrap());
        self.tally.count_surely(&told, looks && exclusive);
        let broken = breaches(&told, &others, exclusive);
        self.talkspaces.extend(others.talkspaces);
        if !broken.is_empty() {
            let (id, broken) = (O::INFO.id, broken.join("; "));
            let problem = format!("surely {id}: {broken}: {told:#?}");
            return Err(TestCaseError::fail(problem));
        }
        Ok(match told.verdict {
            Sure::Applied { response, .. } => Some(response),
            Sure::NotApplied(_) | Sure::InDoubt { .. } => None,
        })
    }

    /// What another program does; nothing about what it leaves alone.
    fn other(
        &self,
        [what, who, place, media]: [u8; 4],
        but: Option<&About>,
        others: Arc<Mutex<Others>>,
    ) -> Option<Event> {
        let person = NetworkId::new(Rig::PEOPLE[usize::from(who) % Rig::PEOPLE.len()]);
        let talkspace = newest(&self.talkspaces, usize::from(place));
        let to = newest(&self.talkspaces, usize::from(media));
        let size = usize::from(place);
        let media = newest(&self.media, usize::from(media));
        let is_its = |but: &About| {
            but.person.as_ref() == Some(&person) || but.media.as_ref() == Some(&media)
        };
        if but.is_some_and(is_its) {
            return None;
        }
        let other = Other {
            client: self.rig.direct(),
            sandbox: self.rig.sandbox().clone(),
            others,
        };
        Some(Box::new(move || match what % 10 {
            0 | 1 => other.create(person),
            2 => drop(other.send(AddToTalkspace::new(talkspace, person))),
            3 => drop(other.send(MoveParticipant::new(talkspace, person, to))),
            4 => drop(other.send(Register::new(person).phone(phone(usize::from(who))))),
            5 => drop(other.send(RecordMedia::new(media, person))),
            6 => other.upload(media, size),
            7 => drop(other.send(HangUp::new(talkspace, person))),
            8 => drop(other.send(CloseTalkspace::new(talkspace))),
            _ if who.is_multiple_of(2) => drop(other.send(DeleteRegistrant::new(person))),
            _ => drop(other.send(RemoveMedia::new(media))),
        }))
    }
}

/// Which laws a sure request broke, if any.
fn breaches<O: SureRequest>(told: &Surely<O>, others: &Others, exclusive: bool) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut law = |holds: bool, what: &str| {
        if !holds {
            breaches.push(what.to_owned());
        }
    };
    let of_others = others.applied.get(O::INFO.id).copied().unwrap_or_default();
    let own = told.applied.checked_sub(of_others);
    law(own.is_some_and(|own| own <= 1), "it was applied twice");
    let rings = u64::from(O::INFO.effect == Effect::Rings);
    let own_rings = told.rings.checked_sub(others.rings);
    law(
        own_rings.is_some_and(|own| own <= rings),
        "more telephones rang than it calls",
    );
    match &told.verdict {
        Sure::Applied { seen, .. } => {
            law(own == Some(1), "it is said to be applied, and is not");
            law(
                seen.is_none() || exclusive,
                "others may have done what was seen",
            );
            let made = format!("{seen:?}");
            let is_others = |id: &ConferenceId| {
                O::INFO.id == CreateTalkspace::INFO.id && made.contains(id.as_str())
            };
            law(
                !others.talkspaces.iter().any(is_others),
                "it is said to be what another program made",
            );
        }
        Sure::NotApplied(_) => law(own == Some(0), "it is said not to be applied, and is"),
        Sure::InDoubt { .. } => {}
    }
    breaches
}

//! A sequence of operations as data, and what they come to know of each other.

use std::time::Duration;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use talkspace_core::server::ServerOperation;
use talkspace_core::{
    AddToTalkspace, BlastMedia, ChangePhone, CloseTalkspace, ConferenceId, CreateMedia,
    CreateTalkspace, DeleteRegistrant, DownloadMedia, DownloadUrl, GetMediaStatus,
    GetRegistrationStatus, GetTalkspace, GetVersion, GrantId, HangUp, ListMedia, ListNetworkIds,
    ListTalkspaces, MediaFile, MediaId, MoveParticipant, MuteParticipant, OPERATIONS, PhoneNumber,
    RecordMedia, Register, RemoveMedia, RequestUploadGrant, UnmuteParticipant, UploadMedia,
};

use super::surely::{Around, around};
use super::tally::Tally;
use crate::client::{Engine, Rig};
use crate::fault::{Fault, Idle, Instead, Part, Then};
use crate::laws;
use crate::proxy::Exchange;

/// One request and what happens to its exchanges.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) operation: &'static str,
    /// Which person, which TalkSpace, which media, of those there are.
    pub(super) which: [u8; 3],
    /// Whether the phones that ring are answered first.
    answered: bool,
    pub(super) faults: Vec<Fault>,
    /// Whether it is sent surely, if it must not be sent twice.
    surely: Option<Around>,
}

/// What makes the ids that others need comes more often.
const MAKERS: &[&str] = &[
    "createTalkspace",
    "createMedia",
    "requestUploadGrant",
    "uploadMedia",
];

pub(super) fn sequences() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..10)
}

fn step() -> impl Strategy<Value = Step> {
    let ids: Vec<_> = OPERATIONS.iter().map(|operation| operation.id).collect();
    let operation = prop_oneof![3 => select(ids), 1 => select(MAKERS)];
    (
        operation,
        any::<[u8; 3]>(),
        any::<bool>(),
        vec(fault(), 0..=4),
        around(),
    )
        .prop_map(|(operation, which, answered, faults, surely)| Step {
            operation,
            which,
            answered,
            faults,
            surely,
        })
}

fn fault() -> BoxedStrategy<Fault> {
    let end = || select(&[Then::Close, Then::Reset][..]);
    let part = || select(&[Part::Nothing, Part::HalfHead, Part::HalfBody][..]);
    // The head of a request has some 200 bytes; uploads have many more.
    let read = || prop_oneof![Just(0), 1..300_usize, 300..400_000_usize];
    let idle = select(&[Idle::Close, Idle::Reset, Idle::Garbage][..]);
    let moment = || (0..200_u64).prop_map(Duration::from_micros);
    let race = (moment(), moment()).prop_map(|(close, begin)| Idle::Race { close, begin });
    let page = || select(&[200, 408, 500, 502, 503, 504][..]);
    prop_oneof![
        10 => Just(Fault::Pass),
        3 => Just(Fault::Refuse),
        1 => Just(Fault::NeverAccept),
        2 => Just(Fault::ResetOnAccept),
        3 => idle.prop_map(Fault::Idle),
        2 => race.prop_map(Fault::Idle),
        4 => (read(), end()).prop_map(|(read, then)| Fault::Request { read, then }),
        1 => read().prop_map(|read| Fault::Request { read, then: Then::Stall }),
        2 => select(&[Then::Close, Then::Reset, Then::Stall][..]).prop_map(Fault::Late),
        6 => (part(), end()).prop_map(|(part, then)| Fault::Response { part, then }),
        1 => part().prop_map(|part| Fault::Response { part, then: Then::Stall }),
        1 => Just(Fault::Drip),
        1 => select(&[1_usize, 20, 2000][..]).prop_map(Fault::Interim),
        3 => (page(), any::<bool>()).prop_map(|(status, applied)| Fault::Instead {
            response: Instead::Page(status),
            applied,
        }),
        // A gateway that does not know the way.
        1 => select(&[301, 403, 404, 431][..]).prop_map(|status| Fault::Instead {
            response: Instead::Page(status),
            applied: false,
        }),
        // The service says so of what it has not done.
        3 => select(&[429, 502, 503, 504][..]).prop_map(|status| Fault::Instead {
            response: Instead::Envelope(status),
            applied: false,
        }),
        1 => any::<bool>().prop_map(|applied| Fault::Instead {
            response: Instead::Envelope(500),
            applied,
        }),
        2 => Just(Fault::Outage),
    ]
    .boxed()
}

/// A sandbox behind a proxy, and the ids that its responses told of.
pub(super) struct World<'t> {
    pub(super) rig: Rig,
    pub(super) tally: &'t Tally,
    pub(super) talkspaces: Vec<ConferenceId>,
    pub(super) media: Vec<MediaId>,
    pub(super) grants: Vec<GrantId>,
    pub(super) urls: Vec<DownloadUrl>,
}

impl<'t> World<'t> {
    pub(super) fn new(engine: Engine, tally: &'t Tally) -> Self {
        let rig = Rig::new(engine);
        let url = format!("{}/audio/1.mp3", rig.url());
        // Two people in a TalkSpace each, who got there without any fault.
        let client = rig.direct();
        let met = |person| client.send(CreateTalkspace::new(person)).unwrap();
        let met = [met("eta"), met("@theta")].map(|made| made.conference_id);
        rig.sandbox().advance(Duration::from_secs(2));
        Self {
            rig,
            tally,
            talkspaces: [ConferenceId::new("nowhere")]
                .into_iter()
                .chain(met)
                .collect(),
            media: vec![
                "6e6a151be31b467f87225b18b0f36f00".into(),
                "7dd9a82f99644f36a974af070824d64a".into(),
            ],
            grants: vec!["0x0000000000000000".into()],
            urls: vec![url.into()],
        }
    }

    pub(super) fn play(&mut self, step: &Step) -> Result<(), TestCaseError> {
        if step.answered {
            self.rig.sandbox().advance(Duration::from_secs(2));
        }
        if let Some(around) = &step.surely
            && self.play_surely(step, around)?
        {
            return Ok(());
        }
        let [one, two, three] = step.which.map(usize::from);
        let (person, talkspace, media) = self.chosen(step);
        match step.operation {
            "getVersion" => self.send(GetVersion::new(), step).map(drop),
            "register" => {
                let request = Register::new(person).phone(phone(two));
                self.send(request, step).map(drop)
            }
            "getRegistrationStatus" => {
                let request = GetRegistrationStatus::new(person);
                self.send(request, step).map(drop)
            }
            "listNetworkIds" => self.send(ListNetworkIds::new(), step).map(drop),
            "changePhone" => {
                let request = ChangePhone::new(person, phone(two));
                self.send(request, step).map(drop)
            }
            "deleteRegistrant" => self.send(DeleteRegistrant::new(person), step).map(drop),
            "createTalkspace" => {
                let made = self.send(CreateTalkspace::new(person), step)?;
                self.talkspaces.extend(made.map(|made| made.conference_id));
                Ok(())
            }
            "listTalkspaces" => self.send(ListTalkspaces::new(), step).map(drop),
            "getTalkspace" => self.send(GetTalkspace::new(talkspace), step).map(drop),
            "addToTalkspace" => {
                let request = AddToTalkspace::new(talkspace, person);
                self.send(request, step).map(drop)
            }
            "closeTalkspace" => self.send(CloseTalkspace::new(talkspace), step).map(drop),
            "hangUp" => self.send(HangUp::new(talkspace, person), step).map(drop),
            "moveParticipant" => {
                let to = newest(&self.talkspaces, three);
                let request = MoveParticipant::new(talkspace, person, to);
                self.send(request, step).map(drop)
            }
            "muteParticipant" => {
                let request = MuteParticipant::new(talkspace, person);
                self.send(request, step).map(drop)
            }
            "unmuteParticipant" => {
                let request = UnmuteParticipant::new(talkspace, person);
                self.send(request, step).map(drop)
            }
            "createMedia" => {
                let made = self.send(CreateMedia::new(), step)?;
                self.media.extend(made.map(|made| made.media_id));
                Ok(())
            }
            "listMedia" => self.send(ListMedia::new(), step).map(drop),
            "recordMedia" => self.send(RecordMedia::new(media, person), step).map(drop),
            "blastMedia" => self.send(BlastMedia::new([media], person), step).map(drop),
            "getMediaStatus" => {
                let status = self.send(GetMediaStatus::new(media), step)?;
                self.urls
                    .extend(status.and_then(|status| status.download_url));
                Ok(())
            }
            "requestUploadGrant" => {
                let granted = self.send(RequestUploadGrant::new(media), step)?;
                self.grants.extend(granted.map(|granted| granted.grant_id));
                Ok(())
            }
            "removeMedia" => self.send(RemoveMedia::new(media), step).map(drop),
            "uploadMedia" => {
                let request = UploadMedia::new(newest(&self.grants, one), file(two));
                let stored = self.send(request, step)?;
                self.urls.extend(stored.map(|stored| stored.download_url));
                Ok(())
            }
            "downloadMedia" => {
                let url = newest(&self.urls, one);
                self.send(DownloadMedia::new(url), step).map(drop)
            }
            other => Err(TestCaseError::fail(format!("{other} is not tested here"))),
        }
    }

    /// Which person, which TalkSpace, which media.
    pub(super) fn chosen(&self, step: &Step) -> (&'static str, ConferenceId, MediaId) {
        let [one, two, three] = step.which.map(usize::from);
        // Half of the time it is one of those who are there.
        let among = if one.is_multiple_of(2) {
            2
        } else {
            Rig::PEOPLE.len()
        };
        let person = Rig::PEOPLE[one / 2 % among];
        // The newest ids are the most interesting.
        let talkspace = newest(&self.talkspaces, two);
        (person, talkspace, newest(&self.media, three))
    }

    fn send<O: ServerOperation>(
        &self,
        operation: O,
        step: &Step,
    ) -> Result<Option<O::Response>, TestCaseError> {
        let told = self.rig.send(operation, &step.faults);
        self.tally.count::<O>(&told);
        let mut breaches = laws::breaches::<O>(&told);
        let stall = |fault: &Fault| fault.stalls() || *fault == Fault::NeverAccept;
        let late = |exchange: &Exchange| exchange.error.contains("Timeout");
        if !step.faults.iter().any(stall) && told.exchanges.iter().any(late) {
            breaches.push("it waited, and nothing stalled".to_owned());
        }
        if !breaches.is_empty() {
            let (id, breaches) = (O::INFO.id, breaches.join("; "));
            let problem = format!("{id}: {breaches}: {told:#?}");
            return Err(TestCaseError::fail(problem));
        }
        Ok(told.outcome.ok().map(|reply| reply.body))
    }
}

/// Counts back from the last; half of the time it is the last itself.
pub(super) fn newest<T: Clone>(of: &[T], which: usize) -> T {
    let back = if which.is_multiple_of(2) {
        0
    } else {
        which / 2 % of.len()
    };
    of[of.len() - 1 - back].clone()
}

pub(super) fn phone(which: usize) -> PhoneNumber {
    let ends = ["0001", "0002", "0003", "0004", "0000", "0408", "0502"];
    format!("1415555{}", ends[which % ends.len()])
        .parse()
        .unwrap()
}

/// Most files are small; some do not fit into what the kernel holds.
pub(super) fn file(which: usize) -> MediaFile {
    let length = match which % 8 {
        0..5 => 64,
        5 | 6 => 40_000,
        _ => 1024 * 1024,
    };
    let mut bytes = vec![0; length];
    bytes[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x64]);
    MediaFile::mp3(Bytes::from(bytes)).unwrap()
}

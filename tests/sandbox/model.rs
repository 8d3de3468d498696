//! What the sandbox must know, kept as plain sets beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use talkspace_core::{ConferenceId, GrantId, MediaId};
use talkspace_sandbox::Habit;

/// How long a phone rings until it is answered.
pub(crate) const RING: Duration = Duration::from_millis(200);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The people, named by their place here.
pub(crate) const PEOPLE: [&str; 7] = [
    "eta",
    "@theta",
    "1000022816599",
    "a+b@ex/ample.com",
    "no-answer-1",
    "rejects-1",
    "unreachable-1",
];

#[derive(Clone, Default)]
pub(crate) struct Model {
    pub(crate) now: Duration,
    pub(crate) outage: bool,
    /// Who is registered with which application.
    pub(crate) related: BTreeSet<(usize, usize)>,
    /// When whose phone is answered that rings for a registration.
    pub(crate) pending: BTreeMap<(usize, usize), Duration>,
    pub(crate) conferences: Vec<Conference>,
    pub(crate) media: Vec<Media>,
    pub(crate) grants: Vec<Grant>,
}

#[derive(Clone)]
pub(crate) struct Conference {
    pub(crate) id: ConferenceId,
    pub(crate) app: usize,
    pub(crate) closed: bool,
    pub(crate) places: BTreeMap<usize, Place>,
    /// Who is muted, or will be on joining.
    pub(crate) muted: BTreeSet<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Rings { until: Duration, answers: bool },
    Joined,
}

#[derive(Clone)]
pub(crate) struct Media {
    pub(crate) id: MediaId,
    pub(crate) app: usize,
    pub(crate) removed: bool,
    /// What was uploaded last.
    pub(crate) uploaded: Option<Vec<u8>>,
    /// Whether a call was ever to be recorded into it. If so, the model does
    /// not say when it has which content.
    pub(crate) may_be_recorded: bool,
}

#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) id: GrantId,
    pub(crate) media: usize,
    pub(crate) issued: Duration,
    pub(crate) used: bool,
}

impl Model {
    /// Time passes.
    pub(crate) fn wait(&mut self, by: Duration) {
        self.now += by;
        let now = self.now;
        let related = &mut self.related;
        self.pending.retain(|who, at| {
            let answered = *at <= now;
            if answered {
                related.insert(*who);
            }
            !answered
        });
        for conference in &mut self.conferences {
            conference.places.retain(|_, place| match *place {
                Place::Rings { until, answers } if until <= now => {
                    *place = Place::Joined;
                    answers
                }
                _ => true,
            });
        }
    }

    pub(crate) fn is_known(&self, person: usize) -> bool {
        self.related.iter().any(|(_, known)| *known == person)
    }

    /// What becomes of somebody who is called now.
    pub(crate) fn call(&self, person: usize) -> Place {
        let (rings, answers) = match Habit::of(&PEOPLE[person].into()) {
            Habit::Answers => (RING, true),
            Habit::Rejects => (RING, false),
            _ => (Duration::from_secs(30), false),
        };
        Place::Rings {
            until: self.now + rings,
            answers,
        }
    }

    pub(crate) fn is_good(&self, grant: usize) -> bool {
        let grant = &self.grants[grant];
        !grant.used && !self.media[grant.media].removed && self.now - grant.issued <= DAY
    }
}

impl Conference {
    pub(crate) fn mute(&mut self, person: usize, muted: bool) {
        if muted {
            self.muted.insert(person);
        } else {
            self.muted.remove(&person);
        }
    }

    pub(crate) fn joined(&self) -> BTreeSet<usize> {
        let joined = self
            .places
            .iter()
            .filter(|(_, place)| **place == Place::Joined);
        joined.map(|(person, _)| *person).collect()
    }

    /// A phone rings for it. Whoever has joined already stays.
    pub(crate) fn ring(&mut self, person: usize, place: Place, muted: bool) {
        if self.places.get(&person) != Some(&Place::Joined) {
            self.places.insert(person, place);
            self.mute(person, muted);
        }
    }
}

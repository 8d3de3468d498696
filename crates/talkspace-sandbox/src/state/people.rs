//! The people whom the service knows, and the applications that know them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use talkspace_core::{NetworkId, PhoneNumber};

use super::changed::{Changed, Taker};
use super::rows::Row;

/// Everybody who is registered with any application.
#[derive(Debug, Default)]
pub(crate) struct People {
    known: BTreeMap<NetworkId, Person>,
    /// How often a phone has rung, for those too who are not registered.
    rings: HashMap<NetworkId, u64>,
    changed: Changed<NetworkId>,
    rung: Changed<NetworkId>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Person {
    #[serde(with = "super::phone_as_line")]
    phone: PhoneNumber,
    /// The numbers of the applications. There is one at least: somebody whom
    /// no application knows is forgotten.
    apps: BTreeSet<usize>,
}

impl Person {
    pub(super) const fn phone(&self) -> &PhoneNumber {
        &self.phone
    }

    pub(super) fn apps(&self) -> impl Iterator<Item = usize> {
        self.apps.iter().copied()
    }
}

impl People {
    /// Registers somebody with an application. Somebody who is known already
    /// keeps the phone number.
    pub(super) fn relate(&mut self, id: NetworkId, app: usize, phone: PhoneNumber) {
        self.changed.mark(&id);
        let person = self.known.entry(id).or_insert_with(|| Person {
            phone,
            apps: BTreeSet::new(),
        });
        person.apps.insert(app);
    }

    /// Registers somebody who is known with one more application. Says
    /// whether they are known.
    pub(super) fn relate_known(&mut self, id: &NetworkId, app: usize) -> bool {
        let person = self.known.get_mut(id);
        let is_known = person.map(|person| person.apps.insert(app)).is_some();
        if is_known {
            self.changed.mark(id);
        }
        is_known
    }

    /// Ends a registration. Says whether there was one.
    pub(super) fn part(&mut self, id: &NetworkId, app: usize) -> bool {
        let Some(person) = self.known.get_mut(id) else {
            return false;
        };
        let was_related = person.apps.remove(&app);
        if person.apps.is_empty() {
            self.known.remove(id);
        }
        if was_related {
            self.changed.mark(id);
        }
        was_related
    }

    pub(super) fn set_phone(&mut self, id: &NetworkId, phone: PhoneNumber) {
        if let Some(person) = self.known.get_mut(id) {
            person.phone = phone;
            self.changed.mark(id);
        }
    }

    /// Somebody who is registered with any application.
    pub(super) fn known(&self, id: &NetworkId) -> Option<&Person> {
        self.known.get(id)
    }

    /// Everybody who is registered, or whose phone has rung, some of them twice.
    pub(super) fn ids(&self) -> impl Iterator<Item = &NetworkId> {
        self.known.keys().chain(self.rings.keys())
    }

    /// Whether somebody is registered with any application.
    pub(super) fn is_known(&self, id: &NetworkId) -> bool {
        self.known.contains_key(id)
    }

    /// The phone of somebody who is registered with an application.
    pub(super) fn phone(&self, id: &NetworkId, app: usize) -> Option<&PhoneNumber> {
        let person = self.known.get(id)?;
        person.apps.contains(&app).then_some(&person.phone)
    }

    /// Everybody who is registered with an application, by their ids.
    pub(super) fn of(&self, app: usize) -> impl Iterator<Item = &NetworkId> {
        self.known
            .iter()
            .filter(move |(_, person)| person.apps.contains(&app))
            .map(|(id, _)| id)
    }

    pub(super) fn count_ring(&mut self, id: &NetworkId) {
        match self.rings.get_mut(id) {
            Some(rings) => *rings += 1,
            None => {
                self.rings.insert(id.clone(), 1);
            }
        }
        self.rung.mark(id);
    }

    pub(super) fn rings(&self, id: &NetworkId) -> u64 {
        self.rings.get(id).copied().unwrap_or_default()
    }

    pub(super) fn watch(&mut self, taker: Taker, is_on: bool) {
        self.changed.watch(taker, is_on);
        self.rung.watch(taker, is_on);
    }

    /// Something else about somebody has changed, which those see who watch.
    pub(super) fn touch(&mut self, id: &NetworkId) {
        self.rung.mark(id);
    }

    /// Who has changed, for those who watch.
    pub(super) fn news(&mut self) -> BTreeSet<NetworkId> {
        let mut news = self.changed.take(Taker::Events);
        news.append(&mut self.rung.take(Taker::Events));
        news
    }

    /// The people who have changed, and whose phones have rung.
    pub(super) fn changes(&mut self) -> impl Iterator<Item = Row<'_>> {
        let (changed, rung) = (
            self.changed.take(Taker::Journal),
            self.rung.take(Taker::Journal),
        );
        let changed = changed.into_iter().map(|id| {
            let person = self.known.get(&id).map(Cow::Borrowed);
            Row::Person(Cow::Owned(id), person)
        });
        changed.chain(rung.into_iter().map(|id| {
            let rings = self.rings(&id);
            Row::Rings(Cow::Owned(id), rings)
        }))
    }

    /// Everybody, and whose phones have ever rung.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let known = self
            .known
            .iter()
            .map(|(id, person)| Row::Person(Cow::Borrowed(id), Some(Cow::Borrowed(person))));
        let rings = self.rings.iter();
        known.chain(rings.map(|(id, rings)| Row::Rings(Cow::Borrowed(id), *rings)))
    }

    /// Everybody's phone number.
    pub(super) fn phones(&self) -> impl Iterator<Item = Row<'_>> {
        self.known.iter().map(|(id, person)| {
            let phone = Cow::Borrowed(person.phone.as_str());
            Row::Phone(Cow::Borrowed(id), phone)
        })
    }

    pub(super) fn restore(&mut self, id: NetworkId, person: Option<Person>) {
        match person {
            Some(person) => self.known.insert(id, person),
            None => self.known.remove(&id),
        };
    }

    pub(super) fn restore_rings(&mut self, id: NetworkId, rings: u64) {
        self.rings.insert(id, rings);
    }
}

//! The people whom the service knows, and the applications that know them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use talkspace_core::{NetworkId, PhoneNumber};

/// Everybody who is registered with any application.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct People {
    known: BTreeMap<NetworkId, Person>,
    /// How often a phone has rung, for those too who are not registered.
    rings: HashMap<NetworkId, u64>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Person {
    #[serde(with = "super::saved::line")]
    phone: PhoneNumber,
    /// The numbers of the applications. There is one at least: somebody whom
    /// no application knows is forgotten.
    apps: BTreeSet<usize>,
}

impl People {
    /// Registers somebody with an application. Somebody who is known already
    /// keeps the phone number.
    pub(super) fn relate(&mut self, id: NetworkId, app: usize, phone: PhoneNumber) {
        let person = self.known.entry(id).or_insert_with(|| Person {
            phone,
            apps: BTreeSet::new(),
        });
        person.apps.insert(app);
    }

    /// Registers somebody who is known with one more application. Says
    /// whether they are known.
    pub(super) fn relate_known(&mut self, id: &NetworkId, app: usize) -> bool {
        match self.known.get_mut(id) {
            Some(person) => {
                person.apps.insert(app);
                true
            }
            None => false,
        }
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
        was_related
    }

    pub(super) fn set_phone(&mut self, id: &NetworkId, phone: PhoneNumber) {
        if let Some(person) = self.known.get_mut(id) {
            person.phone = phone;
        }
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
        *self.rings.entry(id.clone()).or_default() += 1;
    }

    pub(super) fn rings(&self, id: &NetworkId) -> u64 {
        self.rings.get(id).copied().unwrap_or_default()
    }
}

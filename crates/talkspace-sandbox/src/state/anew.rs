//! Beginning anew: everything, or what one application has.

use bytes::Bytes;
use fastrand::Rng;
use talkspace_core::{AppKey, MediaId, NetworkId, PhoneNumber};

use super::State;
use super::app::App;

impl State {
    /// One without anything, in which what goes on has new numbers, and whose telephones are
    /// held by those who hold them.
    pub(crate) fn anew(&mut self) -> Self {
        let mut state = Self::new(self.settings.clone());
        state.held = std::mem::take(&mut self.held);
        state.calls.go_on_after(&self.calls);
        state
    }

    /// Takes from an application all that it has, and gives its number, if it is known.
    pub(crate) fn empty(&mut self, key: &AppKey) -> Option<usize> {
        let number = self.keys.get(key).copied()?;
        let app = self.apps.get_mut(number)?;
        *app = App::new(app.key);
        self.calls.end_of(number);
        for media in self.library.ids(number) {
            self.grants.revoke(number, &media);
            self.library.remove(number, &media);
        }
        let people: Vec<NetworkId> = self.people.of(number).cloned().collect();
        for person in &people {
            self.people.part(person, number);
        }
        Some(number)
    }

    /// Registers a person with an application.
    pub(crate) fn give_person(&mut self, app: usize, id: &NetworkId, phone: &PhoneNumber) {
        self.people.relate(id.clone(), app, phone.clone());
    }

    /// Gives an application media with this file, or with a moment of silence.
    pub(crate) fn give_media(
        &mut self,
        app: usize,
        id: &MediaId,
        file: Option<&Bytes>,
        rng: &mut Rng,
    ) {
        self.library.create(app, id.clone());
        self.library.seed(app, id, file, rng);
    }
}

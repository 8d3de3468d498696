//! The state as values for those who look, and what has changed of it for those
//! who watch.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use talkspace_core::{AppKey, ConferenceId, MediaId, NetworkId};

use super::calls::Purpose;
use super::library::{Content, MediaOrigin};
use super::{Habit, Line, State};
use crate::telephone::{Wanted, Why};
use crate::view::{Call, CallState, Media, Origin, Person, Talkspace, What};

impl State {
    pub(crate) fn app_count(&self) -> usize {
        self.apps.len()
    }

    /// The number of the application with this key, from 0 on.
    pub(crate) fn app_of(&self, key: &AppKey) -> Option<usize> {
        self.keys.get(key).copied()
    }

    /// The key of the application that has this number outside, from 1 on.
    pub(crate) fn app_key(&self, number: usize) -> Option<AppKey> {
        let mut keys = self.keys.iter();
        let found = keys.find(|(_, other)| **other + 1 == number);
        found.map(|(key, _)| key.clone())
    }

    pub(crate) const fn last_call(&self) -> u64 {
        self.calls.last()
    }

    /// Everybody, by their ids.
    pub(crate) fn people(&self) -> Vec<Person> {
        let ids: BTreeSet<&NetworkId> = self.people.ids().chain(&self.held).collect();
        ids.into_iter().filter_map(|id| self.person(id)).collect()
    }

    /// Somebody who is registered, was called, or whose telephone is held.
    pub(crate) fn person(&self, id: &NetworkId) -> Option<Person> {
        let (rings, held) = (self.people.rings(id), self.is_held(id));
        let known = self.people.known(id);
        if known.is_none() && rings == 0 && !held {
            return None;
        }
        let phone = known.map(super::people::Person::phone);
        Some(Person {
            id: id.clone(),
            apps: known
                .map(|known| known.apps().map(|app| app + 1).collect())
                .unwrap_or_default(),
            line: phone.map(Line::of),
            ends: phone.and_then(super::phone_as_line::ends),
            habit: phone.map_or_else(|| Habit::of(id), |phone| Habit::on(id, phone)),
            held,
            rings,
        })
    }

    /// Every call that is wanted, the oldest first.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let going = self.calls.numbers().filter_map(|number| self.call(number));
        let mut calls: Vec<Call> = going.collect();
        for (number, app) in self.apps.iter().enumerate() {
            for conference in app.conferences() {
                calls.extend(conference.talks(number + 1));
            }
        }
        calls.sort_by_key(|call| call.call);
        calls
    }

    /// A call that rings or is heard, if it is wanted. The others are those of
    /// the people in a conference.
    fn call(&self, number: u64) -> Option<Call> {
        let call = self.calls.get(number)?;
        let app = self.apps.get(call.app)?;
        let mut muted = false;
        if let Purpose::Join(id) = &call.purpose {
            muted = app.conference(id)?.called(number)?;
        }
        let (state, why) = match call.wanted() {
            Wanted::Ring { why, .. } => (CallState::Ringing, why),
            Wanted::Press1 { why, .. } => (CallState::Answered, why),
            Wanted::Talk { talkspace, .. } => (CallState::InCall, Why::Join(talkspace)),
            Wanted::Speak { into } => (CallState::Speaking, Why::Speak(into)),
            Wanted::Listen { media } => (CallState::Listening, Why::Listen(media)),
        };
        Some(Call {
            call: number,
            app: call.app + 1,
            person: call.person.clone(),
            why,
            greeting: call.greeting.clone(),
            state,
            since: call.since,
            until: Some(call.at),
            muted,
        })
    }

    /// All conferences: those of the first application first, each's oldest first.
    pub(crate) fn talkspaces(&self) -> Vec<Talkspace> {
        let apps = self.apps.iter().enumerate();
        let views = apps.flat_map(|(number, app)| {
            let conferences = app.conferences().iter();
            conferences.map(move |conference| conference.view(number + 1, &self.calls))
        });
        views.collect()
    }

    /// A conference of whichever application.
    pub(crate) fn talkspace(&self, id: &ConferenceId) -> Option<Talkspace> {
        let mut apps = self.apps.iter().enumerate();
        apps.find_map(|(number, app)| Some(app.conference(id)?.view(number + 1, &self.calls)))
    }

    /// All media, by application and id.
    pub(crate) fn media(&self) -> Vec<Media> {
        let ids =
            (0..self.apps.len()).flat_map(|app| self.library.of(app).map(move |id| (app, id)));
        ids.filter_map(|(app, id)| self.media_of(app, id)).collect()
    }

    /// Media of an application.
    pub(crate) fn media_of(&self, app: usize, id: &MediaId) -> Option<Media> {
        let super::library::Finding::Own(content) = self.library.find(app, id) else {
            return None;
        };
        Some(Media {
            id: id.clone(),
            app: app + 1,
            bytes: content.map(Content::len),
            origin: content.map(|content| match &content.origin {
                MediaOrigin::Uploaded => Origin::Uploaded,
                MediaOrigin::Spoken(person) => Origin::Spoken(person.clone()),
                MediaOrigin::Conference => Origin::Talkspace,
            }),
            grants: self.grants.ends(app, id),
        })
    }

    /// The file of media of the application that has this number outside, if it has one.
    pub(crate) fn media_file(&self, app: usize, id: &MediaId) -> Option<Bytes> {
        let content = self.library.content(app.checked_sub(1)?, id)?;
        Some(content.to_bytes())
    }

    /// What has changed since this was last asked, each thing whole. Nothing
    /// unless that is [watched](Self::watch).
    pub(crate) fn news(&mut self) -> Vec<What> {
        let mut news = Vec::new();
        for id in self.people.news() {
            news.push(self.person(&id).map_or(What::PersonGone(id), What::Person));
        }
        let mut media = self.library.news();
        media.append(&mut self.grants.news());
        for (app, id) in media {
            let view = self.media_of(app, &id);
            news.push(view.map_or_else(|| What::MediaGone(app + 1, id), What::Media));
        }
        let mut calls = self.calls.news();
        // A call that is in a conference is in one that has changed.
        let mut talks = BTreeMap::new();
        for (number, app) in self.apps.iter_mut().enumerate() {
            let (conferences, mut changed) = app.news();
            for conference in conferences {
                let view = conference.view(number + 1, &self.calls);
                news.push(What::Talkspace(view));
                talks.extend(conference.talks(number + 1).map(|call| (call.call, call)));
            }
            calls.append(&mut changed);
        }
        for number in calls {
            let call = self.call(number).or_else(|| talks.remove(&number));
            news.push(call.map_or(What::CallOver(number), What::Call));
        }
        news
    }

    /// Marks the conference that a call is to be joined by: what the call is is
    /// seen there, too.
    pub(super) fn touch(&mut self, number: u64) {
        if let Some(call) = self.calls.get(number) {
            if let (Purpose::Join(id), Some(app)) = (&call.purpose, self.apps.get_mut(call.app)) {
                // To open it is to mark it.
                let _ = app.open_conference(id);
            }
        }
    }
}

//! Conferences.

use super::*;

impl Run {
    pub(super) fn check_conferences(&self, app: usize) {
        let list = self.send(app, ListTalkspaces::new()).unwrap();
        let (mut active, mut inactive) = (BTreeSet::new(), BTreeSet::new());
        for conference in &self.model.conferences {
            let details = self.send(app, GetTalkspace::new(&conference.id));
            if conference.app != app {
                assert_eq!(details, Err(404));
                continue;
            }
            let there = unique(details.unwrap().participants);
            let expected = conference.joined();
            assert_eq!(there, expected.iter().map(|p| PEOPLE[*p].into()).collect());
            for person in expected {
                let is_muted = self.sandbox.is_muted(&conference.id, PEOPLE[person]);
                assert_eq!(is_muted, conference.muted.contains(&person));
            }
            assert!(!conference.closed || there.is_empty());
            let group = if conference.places.is_empty() {
                &mut inactive
            } else {
                &mut active
            };
            group.insert(conference.id.clone());
        }
        assert_eq!(unique(list.active), active);
        assert_eq!(unique(list.inactive), inactive);
    }

    pub(super) fn create_talkspace(&mut self, app: usize, step: &Step) {
        let (greeting, is_good) = Self::greeting(step.option);
        let media = self.model.media.get(step.one);
        let records = media.is_none_or(|media| !media.removed && media.app == app);
        let mut request = CreateTalkspace::new(PEOPLE[step.person]);
        request.greeting_id = greeting.map(Into::into);
        request.recording_id = media.map(|media| media.id.clone());
        let made = self.send(app, request);
        let expected = is_good && records && self.can_call(app, step.person);
        assert_eq!(made.is_ok(), expected);
        if let Ok(made) = made {
            let places = [(step.person, self.model.call(step.person))];
            self.model.conferences.push(Conference {
                id: made.conference_id,
                app,
                closed: false,
                places: places.into(),
                muted: BTreeSet::new(),
            });
            if let Some(media) = self.model.media.get_mut(step.one) {
                media.may_be_recorded = true;
            }
        }
    }

    /// Whether there is such a conference, and the application may use it.
    pub(super) fn is_open(&self, app: usize, conference: usize) -> bool {
        let conference = self.model.conferences.get(conference);
        conference.is_some_and(|conference| conference.app == app && !conference.closed)
    }

    pub(super) fn conference_id(&self, conference: usize) -> talkspace_core::ConferenceId {
        let conference = self.model.conferences.get(conference);
        conference.map_or("unknown".into(), |conference| conference.id.clone())
    }

    pub(super) fn place(&self, conference: usize, person: usize) -> Option<Place> {
        let conference = self.model.conferences.get(conference)?;
        conference.places.get(&person).copied()
    }

    pub(super) fn add(&mut self, app: usize, step: &Step) {
        let (greeting, is_good) = Self::greeting(step.option);
        let mut request = AddToTalkspace::new(self.conference_id(step.one), PEOPLE[step.person]);
        request.greeting_id = greeting.map(Into::into);
        request.muted = step.option == 1;
        let done = self.send(app, request).is_ok();
        let expected = is_good && self.is_open(app, step.one) && self.can_call(app, step.person);
        assert_eq!(done, expected);
        if done {
            let place = self.model.call(step.person);
            self.model.conferences[step.one].ring(step.person, place, step.option == 1);
        }
    }

    pub(super) fn close(&mut self, app: usize, conference: usize) {
        let request = CloseTalkspace::new(self.conference_id(conference));
        let done = self.send(app, request).is_ok();
        assert_eq!(done, self.works(app) && self.is_open(app, conference));
        if done {
            let conference = &mut self.model.conferences[conference];
            conference.closed = true;
            conference.places.clear();
        }
    }

    pub(super) fn hang_up(&mut self, app: usize, step: &Step) {
        let request = HangUp::new(self.conference_id(step.one), PEOPLE[step.person]);
        let done = self.send(app, request).is_ok();
        let is_there = self.place(step.one, step.person).is_some();
        assert_eq!(
            done,
            self.works(app) && self.is_open(app, step.one) && is_there
        );
        if done {
            self.model.conferences[step.one].places.remove(&step.person);
        }
    }

    pub(super) fn move_participant(&mut self, app: usize, step: &Step) {
        let (from, to) = (step.one, step.other);
        let request = MoveParticipant::new(
            self.conference_id(from),
            PEOPLE[step.person],
            self.conference_id(to),
        );
        let done = self.send(app, request).is_ok();
        let expected = self.works(app)
            && from != to
            && self.is_open(app, from)
            && self.is_open(app, to)
            && self.place(from, step.person) == Some(Place::Joined);
        assert_eq!(done, expected);
        if done {
            let conferences = &mut self.model.conferences;
            conferences[from].places.remove(&step.person);
            conferences[to].places.insert(step.person, Place::Joined);
            let is_muted = conferences[from].muted.contains(&step.person);
            conferences[to].mute(step.person, is_muted);
        }
    }

    pub(super) fn mute(&mut self, app: usize, step: &Step) {
        let (id, person) = (self.conference_id(step.one), PEOPLE[step.person]);
        let done = match step.what {
            What::MuteParticipant => self.send(app, MuteParticipant::new(id, person)).is_ok(),
            _ => self.send(app, UnmuteParticipant::new(id, person)).is_ok(),
        };
        let is_there = self.place(step.one, step.person) == Some(Place::Joined);
        assert_eq!(
            done,
            self.works(app) && self.is_open(app, step.one) && is_there
        );
        if done {
            let muted = matches!(step.what, What::MuteParticipant);
            self.model.conferences[step.one].mute(step.person, muted);
        }
    }
}

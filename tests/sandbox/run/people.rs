//! Registrations.

use super::*;

impl Run {
    pub(super) fn check_people(&self, app: usize) {
        let listed = self.send(app, ListNetworkIds::new()).unwrap().network_ids;
        let expected = self.model.related.iter().filter(|(other, _)| *other == app);
        let expected: BTreeSet<NetworkId> =
            expected.map(|(_, person)| PEOPLE[*person].into()).collect();
        assert_eq!(unique(listed), expected);
    }

    pub(super) fn register(&mut self, app: usize, step: &Step) {
        let person = step.person;
        let phone = [
            Some("14155550100"),
            Some("14155550101"),
            Some("14155550102"),
            Some("14155550000"),
            Some("14155550408"),
            None,
        ][step.other];
        let (greeting, is_good) = Self::greeting(step.option);
        let mut request = Register::new(PEOPLE[person]);
        request.phone = phone.map(|phone| phone.parse().unwrap());
        request.greeting_id = greeting.map(Into::into);
        let done = self.send(app, request).is_ok();
        let known = self.model.is_known(person);
        let can_be_called = step.other < 5 && step.other != 3 && PEOPLE[person] != "unreachable-1";
        let expected =
            self.works(app) && is_good && !self.is_related(app, person) && (known || can_be_called);
        assert_eq!(done, expected);
        if done {
            self.model.pending.remove(&(app, person));
            match self.model.call(person) {
                _ if known => {
                    self.model.related.insert((app, person));
                }
                Place::Rings {
                    until,
                    answers: true,
                } if step.other < 3 => {
                    self.model.pending.insert((app, person), until);
                }
                _ => {}
            }
        }
    }

    pub(super) fn registration_status(&self, app: usize, step: &Step) {
        for query in [RegistrationQuery::Exists, RegistrationQuery::Related] {
            let request = GetRegistrationStatus::new(PEOPLE[step.person]).query(query);
            let outcome = self.send(app, request).map(|response| response.outcome);
            let known = self.model.is_known(step.person);
            let expected = match (known, query) {
                _ if app == UNKNOWN => Err(400),
                (false, _) => Ok(GetRegistrationStatusOutcome::Unknown),
                (true, RegistrationQuery::Related) if !self.is_related(app, step.person) => {
                    Ok(GetRegistrationStatusOutcome::Elsewhere)
                }
                _ => Ok(GetRegistrationStatusOutcome::Registered),
            };
            assert_eq!(outcome, expected);
        }
    }

    pub(super) fn change_phone(&mut self, app: usize, step: &Step) {
        let phone = ["14155550100", "14155550103", "14155550000"][step.other % 3];
        let phone: PhoneNumber = phone.parse().unwrap();
        let done = self.send(app, ChangePhone::new(PEOPLE[step.person], phone));
        let may = self.works(app) && self.is_related(app, step.person) && step.other % 3 != 2;
        assert!(may || done.is_err());
    }

    pub(super) fn delete_registrant(&mut self, app: usize, person: usize) {
        let done = self
            .send(app, DeleteRegistrant::new(PEOPLE[person]))
            .is_ok();
        assert_eq!(done, self.model.related.remove(&(app, person)));
        if done {
            for conference in &mut self.model.conferences {
                if conference.app == app {
                    conference.places.remove(&person);
                }
            }
        }
    }
}

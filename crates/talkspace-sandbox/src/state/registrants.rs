//! The operations on registrations, for one application.

use talkspace_core::response::{
    ChangePhoneResponse, DeleteRegistrantResponse, GetRegistrationStatusOutcome,
    GetRegistrationStatusResponse, ListNetworkIdsResponse, RegisterResponse,
};
use talkspace_core::server::{ServiceError, segment};
use talkspace_core::{
    ChangePhone, DeleteRegistrant, GetRegistrationStatus, ListNetworkIds, NetworkId, PhoneNumber,
    Register, RegistrationQuery,
};

use super::calls::Purpose;
use super::library::Finding;
use super::{Line, Session};

impl Session<'_> {
    pub(crate) fn register(&mut self, request: Register) -> Result<RegisterResponse, ServiceError> {
        let person = request.network_id;
        if let Some(greeting) = &request.greeting_id {
            if let Finding::Foreign = self.library.find(self.number, greeting) {
                return Err(ServiceError::new(401, ""));
            }
        }
        self.check_greeting(request.greeting_id.as_ref())?;
        if self.people.phone(&person, self.number).is_some() {
            return Err(ServiceError::new(400, "Already registered"));
        }
        if self.people.relate_known(&person, self.number) {
            // Whoever is known has agreed to be called: no phone rings.
            self.calls
                .end_all(self.number, &person, None, is_registering);
        } else {
            let phone = request
                .phone
                .ok_or_else(|| ServiceError::new(400, "Missing or invalid phone parameter"))?;
            check_mobile(&phone)?;
            let purpose = Purpose::Register(phone.clone());
            let call = self.dial(&person, &phone, purpose, request.greeting_id)?;
            self.calls
                .end_all(self.number, &person, Some(call), is_registering);
        }
        let mut response = RegisterResponse::new();
        response.uri = registrant_uri(&person);
        Ok(response)
    }

    pub(crate) fn get_registration_status(
        &mut self,
        request: GetRegistrationStatus,
    ) -> Result<GetRegistrationStatusResponse, ServiceError> {
        let person = request.network_id;
        let asks_for_app = request.query == Some(RegistrationQuery::Related);
        let outcome = if !self.people.is_known(&person) {
            GetRegistrationStatusOutcome::Unknown
        } else if asks_for_app && self.people.phone(&person, self.number).is_none() {
            GetRegistrationStatusOutcome::Elsewhere
        } else {
            GetRegistrationStatusOutcome::Registered
        };
        Ok(GetRegistrationStatusResponse::new(outcome))
    }

    pub(crate) fn list_network_ids(
        &mut self,
        _request: ListNetworkIds,
    ) -> Result<ListNetworkIdsResponse, ServiceError> {
        let mut response = ListNetworkIdsResponse::new();
        response.network_ids = self.people.of(self.number).cloned().collect();
        Ok(response)
    }

    pub(crate) fn change_phone(
        &mut self,
        request: ChangePhone,
    ) -> Result<ChangePhoneResponse, ServiceError> {
        let (person, phone) = (request.network_id, request.phone);
        if self.phone_of(&person, 401)? == phone {
            return Err(ServiceError::new(400, "Already registered"));
        }
        check_mobile(&phone)?;
        let call = self.dial(&person, &phone, Purpose::ChangePhone(phone.clone()), None)?;
        self.calls
            .end_all(self.number, &person, Some(call), is_changing_phone);
        let mut response = ChangePhoneResponse::new();
        response.uri = registrant_uri(&person);
        Ok(response)
    }

    pub(crate) fn delete_registrant(
        &mut self,
        request: DeleteRegistrant,
    ) -> Result<DeleteRegistrantResponse, ServiceError> {
        let person = request.network_id;
        if !self.people.part(&person, self.number) {
            return Err(ServiceError::new(404, ""));
        }
        self.calls.end_all(self.number, &person, None, |_| true);
        for recording in self.app.drop_person(&person, self.now) {
            self.keep(Some(recording));
        }
        self.library.forget_voice(self.number, &person);
        Ok(DeleteRegistrantResponse::new())
    }
}

const fn is_registering(purpose: &Purpose) -> bool {
    matches!(purpose, Purpose::Register(_))
}

const fn is_changing_phone(purpose: &Purpose) -> bool {
    matches!(purpose, Purpose::ChangePhone(_))
}

/// An error for a phone number that nobody can be registered with.
fn check_mobile(phone: &PhoneNumber) -> Result<(), ServiceError> {
    match Line::of(phone) {
        Line::Landline => Err(ServiceError::new(400, "Not a mobile phone number")),
        Line::Mobile | Line::Unanswered | Line::Unreachable => Ok(()),
    }
}

fn registrant_uri(person: &NetworkId) -> String {
    format!("/api/rest/registrant/{}", segment(person.as_str()))
}

//! The operations on media, for one application.

use talkspace_core::response::{
    BlastMediaResponse, CreateMediaResponse, GetMediaStatusOutcome, GetMediaStatusResponse,
    ListMediaResponse, RecordMediaResponse, RemoveMediaResponse,
};
use talkspace_core::server::{ServiceError, segment};
use talkspace_core::{
    BlastMedia, CreateMedia, GetMediaStatus, ListMedia, MediaId, RecordMedia, RemoveMedia, Status,
};

use super::Session;
use super::calls::Purpose;
use super::library::{Finding, MediaOrigin};

impl Session<'_> {
    pub(crate) fn create_media(
        &mut self,
        _request: CreateMedia,
    ) -> Result<CreateMediaResponse, ServiceError> {
        let id = MediaId::from(self.fresh_id());
        self.library.create(self.number, id.clone());
        let mut response = CreateMediaResponse::new(id.clone());
        response.uri = media_uri(&id);
        Ok(response)
    }

    pub(crate) fn list_media(
        &mut self,
        _request: ListMedia,
    ) -> Result<ListMediaResponse, ServiceError> {
        let mut response = ListMediaResponse::new();
        for (id, content) in self.library.contents(self.number) {
            let group = match content.origin {
                MediaOrigin::Uploaded => &mut response.uploaded,
                MediaOrigin::Spoken(_) | MediaOrigin::Conference => &mut response.recorded,
            };
            group.push(id.clone());
        }
        Ok(response)
    }

    pub(crate) fn record_media(
        &mut self,
        request: RecordMedia,
    ) -> Result<RecordMediaResponse, ServiceError> {
        let (id, person) = (request.media_id, request.network_id);
        let Finding::Own(_) = self.library.find(self.number, &id) else {
            return Err(no_such_media());
        };
        let phone = self.phone_of(&person, 404)?;
        self.check_greeting(request.greeting_id.as_ref())?;
        let purpose = Purpose::Record(id.clone());
        self.dial(&person, &phone, purpose, request.greeting_id)?;
        let mut response = RecordMediaResponse::new(id.clone());
        response.uri = media_uri(&id);
        Ok(response)
    }

    pub(crate) fn blast_media(
        &mut self,
        request: BlastMedia,
    ) -> Result<BlastMediaResponse, ServiceError> {
        let (ids, person) = (request.media_ids, request.network_id);
        let mut are_playable = true;
        for id in &ids {
            match self.library.find(self.number, id) {
                Finding::Own(content) => are_playable &= content.is_some(),
                Finding::Foreign | Finding::Unknown => return Err(no_such_media()),
            }
        }
        let phone = self.phone_of(&person, 404)?;
        if !are_playable {
            return Err(ServiceError::new(400, "The media has no content"));
        }
        self.check_greeting(request.greeting_id.as_ref())?;

        // The service names the media here, and leaves the id empty.
        let mut response = BlastMediaResponse::new();
        response.message = ids
            .iter()
            .map(MediaId::as_str)
            .collect::<Vec<_>>()
            .join("-");
        self.dial(&person, &phone, Purpose::Listen(ids), request.greeting_id)?;
        Ok(response)
    }

    pub(crate) fn get_media_status(
        &mut self,
        request: GetMediaStatus,
    ) -> Result<GetMediaStatusResponse, ServiceError> {
        let id = request.media_id;
        let content = match self.library.find(self.number, &id) {
            Finding::Own(content) => content,
            Finding::Foreign => return Err(ServiceError::new(401, "")),
            Finding::Unknown => return Err(no_such_media()),
        };
        let Some(content) = content else {
            let mut response = GetMediaStatusResponse::new(GetMediaStatusOutcome::Empty, id);
            if self.settings.no_content_in_body {
                response.status = Status::new(200, Some(204));
                response.uri = media_uri(&response.media_id);
            }
            return Ok(response);
        };
        let mut response = GetMediaStatusResponse::new(GetMediaStatusOutcome::Ready, id);
        response.uri = media_uri(&response.media_id);
        response.file_size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        response.download_url = Some(self.settings.download_url(content.file));
        Ok(response)
    }

    pub(crate) fn remove_media(
        &mut self,
        request: RemoveMedia,
    ) -> Result<RemoveMediaResponse, ServiceError> {
        let id = request.media_id;
        match self.library.find(self.number, &id) {
            Finding::Own(_) => {}
            Finding::Foreign => return Err(ServiceError::new(401, "")),
            Finding::Unknown => return Err(no_such_media()),
        }
        if self.calls.record_into(self.number, &id) || self.app.records_into(&id) {
            return Err(ServiceError::new(401, "The media is being recorded into"));
        }
        let content = self.library.remove(self.number, &id);
        self.grants.revoke(self.number, &id);
        let mut response = RemoveMediaResponse::new(id);
        if let Some(content) = content {
            response.message = format!("{}.mp3 removed", content.file);
        }
        Ok(response)
    }

    /// An error for a greeting that cannot be played.
    pub(super) fn check_greeting(&self, id: Option<&MediaId>) -> Result<(), ServiceError> {
        match id.map(|id| self.library.find(self.number, id)) {
            None | Some(Finding::Own(Some(_))) => Ok(()),
            Some(_) => Err(ServiceError::new(
                400,
                "Missing or invalid greetingid parameter",
            )),
        }
    }
}

fn no_such_media() -> ServiceError {
    ServiceError::new(404, "")
}

pub(super) fn media_uri(id: &MediaId) -> String {
    format!("/api/rest/media/{}", segment(id.as_str()))
}

//! Grants, uploads and downloads. The latter two name no application.

use fastrand::Rng;
use talkspace_core::response::{
    DownloadMediaResponse, RequestUploadGrantResponse, UploadMediaResponse,
};
use talkspace_core::server::ServiceError;
use talkspace_core::{
    DownloadMedia, DownloadUrl, GrantId, InvalidMediaFile, MediaFile, RequestUploadGrant,
    UploadMedia,
};

use super::grants::Grant;
use super::library::Finding;
use super::media::media_uri;
use super::{Session, Settings, State};

/// The most uploaded files that an application can have.
const MAX_UPLOADS: usize = 100;

impl Settings {
    /// Where a file is served.
    pub(super) fn download_url(&self, file: u64) -> DownloadUrl {
        DownloadUrl::from(format!("{}/audio/{file}.mp3", self.url))
    }
}

impl Session<'_> {
    pub(crate) fn request_upload_grant(
        &mut self,
        request: RequestUploadGrant,
    ) -> Result<RequestUploadGrantResponse, ServiceError> {
        let media = request.media_id;
        let Finding::Own(_) = self.library.find(self.number, &media) else {
            return Err(ServiceError::new(401, ""));
        };
        let (id, digest) = loop {
            // Readers of the time took it for a signed number.
            let id = GrantId::from(format!("0x{:016x}", self.grants.draw() >> 1));
            let digest = self.salt.digest(&id);
            if self.grants.get(&digest).is_none() {
                break (id, digest);
            }
        };
        let uri = format!("{}/{}", media_uri(&media), self.grants.draw() >> 1);
        self.grants.issue(digest, self.number, media, self.now);
        let mut response = RequestUploadGrantResponse::new(id);
        response.uri = uri;
        Ok(response)
    }
}

impl State {
    /// Makes the grants to come those of a seed.
    pub(crate) fn reseed_grants(&mut self, seed: u64) {
        self.grants.reseed(seed);
    }

    /// An error for a grant that is unknown, used or too old.
    pub(crate) fn check_grant(&self, grant: &GrantId) -> Result<(), ServiceError> {
        self.grant(grant).map(drop)
    }

    fn grant(&self, grant: &GrantId) -> Result<&Grant, ServiceError> {
        let grant = self.grants.get(&self.salt.digest(grant));
        grant.ok_or_else(|| ServiceError::new(404, "The grant is unknown, was used, or is too old"))
    }

    /// Stores a file. The grant is used up by that, and by nothing else.
    pub(crate) fn upload_media(
        &mut self,
        request: UploadMedia,
        rng: &mut Rng,
    ) -> Result<UploadMediaResponse, ServiceError> {
        let grant = self.grant(&request.grant)?.clone();
        let file = request
            .media_file
            .to_body()
            .read_to_bytes()
            .map_err(|_| ServiceError::new(400, ""))?;
        MediaFile::mp3(file.clone()).map_err(file_error)?;
        if self.library.uploads_but(grant.app, &grant.media) >= MAX_UPLOADS {
            return Err(ServiceError::new(413, ""));
        }
        self.grants.use_up(&self.salt.digest(&request.grant));
        let number = self.library.upload(grant.app, &grant.media, file, rng);
        Ok(UploadMediaResponse::new(self.settings.download_url(number)))
    }

    /// The file of this name, which is what counts of the URL.
    pub(crate) fn download_media(
        &self,
        request: &DownloadMedia,
    ) -> Result<DownloadMediaResponse, ServiceError> {
        let url = request.download_url.as_str();
        let name = url.rsplit_once('/').map_or(url, |(_, name)| name);
        name.strip_suffix(".mp3")
            .and_then(|number| self.library.file(number.parse().ok()?))
            .map(|content| DownloadMediaResponse::new(content.to_bytes()))
            .ok_or_else(|| ServiceError::new(404, ""))
    }
}

fn file_error(why: InvalidMediaFile) -> ServiceError {
    let status = match why {
        InvalidMediaFile::TooLarge(_) => 413,
        InvalidMediaFile::NotMp3 => 415,
        _ => 400,
    };
    ServiceError::new(status, why.to_string())
}

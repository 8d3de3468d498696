//! An upload whose result can be looked for.

use http::Request;

use crate::codec::{NoLook, Place, SureRequest};
use crate::codec::{Operation, RawResponse, ResponseError, Target};
use crate::operation::OperationInfo;
use crate::request::response::{GetMediaStatusResponse, UploadMediaResponse};
use crate::request::{GetMediaStatus, UploadMedia};
use crate::transport::Body;
use crate::value::{DownloadUrl, InvalidRequest, MediaId};

/// An [`UploadMedia`] that knows which media its grant is for, since the grant
/// does not say it.
///
/// It is sent as the upload itself. In doubt, [`GetMediaStatus`] is looked at: the
/// media has content now, and had none before. For media that has content already
/// nothing is known; take new media for each upload.
///
/// ```
/// use talkspace_core::sure::{Place, SureRequest, UploadTo};
/// use talkspace_core::{GetMediaStatus, MediaFile, UploadMedia};
///
/// let upload = UploadMedia::new("0x3e1f2ba8bcb67848", MediaFile::mp3(&b"ID3"[..])?);
/// let upload = UploadTo::new("6e6a151be31b467f87225b18b0f36f00", upload);
/// assert_eq!(upload.place(), Place::Here(GetMediaStatus::new(upload.media_id.clone())));
/// # Ok::<(), talkspace_core::InvalidMediaFile>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[must_use]
pub struct UploadTo {
    /// The media that the grant was requested for.
    pub media_id: MediaId,
    /// The upload.
    pub upload: UploadMedia,
}

impl UploadTo {
    /// This upload, with a grant for this media.
    pub fn new(media_id: impl Into<MediaId>, upload: UploadMedia) -> Self {
        Self {
            media_id: media_id.into(),
            upload,
        }
    }
}

impl Operation for UploadTo {
    const INFO: &'static OperationInfo = UploadMedia::INFO;

    type Response = UploadMediaResponse;

    fn encode(&self, target: &Target) -> Result<Request<Body>, InvalidRequest> {
        self.upload.encode(target)
    }

    fn decode(&self, raw: &RawResponse<'_>) -> Result<UploadMediaResponse, ResponseError> {
        self.upload.decode(raw)
    }

    fn secrets(&self) -> Vec<&str> {
        self.upload.secrets()
    }
}

impl SureRequest for UploadTo {
    type Look = GetMediaStatus;
    type List = NoLook;

    fn place(&self) -> Place<GetMediaStatus, NoLook> {
        Place::Here(GetMediaStatus::new(&self.media_id))
    }

    fn shows(&self, seen: &GetMediaStatusResponse) -> bool {
        seen.download_url.is_some()
    }

    fn response(
        &self,
        _look: &GetMediaStatus,
        seen: &GetMediaStatusResponse,
    ) -> UploadMediaResponse {
        let url = seen.download_url.clone();
        UploadMediaResponse::new(url.unwrap_or_else(|| DownloadUrl::new(String::new())))
    }
}

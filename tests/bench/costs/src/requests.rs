//! A request of every operation that has no upload.

use bench::{Outcome, work};
use talkspace_core as api;
use talkspace_core::operation::ParameterKind;
use talkspace_core::{OPERATIONS, Operation};

/// Something that is done with a request, whatever its type.
pub(crate) trait Visit {
    /// Does it.
    fn visit<O: Operation>(&mut self, operation: &O) -> Outcome<()>;
}

/// The names of the operations that have no upload.
pub(crate) fn operations() -> Vec<&'static str> {
    OPERATIONS
        .iter()
        .filter(|info| {
            let mut kinds = info.parameters.iter().map(|parameter| parameter.kind);
            !kinds.any(|kind| kind == ParameterKind::File)
        })
        .map(|info| info.id)
        .collect()
}

/// Does it with the request of this operation, whose parameters are as long as
/// in the spec's examples.
pub(crate) fn with(operation: &str, visit: &mut impl Visit) -> Outcome<()> {
    let (person, conference, media) = (work::NETWORK_ID, work::CONFERENCE_ID, work::GREETING_ID);
    let phone: api::PhoneNumber = "14155551212".parse()?;
    match operation {
        "getVersion" => visit.visit(&api::GetVersion::new()),
        "register" => visit.visit(&api::Register::new(person).phone(phone)),
        "listNetworkIds" => visit.visit(&api::ListNetworkIds::new()),
        "getRegistrationStatus" => visit.visit(&api::GetRegistrationStatus::new(person)),
        "deleteRegistrant" => visit.visit(&api::DeleteRegistrant::new(person)),
        "changePhone" => visit.visit(&api::ChangePhone::new(person, phone)),
        "createTalkspace" => visit.visit(&api::CreateTalkspace::new(person).greeting_id(media)),
        "listTalkspaces" => visit.visit(&api::ListTalkspaces::new()),
        "getTalkspace" => visit.visit(&api::GetTalkspace::new(conference)),
        "addToTalkspace" => visit.visit(&api::AddToTalkspace::new(conference, person)),
        "closeTalkspace" => visit.visit(&api::CloseTalkspace::new(conference)),
        "hangUp" => visit.visit(&api::HangUp::new(conference, person)),
        "moveParticipant" => {
            visit.visit(&api::MoveParticipant::new(conference, person, conference))
        }
        "muteParticipant" => visit.visit(&api::MuteParticipant::new(conference, person)),
        "unmuteParticipant" => visit.visit(&api::UnmuteParticipant::new(conference, person)),
        "createMedia" => visit.visit(&api::CreateMedia::new()),
        "listMedia" => visit.visit(&api::ListMedia::new()),
        "recordMedia" => visit.visit(&api::RecordMedia::new(media, person)),
        "blastMedia" => visit.visit(&api::BlastMedia::new([media], person)),
        "requestUploadGrant" => visit.visit(&api::RequestUploadGrant::new(media)),
        "removeMedia" => visit.visit(&api::RemoveMedia::new(media)),
        "getMediaStatus" => visit.visit(&api::GetMediaStatus::new(media)),
        "downloadMedia" => {
            let url = format!("http://127.0.0.1:8080/audio/{media}.mp3");
            visit.visit(&api::DownloadMedia::new(url))
        }
        new => Err(format!("{new} is new: say what its request is").into()),
    }
}

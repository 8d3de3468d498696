//! The requests of this library, by hand.

use std::fmt::Debug;

use talkspace_core::server::ServerOperation;
use talkspace_core::{
    AddToTalkspace, BlastMedia, BlockingClient, ChangePhone, CloseTalkspace, CreateMedia,
    CreateTalkspace, DeleteRegistrant, DownloadMedia, Error, GetMediaStatus, GetRegistrationStatus,
    GetTalkspace, GetVersion, HangUp, ListMedia, ListNetworkIds, ListTalkspaces, MediaFile,
    MoveParticipant, MuteParticipant, PhoneNumber, RecordMedia, Register, RegistrationQuery,
    RemoveMedia, RequestUploadGrant, UnmuteParticipant, UploadMedia,
};
use talkspace_sandbox::Received;

/// An operation with all that it may have, and with what it needs.
pub(super) struct Pair {
    pub(super) id: &'static str,
    pub(super) send: Send,
    /// Whether a server received the one, or the other.
    pub(super) is_received: IsReceived,
}

type Send = Box<dyn Fn(&BlockingClient, bool) -> Result<(), Error>>;
type IsReceived = Box<dyn Fn(&Received, bool) -> bool>;

fn pair<O: ServerOperation + Clone + Debug + 'static>(id: &'static str, all: O, needed: O) -> Pair {
    let of = move |is_all: bool| if is_all { all.clone() } else { needed.clone() };
    let sent = of.clone();
    Pair {
        id,
        send: Box::new(move |client, is_all| client.send(sent(is_all)).map(drop)),
        is_received: Box::new(move |received, is_all| received.request() == Some(of(is_all))),
    }
}

/// All operations, with these values of their parameters by name.
pub(super) fn pairs(value: &dyn Fn(&str) -> String) -> Vec<Pair> {
    let (person, greeting) = (&*value("networkid"), &*value("greetingid"));
    let (talkspace, other) = (&*value("conferenceid"), &*value("toconferenceid"));
    let media = &*value("mediaid");
    let phone: PhoneNumber = value("phone").parse().unwrap();
    let file = MediaFile::mp3(value("mediafile").into_bytes()).unwrap();
    let host = value("host");
    let download = DownloadMedia::new(host + &value("downloadurl"));
    let mut upload = same("uploadMedia", UploadMedia::new(value("grant"), file));
    // The sandbox keeps no file for its log.
    upload.is_received = Box::new(|received, _| received.parameters().len() == 2);
    vec![
        same("getVersion", GetVersion::new()),
        pair(
            "register",
            Register::new(person)
                .phone(phone.clone())
                .greeting_id(greeting),
            Register::new(person),
        ),
        same("listNetworkIds", ListNetworkIds::new()),
        pair(
            "getRegistrationStatus",
            GetRegistrationStatus::new(person).query(RegistrationQuery::Related),
            GetRegistrationStatus::new(person),
        ),
        same("deleteRegistrant", DeleteRegistrant::new(person)),
        same("changePhone", ChangePhone::new(person, phone)),
        pair(
            "createTalkspace",
            CreateTalkspace::new(person)
                .greeting_id(greeting)
                .recording_id(value("recordingid")),
            CreateTalkspace::new(person),
        ),
        pair(
            "listTalkspaces",
            ListTalkspaces::new().active(true),
            ListTalkspaces::new(),
        ),
        same("getTalkspace", GetTalkspace::new(talkspace)),
        pair(
            "addToTalkspace",
            AddToTalkspace::new(talkspace, person)
                .greeting_id(greeting)
                .muted(true),
            AddToTalkspace::new(talkspace, person),
        ),
        same("closeTalkspace", CloseTalkspace::new(talkspace)),
        same("hangUp", HangUp::new(talkspace, person)),
        same(
            "moveParticipant",
            MoveParticipant::new(talkspace, person, other),
        ),
        same("muteParticipant", MuteParticipant::new(talkspace, person)),
        same(
            "unmuteParticipant",
            UnmuteParticipant::new(talkspace, person),
        ),
        same("createMedia", CreateMedia::new()),
        same("listMedia", ListMedia::new()),
        pair(
            "recordMedia",
            RecordMedia::new(media, person).greeting_id(greeting),
            RecordMedia::new(media, person),
        ),
        pair(
            "blastMedia",
            BlastMedia::new([media, media], person).greeting_id(greeting),
            BlastMedia::new([media, media], person),
        ),
        same("requestUploadGrant", RequestUploadGrant::new(media)),
        same("removeMedia", RemoveMedia::new(media)),
        same("getMediaStatus", GetMediaStatus::new(media)),
        upload,
        same("downloadMedia", download),
    ]
}

/// An operation that needs all that it has.
fn same<O: ServerOperation + Clone + Debug + 'static>(id: &'static str, request: O) -> Pair {
    pair(id, request.clone(), request)
}

//! All operations once more, written by hand after the vendor's pages and
//! `spec/README.md`. Clients, sandbox and suite are made from one table, so that
//! nothing else would see a mistake in it.

use talkspace_core::Effect::{self, Converges, Once, Reads, Rings};
use talkspace_core::codec::Target;
use talkspace_core::response::RequestUploadGrantResponse;
use talkspace_core::{
    AddToTalkspace, BaseUrl, BlastMedia, ChangePhone, CloseTalkspace, CreateMedia, CreateTalkspace,
    DeleteRegistrant, DownloadMedia, GetMediaStatus, GetRegistrationStatus, GetTalkspace,
    GetVersion, HangUp, ListMedia, ListNetworkIds, ListTalkspaces, MediaFile, MoveParticipant,
    MuteParticipant, OPERATIONS, Operation, PhoneNumber, RecordMedia, Register, RegistrationQuery,
    RemoveMedia, RequestUploadGrant, UnmuteParticipant, UploadMedia,
};

/// What there is to know of an operation.
struct Facts {
    id: &'static str,
    /// The request line, but for the version of HTTP.
    line: &'static str,
    /// With every optional parameter set.
    body: &'static str,
    effect: Effect,
    envelope: &'static str,
    success: &'static [u16],
    /// Failures that are values.
    outcomes: &'static [u16],
    errors: &'static [u16],
    /// Errors that, after a retry, mean that it is done.
    already: &'static [u16],
    /// What of the request is redacted in a log, beside the key.
    secrets: &'static [&'static str],
}

impl Facts {
    const fn of(id: &'static str, effect: Effect) -> Self {
        Self {
            id,
            line: "",
            body: "",
            effect,
            envelope: "",
            success: &[200],
            outcomes: &[],
            errors: &[],
            already: &[],
            secrets: &[],
        }
    }

    const fn sends(mut self, line: &'static str, body: &'static str) -> Self {
        self.line = line;
        self.body = body;
        self
    }

    const fn gets(
        mut self,
        envelope: &'static str,
        success: &'static [u16],
        errors: &'static [u16],
    ) -> Self {
        self.envelope = envelope;
        self.success = success;
        self.errors = errors;
        self
    }

    const fn outcomes(mut self, outcomes: &'static [u16]) -> Self {
        self.outcomes = outcomes;
        self
    }

    const fn already(mut self, already: &'static [u16]) -> Self {
        self.already = already;
        self
    }

    const fn hides(mut self, secrets: &'static [&'static str]) -> Self {
        self.secrets = secrets;
        self
    }
}

const KEY: &str = "k/1";
const PHONE: &str = "14151239876";
const GRANT: &str = "0x3e1f2ba8bcb67848";
/// With what paths and forms must escape: in the request `%40a%20b%2Bc%2F%C3%A9`.
const PERSON: &str = "@a b+c/é";

/// The operations that were compared so far.
#[derive(Default)]
struct Compared(Vec<&'static str>);

impl Compared {
    fn add<O: Operation>(&mut self, operation: O, facts: Facts) {
        let (info, id) = (O::INFO, facts.id);
        assert_eq!(info.id, id);
        let base = BaseUrl::parse("https://a.example").unwrap();
        let target = Target::new(base, KEY.into()).with_boundary("b");
        let request = operation.encode(&target).unwrap();
        let line = format!("{} {}", request.method(), request.uri());
        assert_eq!(line.replace("https://a.example", ""), facts.line, "{id}");
        let body = request.body().read_to_bytes().unwrap();
        assert_eq!(
            String::from_utf8(body.to_vec()).unwrap(),
            facts.body,
            "{id}"
        );

        assert_eq!(info.effect, facts.effect, "{id}");
        assert_eq!(info.envelope.unwrap_or_default(), facts.envelope, "{id}");
        assert_eq!(info.success, facts.success, "{id}");
        assert_eq!(info.outcomes, facts.outcomes, "{id}");
        assert_eq!(info.errors, facts.errors, "{id}");
        assert_eq!(info.already, facts.already, "{id}");
        // The one response that is a permission.
        assert_eq!(info.secret_response, id == "requestUploadGrant", "{id}");
        assert_eq!(operation.secrets(), facts.secrets, "{id}");

        let parameters = info.parameters.iter();
        let secret: Vec<_> = parameters.filter(|it| it.kind.is_secret()).collect();
        let has_key = line.contains("appkey=") || facts.body.contains("appkey=");
        assert_eq!(
            secret.len(),
            facts.secrets.len() + usize::from(has_key),
            "{id}"
        );
        let shown = format!("{operation:?}");
        for value in facts.secrets {
            assert!(!shown.contains(value), "{id}: {shown}");
        }
        self.0.push(id);
    }
}

#[test]
fn every_operation_is_what_its_page_says() {
    let phone = || PHONE.parse::<PhoneNumber>().unwrap();
    let mut compared = Compared::default();
    system_and_registrants(&mut compared, &phone);
    talkspaces(&mut compared);
    media(&mut compared);
    let all: Vec<_> = OPERATIONS.iter().map(|operation| operation.id).collect();
    assert_eq!(compared.0, all, "each once, in the order of the spec");
    assert_eq!(all.len(), 24);

    let grant = RequestUploadGrantResponse::new(GRANT);
    assert!(!format!("{grant:?}").contains(GRANT));
}

fn system_and_registrants(compared: &mut Compared, phone: &dyn Fn() -> PhoneNumber) {
    compared.add(
        GetVersion::new(),
        Facts::of("getVersion", Reads)
            .sends("GET /api/rest/version", "")
            .gets("", &[200], &[]),
    );
    compared.add(
        Register::new(PERSON).phone(phone()).greeting_id("g"),
        Facts::of("register", Rings)
            .sends(
                "POST /api/rest/registrant/",
                "networkid=%40a%20b%2Bc%2F%C3%A9&appkey=k%2F1&phone=14151239876&greetingid=g",
            )
            .gets("RegistrationResponse", &[201], &[400, 401, 502])
            .hides(&[PHONE]),
    );
    compared.add(
        ListNetworkIds::new(),
        Facts::of("listNetworkIds", Reads)
            .sends("GET /api/rest/registrant?appkey=k%2F1", "")
            .gets("NetworkidListResponse", &[200], &[400]),
    );
    compared.add(
        GetRegistrationStatus::new(PERSON).query(RegistrationQuery::Related),
        Facts::of("getRegistrationStatus", Reads)
            .sends(
                "POST /api/rest/registrant/%40a%20b%2Bc%2F%C3%A9",
                "appkey=k%2F1&query=related",
            )
            .gets("RegistrantResponse", &[200], &[400])
            .outcomes(&[401, 404]),
    );
    compared.add(
        DeleteRegistrant::new(PERSON),
        Facts::of("deleteRegistrant", Converges)
            .sends(
                "DELETE /api/rest/registrant/%40a%20b%2Bc%2F%C3%A9?appkey=k%2F1",
                "",
            )
            .gets("RegistrationResponse", &[200], &[400, 404])
            .already(&[404]),
    );
    compared.add(
        ChangePhone::new(PERSON, phone()),
        Facts::of("changePhone", Rings)
            .sends(
                "POST /api/rest/registrant/%40a%20b%2Bc%2F%C3%A9/14151239876",
                "appkey=k%2F1",
            )
            .gets("RegistrationResponse", &[202], &[400, 401, 502])
            .hides(&[PHONE]),
    );
}

fn talkspaces(compared: &mut Compared) {
    compared.add(
        CreateTalkspace::new(PERSON)
            .recording_id("r")
            .greeting_id("g"),
        Facts::of("createTalkspace", Rings)
            .sends(
                "POST /api/rest/conference",
                "networkid=%40a%20b%2Bc%2F%C3%A9&appkey=k%2F1&greetingid=g&recordingid=r",
            )
            .gets("ConferenceResponse", &[201], &[400, 502]),
    );
    compared.add(
        ListTalkspaces::new().active(true),
        Facts::of("listTalkspaces", Reads)
            .sends("GET /api/rest/conference?appkey=k%2F1&active=true", "")
            .gets("ConferenceListResponse", &[200], &[400]),
    );
    compared.add(
        GetTalkspace::new("c"),
        Facts::of("getTalkspace", Reads)
            .sends("GET /api/rest/conference/c?appkey=k%2F1", "")
            .gets("ConferenceDetailsResponse", &[200], &[400, 404]),
    );
    compared.add(
        AddToTalkspace::new("c", PERSON)
            .greeting_id("g")
            .muted(true),
        Facts::of("addToTalkspace", Rings)
            .sends(
                "POST /api/rest/conference/c",
                "action=add&networkid=%40a%20b%2Bc%2F%C3%A9&appkey=k%2F1&greetingid=g&muted=true",
            )
            .gets("ConferenceResponse", &[202], &[400, 401, 502]),
    );
    compared.add(
        CloseTalkspace::new("c"),
        Facts::of("closeTalkspace", Converges)
            .sends("POST /api/rest/conference/c", "action=close&appkey=k%2F1")
            .gets("ConferenceResponse", &[200], &[400, 404, 502])
            .already(&[404]),
    );
    let participant = "POST /api/rest/conference/c/%40a%20b%2Bc%2F%C3%A9";
    compared.add(
        HangUp::new("c", PERSON),
        Facts::of("hangUp", Converges)
            .sends(participant, "action=hangup&appkey=k%2F1")
            .gets("ConferenceResponse", &[200], &[400, 401, 404, 502])
            .already(&[400, 404]),
    );
    compared.add(
        MoveParticipant::new("c", PERSON, "d"),
        Facts::of("moveParticipant", Once)
            .sends(participant, "action=move&toconferenceid=d&appkey=k%2F1")
            .gets("ConferenceResponse", &[200], &[400, 401, 502]),
    );
    compared.add(
        MuteParticipant::new("c", PERSON),
        Facts::of("muteParticipant", Converges)
            .sends(participant, "action=mute&appkey=k%2F1")
            .gets("ConferenceResponse", &[200], &[400, 401, 502]),
    );
    compared.add(
        UnmuteParticipant::new("c", PERSON),
        Facts::of("unmuteParticipant", Converges)
            .sends(participant, "action=unmute&appkey=k%2F1")
            .gets("ConferenceResponse", &[200], &[400, 401, 502]),
    );
}

fn media(compared: &mut Compared) {
    compared.add(
        CreateMedia::new(),
        Facts::of("createMedia", Once)
            .sends("POST /api/rest/media", "appkey=k%2F1")
            .gets("MediaResponse", &[201], &[400, 404]),
    );
    compared.add(
        ListMedia::new(),
        Facts::of("listMedia", Reads)
            .sends("GET /api/rest/media?appkey=k%2F1", "")
            .gets("MediaidListResponse", &[200], &[400, 404]),
    );
    compared.add(
        RecordMedia::new("m", PERSON).greeting_id("g"),
        Facts::of("recordMedia", Rings)
            .sends(
                "POST /api/rest/media/m",
                "action=record&networkid=%40a%20b%2Bc%2F%C3%A9&appkey=k%2F1&greetingid=g",
            )
            .gets("MediaResponse", &[201], &[400, 404, 502]),
    );
    compared.add(
        BlastMedia::new(["m", "n"], PERSON).greeting_id("g"),
        Facts::of("blastMedia", Rings)
            .sends(
                "POST /api/rest/media/m-n",
                "action=blast&networkid=%40a%20b%2Bc%2F%C3%A9&appkey=k%2F1&greetingid=g",
            )
            .gets("MediaResponse", &[202], &[400, 404, 502]),
    );
    compared.add(
        RequestUploadGrant::new("m"),
        Facts::of("requestUploadGrant", Once)
            .sends("POST /api/rest/media/m", "action=upload_grant&appkey=k%2F1")
            .gets("UploadResponse", &[201], &[400, 401]),
    );
    compared.add(
        RemoveMedia::new("m"),
        Facts::of("removeMedia", Converges)
            .sends("POST /api/rest/media/m", "action=remove&appkey=k%2F1")
            .gets("MediaResponse", &[200], &[400, 401, 404])
            .already(&[404]),
    );
    compared.add(
        GetMediaStatus::new("m"),
        Facts::of("getMediaStatus", Reads)
            .sends("POST /api/rest/media/status/m", "appkey=k%2F1")
            .gets("MediaResponse", &[200, 204], &[400, 401, 404]),
    );
    let sound: &[u8] = b"ID3";
    compared.add(
        UploadMedia::new(GRANT, MediaFile::mp3(sound).unwrap()),
        Facts::of("uploadMedia", Once)
            .sends(
                "POST /forklift/",
                "--b\r\nContent-Disposition: form-data; name=\"grant\"\r\n\r\n\
                 0x3e1f2ba8bcb67848\r\n\
                 --b\r\nContent-Disposition: form-data; name=\"mediafile\"; \
                 filename=\"upload.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\n\
                 ID3\r\n--b--\r\n",
            )
            .gets("", &[200], &[400, 404, 413, 415])
            .hides(&[GRANT]),
    );
    compared.add(
        DownloadMedia::new("https://a.example/audio/1135147210.mp3"),
        Facts::of("downloadMedia", Reads)
            .sends("GET /audio/1135147210.mp3", "")
            .gets("", &[200], &[404]),
    );
}

//! A request that is sent again.

use serde_json::{Value, json};
use talkspace_core::{
    CloseTalkspace, CreateMedia, CreateTalkspace, DownloadMedia, GetMediaStatus, ListTalkspaces,
    MediaFile, MoveParticipant, MuteParticipant, Register, RequestUploadGrant, UploadMedia,
};
use talkspace_sandbox::{Clock, Fault, Sandbox};

use super::http::{Http, Said};
use super::{KEY, client, server};

const PHONE: &str = "14151239876";

/// Sends the last request again, without a word and with one.
struct Last {
    http: Http,
    number: u64,
}

impl Last {
    fn of(http: Http) -> Self {
        let log = http.get("requests?limit=1").body;
        Self {
            http,
            number: log["total"].as_u64().unwrap(),
        }
    }

    fn again(&self, body: Value) -> Said {
        let path = format!("requests/{}/again", self.number);
        self.http.json("POST", &path, body)
    }

    /// It is done when it is confirmed, and not before.
    fn asks(&self, word: &str, would: &str) -> Value {
        let asked = self.again(json!({}));
        let code = asked.code();
        assert_eq!((asked.status, code.as_str()), (409, "needs_confirm"));
        assert_eq!(asked.body["message"], would);
        assert_eq!(asked.body["confirm"], word);
        assert_eq!(Self::of(self.http).number, self.number, "it was sent");
        self.goes(json!({"confirm": word}))
    }

    fn goes(&self, body: Value) -> Value {
        let done = self.again(body);
        assert_eq!(done.status, 200, "{done:?}");
        assert_eq!(done.body["again_of"], self.number);
        assert_eq!(done.body["request"], self.number + 1);
        let found = self.http.get(&format!("requests/{}", self.number + 1));
        assert_eq!(found.body["again_of"], self.number);
        done.body
    }

    fn is_not_kept(&self, why: &str) {
        let said = self.again(json!({"confirm": "rings"}));
        assert_eq!((said.status, said.code().as_str()), (409, "not_kept"));
        let told = said.body["message"].as_str().unwrap();
        assert!(told.contains(why), "{told}");
        assert_eq!(Self::of(self.http).number, self.number, "it was sent");
    }
}

#[test]
fn what_rings_or_creates_is_done_again_only_when_that_is_wanted() {
    let server = server();
    let (http, client, sandbox) = (Http::of(&server), client(&server), server.sandbox());
    let last = || Last::of(http);

    let id = client.send(CreateTalkspace::new("eta")).unwrap();
    let id = id.conference_id;
    let rung = last();
    let enough = rung.again(json!({"confirm": "once"}));
    assert_eq!(enough.code(), "needs_confirm", "that is less than ringing");
    assert_eq!(sandbox.rings("eta"), 1);
    let would = "This creates another TalkSpace and calls eta again.";
    let done = rung.asks("rings", would);
    assert_eq!((&done["status"], sandbox.rings("eta")), (&json!(201), 2));
    assert_ne!(done["talkspace"], json!(id));
    assert_eq!(done["parameters"], json!({"networkid": "eta"}));
    assert_eq!(done["did"][0], "call 2 rings eta");
    // And that one can be sent again in its turn.
    last().asks("rings", would);
    // What rang nobody may ring somebody now.
    client.send(CreateTalkspace::new("nobody")).unwrap_err();
    let wrong = last().again(json!({}));
    assert_eq!(wrong.code(), "needs_confirm");
    let may = "This may call nobody.";
    assert!(wrong.body["message"].to_string().contains(may));

    client.send(CreateMedia::new()).unwrap();
    last().asks("once", "This creates another media id.");
    last().goes(json!({"confirm": "rings"}));
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    client.send(RequestUploadGrant::new(&media)).unwrap();
    let would = format!("This makes another grant for media {media}.");
    last().asks("once", &would);

    let other = client.send(CreateTalkspace::new("@theta")).unwrap();
    http.json("POST", "clock/advance", json!({"by": 1}));
    let other = other.conference_id;
    let eta = sandbox.calls();
    let eta = eta.iter().find(|call| call.person == "eta").unwrap();
    let talkspace_sandbox::Why::Join(from) = eta.why.clone() else {
        panic!("{eta:?}");
    };
    client
        .send(MoveParticipant::new(from, "eta", &other))
        .unwrap();
    let would = format!("This moves eta to TalkSpace {other} again.");
    assert_eq!(
        last().asks("once", &would)["status"],
        400,
        "eta is gone from there"
    );

    for (body, code) in [
        (json!({"confirm": "yes"}), "bad_field"),
        (json!({"confirm": true}), "bad_field"),
        (json!({"confrim": "rings"}), "bad_field"),
    ] {
        assert_eq!(last().again(body).code(), code);
    }
    let none = http.json("POST", "requests/999/again", json!({}));
    assert_eq!(
        (none.status, none.code().as_str()),
        (404, "no_such_request")
    );
}

#[test]
fn what_does_no_more_than_before_is_sent_at_once() {
    let server = server();
    let (http, client) = (Http::of(&server), client(&server));
    let last = || Last::of(http);
    let id = client.send(CreateTalkspace::new("eta")).unwrap();
    let id = id.conference_id;
    client.send(ListTalkspaces::new().active(true)).unwrap();
    assert_eq!(
        last().goes(json!({}))["parameters"],
        json!({"active": "true"})
    );
    http.json("POST", "clock/advance", json!({"by": 1}));
    client.send(MuteParticipant::new(&id, "eta")).unwrap();
    assert_eq!(last().goes(json!({}))["did"], json!(["eta is muted"]));
    let media = client.send(GetMediaStatus::new(super::MEDIA)).unwrap();
    let url = media.download_url.unwrap();
    client.send(DownloadMedia::new(url)).unwrap();
    assert_eq!(last().goes(json!({}))["status"], 200);
    client.send(CloseTalkspace::new(&id)).unwrap();
    let closed = last().goes(json!({}));
    assert_eq!(
        (&closed["status"], &closed["did"]),
        (&json!(404), &json!([]))
    );
}

#[test]
fn the_key_is_that_of_the_application_and_a_phone_number_is_not_told() {
    let two = Sandbox::builder().app_key(KEY).app_key("other");
    let server = two.clock(Clock::frozen()).start().unwrap();
    let http = Http::of(&server);
    let client = talkspace_blocking::Client::builder(server.url(), "other")
        .build_blocking(talkspace_blocking::HttpTransport::new())
        .unwrap();
    let odd = "a+b'c\"d$(x)%2F\u{202e}é";
    let register = Register::new(odd).phone(PHONE.parse().unwrap());
    client.send(register.clone()).unwrap();
    let text = odd.escape_debug().to_string();
    let done = Last::of(http).asks("rings", &format!("This calls {text} again."));
    assert_eq!((&done["app"], &done["status"]), (&json!(2), &json!(201)));
    assert!(!done.to_string().contains(PHONE), "{done}");
    let sent = server.sandbox().requests::<Register>();
    assert_eq!(sent, [register.clone(), register]);
    assert_eq!(server.sandbox().rings(odd), 2);
}

#[test]
fn what_is_not_kept_whole_is_not_sent() {
    let server = server();
    let (http, client) = (Http::of(&server), client(&server));
    let not_kept = |method: &str, path: &str, form: &str, why: &str| {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        http.send(method, path, &[kind], form.as_bytes());
        Last::of(http).is_not_kept(why);
    };
    let grant = RequestUploadGrant::new(super::MEDIA);
    let grant = client.send(grant).unwrap().grant_id;
    let sound = MediaFile::mp3(super::mp3()).unwrap();
    client.send(UploadMedia::new(grant, sound)).unwrap();
    Last::of(http).is_not_kept("grant");

    let create = "/api/rest/conference";
    let key = format!("appkey={KEY}");
    not_kept("POST", "/api/rest/nothing", "", "no operation");
    not_kept(
        "POST",
        create,
        "networkid=eta&appkey=other",
        "which application",
    );
    not_kept(
        "POST",
        create,
        &format!("{key}&networkid="),
        "No client can send",
    );
    not_kept(
        "POST",
        create,
        &format!("{key}&networkid={KEY}"),
        "key or a grant",
    );
    let long = "x".repeat(2 * 1024 * 1024);
    not_kept("POST", create, &long, "before it was read");
    let many = "x".repeat(4000);
    let fields: String = (0..5).map(|_| format!("&networkid={many}")).collect();
    not_kept("POST", create, &format!("{key}{fields}"), "too long");
    assert_eq!(server.sandbox().rings("eta"), 0);
}

#[test]
fn a_fault_meets_it_and_a_file_keeps_what_it_did() {
    let server = server();
    let (http, client) = (Http::of(&server), client(&server));
    client.send(CreateTalkspace::new("eta")).unwrap();
    let rung = Last::of(http);
    let lost = Fault::lose_response().once();
    let lost = server.sandbox().fault::<CreateTalkspace>(lost);
    let done = rung.goes(json!({"confirm": "rings"}));
    assert_eq!((&done["fault"], lost.hits()), (&json!(lost.number()), 1));
    assert_eq!(
        server.sandbox().rings("eta"),
        2,
        "its response alone is lost"
    );

    let folder = std::env::temp_dir().join(format!("talkspace-again-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let start = || {
        let builder = Sandbox::builder().examples().clock(Clock::frozen());
        builder.state(folder.join("state")).start().unwrap()
    };
    let server = start();
    super::client(&server).send(CreateMedia::new()).unwrap();
    let done = Last::of(Http::of(&server)).goes(json!({"confirm": "once"}));
    drop(server);
    let media = start().sandbox().media();
    assert!(media.iter().any(|media| done["media"] == json!(media.id)));
    std::fs::remove_dir_all(&folder).unwrap();
}

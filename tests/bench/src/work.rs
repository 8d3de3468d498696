//! The work: *create a TalkSpace*, the same for every client.

use serde::Deserialize;

use crate::Outcome;

/// Where the request goes.
pub const PATH: &str = "/api/rest/conference";
/// The leader, who is also the first of the form's fields.
pub const NETWORK_ID: &str = "eta";
/// The application's key, the second field.
pub const APP_KEY: &str = "11111111-2222-3333-4444-555555555555";
/// The greeting, the third.
pub const GREETING_ID: &str = "6e6a151be31b467f87225b18b0f36f00";
/// Whoever has it may send a file.
pub const GRANT_ID: &str = "0x3e1f2ba8bcb67848";
/// Where a file goes.
pub const UPLOAD_PATH: &str = "/forklift/";
/// The form as it is on the wire.
pub const FORM: &str = "networkid=eta&appkey=11111111-2222-3333-4444-555555555555\
    &greetingid=6e6a151be31b467f87225b18b0f36f00";
/// The TalkSpace that the response names.
pub const CONFERENCE_ID: &str = "63c9b03b84e9476080f7afe9ac2aa58e";
/// The body of the response, with its slashes escaped as the service did.
pub const RESPONSE: &str = r#"{"ConferenceResponse":{"message":"Created, leader is eta","status":201,"conferenceId":"63c9b03b84e9476080f7afe9ac2aa58e","uri":"\/api\/rest\/conference\/63c9b03b84e9476080f7afe9ac2aa58e"}}"#;

/// The form, for clients that write it with serde.
pub const FIELDS: [(&str, &str); 3] = [
    ("networkid", NETWORK_ID),
    ("appkey", APP_KEY),
    ("greetingid", GREETING_ID),
];

/// The response, for clients that read it with serde.
#[derive(Debug, Deserialize)]
pub struct Created {
    /// The envelope's one key.
    #[serde(rename = "ConferenceResponse")]
    pub conference: Conference,
}

/// What is inside the envelope.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conference {
    /// A remark for people.
    pub message: String,
    /// The status that counts.
    pub status: u16,
    /// The TalkSpace.
    pub conference_id: String,
    /// Where it is found.
    pub uri: String,
}

impl Created {
    /// Reads the response.
    ///
    /// # Errors
    ///
    /// When it is not the one that the server sends.
    pub fn read(body: &[u8]) -> Outcome<Self> {
        let response: Self = serde_json::from_slice(body)?;
        response.check()?;
        Ok(response)
    }

    /// Sees whether a TalkSpace was created.
    ///
    /// # Errors
    ///
    /// When none was.
    pub fn check(&self) -> Outcome<()> {
        check(self.conference.status, &self.conference.conference_id)
    }
}

/// Sees whether a TalkSpace was created, so that no client is quick by not doing it.
///
/// # Errors
///
/// When none was.
pub fn check(status: u16, conference_id: &str) -> Outcome<()> {
    if status == 201 && conference_id == CONFERENCE_ID {
        return Ok(());
    }
    Err(format!("no TalkSpace was created: {status} {conference_id}").into())
}

/// What a client says that does not have this command.
pub(crate) const NOT_MEASURED: &str = "that is not measured with this client";

/// The path of a file of so many bytes, which is sent in chunks of so many; or with
/// its length, and in no chunks, where that is zero.
#[must_use]
pub fn file(size: usize, chunk: usize) -> String {
    format!("/audio/{size}-{chunk}.mp3")
}

/// The size of the file at a path, and of its chunks.
#[must_use]
pub fn size_and_chunk(path: &str) -> Option<(usize, usize)> {
    let name = path.strip_prefix("/audio/")?.strip_suffix(".mp3")?;
    let (size, chunk) = name.split_once('-')?;
    Some((size.parse().ok()?, chunk.parse().ok()?))
}

/// Sees whether all of the file came.
pub(crate) fn check_length(path: &str, length: u64) -> Outcome<()> {
    match size_and_chunk(path) {
        Some((size, _)) if size as u64 == length => Ok(()),
        _ => Err(format!("{path}: {length} bytes").into()),
    }
}

/// Counts the bytes that are written to it.
#[derive(Debug, Default)]
pub struct Count(pub u64);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

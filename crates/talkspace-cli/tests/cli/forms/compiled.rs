//! Requests in Rust, as the sandbox shows them: they compile.

use std::error::Error;

use talkspace_core::*;
use talkspace_hyper::Client;

macro_rules! compiled {
    ($client:ident => $($code:expr;)*) => {
        /// Only whether it compiles is asked.
        #[allow(dead_code)]
        async fn compiles($client: Client) -> Result<(), Box<dyn Error>> {
            $($code;)*
            Ok(())
        }

        pub(super) const COMPILED: &[&str] = &[$(stringify!($code)),*];
    };
}

compiled! {
    client =>
    client.send(GetVersion::new()).await?;
    client.send(AddToTalkspace::new("-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@", "-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@").greeting_id("6e6a151be31b467f87225b18b0f36f00").muted(true)).await?;
    client.send(AddToTalkspace::new("a\u{202e}b c", "a\u{202e}b c")).await?;
    client.send(BlastMedia::new(["6e6a151be31b467f87225b18b0f36f00"], "eta")).await?;
    client.send(BlastMedia::new(["a'b", "c d"], "eta").greeting_id("-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@")).await?;
    client.send(ChangePhone::new("eta", std::env::var("PHONE")?.parse()?)).await?;
    client.send(ChangePhone::new(std::env::var("NETWORK_ID")?, std::env::var("PHONE")?.parse()?)).await?;
    client.send(CloseTalkspace::new("-1")).await?;
    client.send(CreateMedia::new()).await?;
    client.send(CreateTalkspace::new("@theta")).await?;
    client.send(CreateTalkspace::new("eta").greeting_id("6e6a151be31b467f87225b18b0f36f00").recording_id("-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@")).await?;
    client.send(DeleteRegistrant::new("-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@")).await?;
    client.send(DeleteRegistrant::new("eta")).await?;
    client.send(DownloadMedia::new("http://127.0.0.1:8080/audio/234331895.mp3")).await?;
    client.send(GetMediaStatus::new("-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@")).await?;
    client.send(GetRegistrationStatus::new("-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@").query("related".parse()?)).await?;
    client.send(GetRegistrationStatus::new(std::env::var("NETWORK_ID")?)).await?;
    client.send(GetTalkspace::new("-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@")).await?;
    client.send(HangUp::new("a b", "eta")).await?;
    client.send(ListMedia::new()).await?;
    client.send(ListNetworkIds::new()).await?;
    client.send(ListTalkspaces::new()).await?;
    client.send(ListTalkspaces::new().active(true)).await?;
    client.send(MoveParticipant::new("-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@", "eta", "x")).await?;
    client.send(MuteParticipant::new("x", "-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@")).await?;
    client.send(RecordMedia::new("-a b'c\"d$(touch x)`touch x`;&|<>*?[]{}!\\~#%41+=/..é@", "eta").greeting_id("6e6a151be31b467f87225b18b0f36f00")).await?;
    client.send(Register::new("iota").phone(std::env::var("PHONE")?.parse()?).greeting_id("6e6a151be31b467f87225b18b0f36f00")).await?;
    client.send(Register::new(std::env::var("NETWORK_ID")?)).await?;
    client.send(RemoveMedia::new("-x y")).await?;
    client.send(RequestUploadGrant::new("6e6a151be31b467f87225b18b0f36f00")).await?;
    client.send(UnmuteParticipant::new("x", std::env::var("NETWORK_ID")?)).await?;
    client.send(UploadMedia::new(std::env::var("TALKSPACE_GRANT_ID")?, MediaFile::mp3(std::fs::File::open("sound.mp3")?)?)).await?;
}

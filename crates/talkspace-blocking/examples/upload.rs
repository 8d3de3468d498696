//! Uploads an MP3 file and says how far it is.
//!
//! ```sh
//! cargo run --bin talkspace -- sandbox    # in another terminal
//! export TALKSPACE_BASE_URL=http://127.0.0.1:8080
//! export TALKSPACE_APP_KEY=11111111-2222-3333-4444-555555555555
//! cargo run -p talkspace-blocking --example upload greeting.mp3
//! ```

#![allow(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;
use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};

use talkspace_blocking::sure::UploadTo;
use talkspace_blocking::{
    Client, CreateMedia, HttpTransport, MediaFile, PollOptions, RequestUploadGrant, UploadMedia,
};

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: upload FILE")?;
    let url = std::env::var("TALKSPACE_BASE_URL")?;
    let key = std::env::var("TALKSPACE_APP_KEY")?;
    let client = Client::builder(url.as_str(), key).build_blocking(HttpTransport::new())?;

    // Read while it is sent, so a file of any size takes little memory.
    let shown = AtomicU64::new(0);
    let file = MediaFile::mp3(File::open(path)?)?.on_progress(move |sent, all| {
        let percent = sent * 100 / all;
        if shown.fetch_max(percent, Ordering::Relaxed) < percent {
            println!("{percent} %");
        }
    });

    let id = client.send(CreateMedia::new())?.media_id;
    let grant = client.send(RequestUploadGrant::new(&id))?.grant_id;
    let polling = PollOptions::default();
    let upload = UploadTo::new(&id, UploadMedia::new(grant, file));
    client.send_surely(upload, polling).into_result()?;
    let status = client.wait_for_media(&id, polling)?;
    println!("media {id} has {} bytes", status.file_size);
    Ok(())
}

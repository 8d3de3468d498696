//! talkspace-blocking.

use std::hint::black_box;

use bench::blocking;
use bench::{Origin, Outcome, work};
use bytes::Bytes;
use talkspace_blocking::{
    Client, CreateTalkspace, Download, HttpTransport, MediaFile, UploadMedia,
};

struct Talkspace {
    client: Client,
    origin: Origin,
}

fn main() -> Outcome<()> {
    blocking::run(|origin| {
        let mut transport = HttpTransport::builder();
        if let Some(root) = &origin.root {
            transport = transport.only_root_certificates_pem(root);
        }
        let client = Client::builder(origin.url(""), work::APP_KEY);
        let client = client.build_blocking(transport.build()?)?;
        let origin = origin.clone();
        Ok(move || {
            Ok(Talkspace {
                client: client.clone(),
                origin: origin.clone(),
            })
        })
    })
}

impl blocking::Client for Talkspace {
    fn create(&mut self) -> Outcome<()> {
        let request = CreateTalkspace::new(work::NETWORK_ID).greeting_id(work::GREETING_ID);
        let made = self.client.send(request)?;
        work::check(made.status.code(), made.conference_id.as_str())?;
        black_box(made);
        Ok(())
    }

    fn download(&mut self, path: &str) -> Outcome<u64> {
        let mut count = work::Count::default();
        let download = Download::new(self.origin.url(path));
        Ok(self.client.download(download, &mut count)?)
    }

    fn upload(&mut self, file: Bytes) -> Outcome<()> {
        let request = UploadMedia::new(work::GRANT_ID, MediaFile::unchecked(file));
        black_box(self.client.send(request)?);
        Ok(())
    }
}

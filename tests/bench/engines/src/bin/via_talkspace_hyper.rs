//! talkspace-hyper.

use std::hint::black_box;
use std::io::Write as _;

use bench::asynchronous;
use bench::{Origin, Outcome, work};
use bytes::Bytes;
use talkspace_hyper::{Client, CreateTalkspace, Download, HyperTransport, MediaFile, UploadMedia};

struct Talkspace {
    client: Client,
    origin: Origin,
}

fn main() -> Outcome<()> {
    asynchronous::run(|origin| {
        let mut transport = HyperTransport::builder();
        if let Some(root) = &origin.root {
            transport = transport.only_root_certificates_pem(root);
        }
        let client = Client::builder(origin.url(""), work::APP_KEY);
        let client = client.build(transport.build()?)?;
        let origin = origin.clone();
        Ok(async move || {
            Ok(Talkspace {
                client: client.clone(),
                origin: origin.clone(),
            })
        })
    })
}

impl asynchronous::Client for Talkspace {
    async fn create(&mut self) -> Outcome<()> {
        let request = CreateTalkspace::new(work::NETWORK_ID).greeting_id(work::GREETING_ID);
        let made = self.client.send(request).await?;
        work::check(made.status.code(), made.conference_id.as_str())?;
        black_box(made);
        Ok(())
    }

    async fn download(&mut self, path: &str) -> Outcome<u64> {
        let mut count = work::Count::default();
        let download = Download::new(self.origin.url(path));
        let mut media = self.client.open(download).await?;
        while let Some(chunk) = media.chunk().await? {
            count.write_all(&chunk)?;
        }
        Ok(media.delivered())
    }

    async fn upload(&mut self, file: Bytes) -> Outcome<()> {
        let request = UploadMedia::new(work::GRANT_ID, MediaFile::unchecked(file));
        black_box(self.client.send(request).await?);
        Ok(())
    }
}

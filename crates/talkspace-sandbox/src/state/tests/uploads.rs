//! Grants, and what is uploaded with them.

use bytes::Bytes;
use talkspace_core::{
    CreateMedia, DownloadMedia, GetMediaStatus, GrantId, ListMedia, MediaFile, MediaId,
    RemoveMedia, RequestUploadGrant, UploadMedia,
};

use super::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn granted(client: &BlockingClient) -> (MediaId, GrantId) {
    let media = client.send(CreateMedia::new()).unwrap().media_id;
    let granted = client.send(RequestUploadGrant::new(&media)).unwrap();
    (media, granted.grant_id)
}

fn upload(client: &BlockingClient, grant: &GrantId, content: &'static [u8]) -> Result<String, u16> {
    let request = UploadMedia::new(grant, MediaFile::unchecked(content));
    match client.send(request) {
        Ok(stored) => Ok(stored.download_url.into()),
        Err(error) => Err(error.status().unwrap().code()),
    }
}

#[test]
fn what_is_uploaded_can_be_downloaded() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let (media, grant) = granted(&client);
    assert_eq!(grant.as_str().len(), 18);
    assert!(grant.as_str().starts_with("0x"));
    let url = upload(&client, &grant, b"ID3 hello").unwrap();
    assert!(url.starts_with("http://127.0.0.1/audio/"), "{url}");
    let there = client.send(GetMediaStatus::new(&media)).unwrap();
    assert_eq!(there.download_url, Some(url.as_str().into()));
    assert_eq!(there.file_size, 9);
    let file = client.send(DownloadMedia::new(url.as_str())).unwrap();
    assert_eq!(file.content, "ID3 hello");
    let listed = client.send(ListMedia::new()).unwrap();
    assert!(listed.uploaded.contains(&media));

    client.send(RemoveMedia::new(&media)).unwrap();
    assert_eq!(status(client.send(DownloadMedia::new(url))), 404);
}

#[test]
fn newer_content_takes_the_place_of_older() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let (media, first) = granted(&client);
    let second = client.send(RequestUploadGrant::new(&media)).unwrap();
    let old = upload(&client, &first, b"ID3 one").unwrap();
    let new = upload(&client, &second.grant_id, b"ID3 two").unwrap();
    assert_eq!(status(client.send(DownloadMedia::new(old))), 404);
    let file = client.send(DownloadMedia::new(new)).unwrap();
    assert_eq!(file.content, "ID3 two");
}

#[test]
fn a_grant_is_good_for_one_upload() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let (_, grant) = granted(&client);
    assert_eq!(upload(&client, &grant, b""), Err(400));
    assert_eq!(upload(&client, &grant, b"RIFF....WAVE"), Err(415));
    assert!(
        upload(&client, &grant, b"ID3").is_ok(),
        "not used up so far"
    );
    assert_eq!(upload(&client, &grant, b"ID3"), Err(404));
    assert_eq!(upload(&client, &"0x0".into(), b"ID3"), Err(404));
}

#[test]
fn a_grant_is_good_for_a_day() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let (_, grant) = granted(&client);
    sandbox.advance(DAY);
    assert!(upload(&client, &grant, b"ID3").is_ok());
    let (_, grant) = granted(&client);
    sandbox.advance(DAY + Duration::from_nanos(1));
    assert_eq!(upload(&client, &grant, b"ID3"), Err(404));
}

#[test]
fn a_grant_for_removed_media_is_void() {
    let sandbox = sandbox();
    let client = client(&sandbox, KEY);
    let (media, grant) = granted(&client);
    client.send(RemoveMedia::new(media)).unwrap();
    assert_eq!(upload(&client, &grant, b"ID3"), Err(404));
}

#[test]
fn too_much_is_an_error() {
    let sandbox = sandbox();
    let client = client(&sandbox, OTHER_KEY);
    let (media, grant) = granted(&client);
    let mut large = vec![0; usize::try_from(MediaFile::MAX_LEN).unwrap() + 1];
    large[..3].copy_from_slice(b"ID3");
    let file = MediaFile::unchecked(Bytes::from(large));
    assert_eq!(status(client.send(UploadMedia::new(&grant, file))), 413);

    // One is there from the beginning.
    for _ in 0..99 {
        let (_, grant) = granted(&client);
        upload(&client, &grant, b"ID3").unwrap();
    }
    assert_eq!(upload(&client, &grant, b"ID3"), Err(413));
    client.send(RemoveMedia::new(GREETING)).unwrap();
    assert!(upload(&client, &grant, b"ID3").is_ok());
    // A hundred are there; another in the place of one of them is none more.
    let grant = client.send(RequestUploadGrant::new(media)).unwrap();
    assert!(upload(&client, &grant.grant_id, b"ID3").is_ok());
}

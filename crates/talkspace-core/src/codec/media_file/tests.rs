//! What the service would reject is an error before a byte is sent.

use std::sync::{Arc, Mutex};

use super::{InvalidMediaFile, MediaFile};
use crate::BodySource;

/// A source that says a length and holds silence.
struct Long(u64);

impl BodySource for Long {
    fn len(&self) -> u64 {
        self.0
    }

    fn read_at(&self, _offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        buffer.fill(0);
        let frame = [0xFF, 0xFB, 0x90, 0x64];
        let length = buffer.len().min(4);
        buffer[..length].copy_from_slice(&frame[..length]);
        Ok(buffer.len())
    }
}

#[test]
fn an_mp3_is_told_by_its_beginning() {
    for (bytes, is_mp3) in [
        (&b"ID3\x04"[..], true),
        (b"\xFF\xFB\x90\x64", true),
        (b"\xFF\xF3\x40\xC0", true),
        (b"\xFF\xFD\x90\x64", false),
        (b"\xFF\xFB\xF0\x64", false),
        (b"\xFF\xFB\x9C\x64", false),
        (b"\xFF\xEB\x90\x64", false),
        (b"RIFF", false),
        (b"\xFF\xFB", false),
        (b"I", false),
    ] {
        assert_eq!(MediaFile::mp3(bytes).is_ok(), is_mp3, "{bytes:?}");
        assert_eq!(MediaFile::unchecked(bytes).len(), bytes.len() as u64);
    }
}

#[test]
fn size_matters() {
    let length = |file: Result<MediaFile, _>| file.map(|file| file.len());
    assert!(matches!(
        length(MediaFile::mp3(&b""[..])),
        Err(InvalidMediaFile::Empty)
    ));
    assert_eq!(
        length(MediaFile::mp3(Long(26_214_400))).unwrap(),
        26_214_400
    );
    let error = length(MediaFile::mp3(Long(26_214_401))).unwrap_err();
    assert!(error.to_string().contains("26214401"), "{error}");
}

#[test]
fn progress_is_told_to_the_end() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let file = MediaFile::unchecked(Long(150_000))
        .on_progress(move |sent, all| listener.lock().unwrap().push((sent, all)));
    file.to_body().read_to_bytes().unwrap();
    let told = told.lock().unwrap();
    assert_eq!(
        *told,
        [(65_536, 150_000), (131_072, 150_000), (150_000, 150_000)]
    );
}

#[test]
fn memory_and_files_become_files_to_upload() {
    let bytes = || b"ID3 and sound".to_vec();
    let path = std::env::temp_dir().join(format!("talkspace-media-{}.mp3", std::process::id()));
    std::fs::write(&path, bytes()).unwrap();
    let open = || std::fs::File::open(&path).unwrap();
    let files = [
        MediaFile::mp3(bytes()),
        MediaFile::mp3(Arc::<[u8]>::from(bytes())),
        MediaFile::mp3(bytes::Bytes::from(bytes())),
        MediaFile::mp3(open()),
        MediaFile::mp3(crate::FileSource::new(open()).unwrap()),
    ];
    for file in files {
        let file = file.unwrap();
        assert_eq!(file.len(), 13);
        for _ in 0..2 {
            let read = file.to_body().read_to_bytes().unwrap();
            assert_eq!(read, "ID3 and sound");
        }
    }
    std::fs::remove_file(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_has_no_length() {
    let folder = std::fs::File::open(std::env::temp_dir()).unwrap();
    let error = MediaFile::mp3(folder).unwrap_err();
    assert!(
        matches!(error, InvalidMediaFile::Unreadable(_)),
        "{error:?}"
    );
}

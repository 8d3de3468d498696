//! The form is exact, and nothing in it can pretend to be a part.

use super::Multipart;
use crate::MediaFile;

fn form(file_name: &str, content: &'static [u8]) -> String {
    let mut form = Multipart::new("edge");
    form.field("grant", "0x3e1f");
    let file = MediaFile::unchecked(content).file_name(file_name);
    form.file("mediafile", "audio/mpeg", &file);
    let (content_type, body) = form.finish();
    assert_eq!(content_type.unwrap(), "multipart/form-data; boundary=edge");
    let bytes = body.read_to_bytes().unwrap();
    assert_eq!(bytes.len() as u64, body.len());
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_grant_comes_first() {
    assert_eq!(
        form("a.mp3", b"ID3"),
        "--edge\r\nContent-Disposition: form-data; name=\"grant\"\r\n\r\n0x3e1f\r\n\
         --edge\r\nContent-Disposition: form-data; name=\"mediafile\"; filename=\"a.mp3\"\r\n\
         Content-Type: audio/mpeg\r\n\r\nID3\r\n--edge--\r\n"
    );
}

#[test]
fn a_file_name_cannot_leave_its_quotes() {
    let form = form("x\"; name=\"grant\r\n\r\nforged\u{0}", b"ID3");
    assert!(form.contains("filename=\"x%22; name=%22grant%0D%0A%0D%0Aforged_\"\r\n"));
    assert_eq!(form.matches("name=\"grant").count(), 1);
}

#[test]
fn a_file_name_cannot_take_its_closing_quote_along() {
    let form = form("a\\b\\", b"ID3");
    assert!(form.contains("filename=\"a%5Cb%5C\"\r\n"));
}

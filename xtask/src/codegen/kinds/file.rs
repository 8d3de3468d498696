//! A file, which is streamed.

use super::*;

pub(super) const TYPE: &str = "MediaFile";

pub(super) fn input(slot: &Slot) -> Input {
    let (verb, key, name) = (slot.place.verb(), Literal(&slot.key), &slot.name);
    let part = Literal(&slot.part);
    Input {
        rust: Rust::plain(TYPE),
        absent: "None",
        info: "File".to_owned(),
        write: format!("request.file_{verb}({key}, {part}, &self.{name});\n"),
        read: format!("parameters.file({key})?"),
        option: "long, value_name = \"TEXT\"".to_owned(),
        example: "MediaFile::mp3(&b\"ID3\"[..])?".to_owned(),
        example_error: Some("InvalidMediaFile"),
        assertion: shows(slot, |field| format!("assert_eq!({field}.len(), 3);")),
        remark: None,
        is_secret: false,
        is_file: true,
        id: None,
        words: None,
    }
}

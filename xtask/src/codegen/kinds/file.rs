//! A file, which is streamed.

use super::*;

pub(super) const TYPE: &str = "MediaFile";

pub(super) fn input(slot: &Slot) -> Input {
    let (verb, key, name) = (slot.place.verb(), Literal(&slot.key), &slot.name);
    let part = Literal(&slot.part);
    Input {
        rust: Rust::plain(TYPE),
        info: "File".to_owned(),
        write: format!("request.file_{verb}({key}, {part}, &self.{name});\n"),
        read: format!("parameters.file({key})?"),
        example: "MediaFile::mp3(&b\"ID3\"[..])?".to_owned(),
        example_error: Some("InvalidMediaFile"),
        assertion: shows(slot, |field| format!("assert_eq!({field}.len(), 3);")),
        is_file: true,
        ..text::input(slot)
    }
}

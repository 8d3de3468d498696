//! What a maintainer still has to write is said, with its place.

use std::fs;

use super::{COMMANDS, EXAMPLES, SANDBOX, STATE, TRUTH, to_do};
use crate::codegen::tests::{Folder, ROOMS, real_spec, rooms_with, workspace};
use crate::codegen::{api_and_files, model::Api};

fn api_of(spec: &str) -> Api {
    api_and_files(spec).unwrap().0
}

fn write(folder: &Folder, path: &str, text: &str) {
    let path = folder.0.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A request with all that a form has.
const FORM: &str = "phone seats greetingid type age locked quiet lamp tone guestid";

/// What is true of the operations that give nothing.
const WALLS: &str = "\n\nrazeWalls converges {roomid} side\n\npaintWalls converges {roomid}";

/// A sandbox that reads all of that, and sets all fields of a response but these.
fn sets(except: &[&str]) -> String {
    let names = "greeting_id owner seats seats_left age open haunted doors windows guests moods \
                 motto gates roof";
    let names = names.split(' ').filter(|name| !except.contains(name));
    let sets = names.map(|name| format!("response.{name} = it;\n"));
    let reads = "phone seats greeting_id r#type age locked quiet lamps tone guests room_id side";
    let reads = reads.split(' ');
    let reads = reads.map(|name| format!("request\n    .{name}\n"));
    sets.chain(reads).collect()
}

#[test]
fn all_is_done_here() {
    assert_eq!(to_do(&workspace(), &api_of(&real_spec())), [""; 0]);
}

#[test]
fn what_is_missing_and_what_is_stale_is_said() {
    let folder = Folder::new("left");
    let write = |path: &str, text: &str| write(&folder, path, text);
    let done = [
        "makeRoom",
        "openRoom",
        "shutRoom",
        "razeWalls",
        "paintWalls",
    ];
    for id in done.into_iter().chain(["sealRoom"]) {
        write(&format!("{EXAMPLES}/{id}/request.http"), FORM);
        write(&format!("{EXAMPLES}/{id}/response.http"), "");
    }
    write(&format!("{EXAMPLES}/getMotto/request.http"), "");
    write(&format!("{STATE}/rooms.rs"), &sets(&[]));
    write(
        SANDBOX,
        "    fn make_room(\n    fn open_room(\n    fn get_motto(\n    fn raze_walls(\n    fn paint_walls(\n",
    );
    write(
        TRUTH,
        &format!(
            "By hand.\n\nFor each.\n\nmakeRoom rings {FORM}\n\nopenRoom once {{roomid}}\n\nsealRoom once\n\nshutRoom converges {{roomid}}{WALLS}\n"
        ),
    );
    assert_eq!(
        to_do(&folder.0, &api_of(ROOMS)),
        [
            format!("{EXAMPLES}/getMotto/response.http: write it"),
            format!("{TRUTH}: write what is true of `getMotto`"),
            format!(
                "{SANDBOX}: write `fn shut_room` of `Service`; until then it responds with 501"
            ),
            format!("{EXAMPLES}/sealRoom/: no operation is called so; rename or remove it"),
            format!("{TRUTH}: no operation is called `sealRoom`"),
        ]
    );
}

#[test]
fn a_field_that_nothing_gives_is_said_and_an_example_without_it() {
    let folder = Folder::new("left-fields");
    let write = |path: &str, text: &str| write(&folder, path, text);
    let done = [
        "makeRoom",
        "openRoom",
        "shutRoom",
        "razeWalls",
        "paintWalls",
    ];
    for id in done.into_iter().chain(["getMotto"]) {
        write(&format!("{EXAMPLES}/{id}/request.http"), FORM);
        write(&format!("{EXAMPLES}/{id}/response.http"), "");
    }
    let room = r#"{"RoomResponse":{"message":"","status":201,"roomId":"r1","open":true,"doors":[],
        "mood":"dull","door":{}}}"#;
    write(&format!("{EXAMPLES}/makeRoom/error-400.http"), room);
    let optional = r#","greetingId":"g1","owner":"o","seats":1,"age":1,"haunted":true,"windows":[],"moods":[],"gates":[],"roof":{}}}"#;
    let room = room.replace("}}", optional);
    write(&format!("{EXAMPLES}/makeRoom/response.http"), &room);
    write(&format!("{EXAMPLES}/makeRoom/error-409.http"), "");
    write(
        SANDBOX,
        "    fn make_room(\n    fn open_room(\n    fn shut_room(\n    fn get_motto(\n    fn raze_walls(\n    fn paint_walls(\n",
    );
    write(
        TRUTH,
        &format!(
            "By hand.\n\nFor each.\n\nmakeRoom rings {FORM}\n\nopenRoom once {{roomid}}\n\ngetMotto reads {{roomid}}\n\nshutRoom converges {{roomid}}{WALLS}\n"
        ),
    );
    write(&format!("{STATE}/rooms.rs"), &sets(&["seats"]));
    assert_eq!(
        to_do(&folder.0, &api_of(ROOMS)),
        [
            format!("{EXAMPLES}/makeRoom/error-400.http: write its `seats`, `motto`"),
            format!("{EXAMPLES}/makeRoom/error-409.http: there is no status 409; remove it"),
            format!("{EXAMPLES}/makeRoom/response.http: write its `guests`, `motto`"),
            format!(
                "{STATE}/: set `seats` of a `RoomResponse`; until then it is empty or left out"
            ),
        ]
    );
}

#[test]
fn a_parameter_that_nobody_reads_or_lists_is_said() {
    let folder = Folder::new("left-parameters");
    let write = |path: &str, text: &str| write(&folder, path, text);
    for id in ["makeRoom", "openRoom", "shutRoom", "getMotto"] {
        write(&format!("{EXAMPLES}/{id}/request.http"), "");
        write(&format!("{EXAMPLES}/{id}/response.http"), "");
    }
    let request = format!("{EXAMPLES}/makeRoom/request.http");
    write(&request, &FORM.replace("locked", "unlocked"));
    write(SANDBOX, "    fn make_room(\n    fn get_motto(\n");
    let state = sets(&[]).replace(".age", ".ages");
    write(&format!("{STATE}/rooms.rs"), &state);
    let truth = FORM.replace("seats", "seatsleft");
    write(
        TRUTH,
        &format!("By hand.\n\nFor each.\n\nmakeRoom rings {truth}\n\ngetMotto reads {{roomid}}\n"),
    );
    let left = to_do(&folder.0, &api_of(ROOMS));
    let of_make_room = left
        .iter()
        .filter(|line| line.contains("makeRoom") || line.contains("make_room"));
    assert_eq!(
        of_make_room.collect::<Vec<_>>(),
        [
            &format!("{request}: write its `locked`"),
            &format!("{STATE}/: read `age` of `make_room`; until then it is ignored"),
            &format!("{TRUTH}: `makeRoom` has a `seats`"),
        ]
    );
}

#[test]
fn a_command_for_a_file_is_written_by_hand() {
    let motto = "    Motto:\n      type: string\n";
    let bytes = format!("{motto}      contentMediaType: audio/mpeg\n");
    let spec = rooms_with(motto, &bytes).replace("text/plain", "audio/mpeg");
    let folder = Folder::new("left-commands");
    let is_said = || {
        let left = to_do(&folder.0, &api_of(&spec));
        left.contains(&format!(
            "{COMMANDS}: write the command of `getMotto`, which carries a file"
        ))
    };
    assert!(is_said());
    write(
        &folder,
        COMMANDS,
        "enum Command {\n    GetMotto(Motto),\n}\n",
    );
    assert!(!is_said());
}

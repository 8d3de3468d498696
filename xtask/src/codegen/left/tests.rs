//! What a maintainer still has to write is said, with its place.

use std::fs;

use super::{EXAMPLES, SANDBOX, TRUTH, to_do};
use crate::codegen::tests::{Folder, ROOMS, real_spec, workspace};
use crate::codegen::{api_and_files, model::Api};

fn api_of(spec: &str) -> Api {
    api_and_files(spec).unwrap().0
}

#[test]
fn all_is_done_here() {
    assert_eq!(to_do(&workspace(), &api_of(&real_spec())), [""; 0]);
}

#[test]
fn what_is_missing_and_what_is_stale_is_said() {
    let folder = Folder::new("left");
    let write = |path: &str, text: &str| {
        let path = folder.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for id in ["makeRoom", "openRoom", "shutRoom", "sealRoom"] {
        write(&format!("{EXAMPLES}/{id}/request.http"), "");
        write(&format!("{EXAMPLES}/{id}/response.http"), "");
    }
    write(&format!("{EXAMPLES}/getMotto/request.http"), "");
    write(
        SANDBOX,
        "    fn make_room(\n    fn open_room(\n    fn get_motto(\n",
    );
    write(
        TRUTH,
        "By hand.\n\nFor each.\n\nmakeRoom rings\n\nopenRoom once\n\nsealRoom once\n\nshutRoom converges\n",
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

//! Finding a compiler in what the package manager lists.

use super::find;

const LISTED: &str = "
 rustc-web | 1.96.0+dfsg1-1~deb12u2 | http://deb.debian.org/debian-security bookworm-security/main amd64 Packages
 rustc-web | 1.85.0+dfsg3-1~deb12u3 | http://deb.debian.org/debian bookworm/main amd64 Packages
";

#[test]
fn a_version_is_found_by_its_beginning() {
    assert_eq!(find(LISTED, "1.85"), Some("1.85.0+dfsg3-1~deb12u3"));
    assert_eq!(find(LISTED, "1.96"), Some("1.96.0+dfsg1-1~deb12u2"));
    assert_eq!(find(LISTED, "1.8"), None, "1.8 is not 1.85");
    assert_eq!(find("", "1.85"), None);
}

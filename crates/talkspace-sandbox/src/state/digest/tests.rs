//! Digests are the same for the next build, and for no other sandbox.

use talkspace_core::{AppKey, GrantId};

use super::{Digest, Salt};

const SALT: Salt = Salt([7; 16]);

#[test]
fn a_digest_is_that_of_the_text() {
    // HMAC-SHA-256 with 16 bytes of 7 of `app-one` and 0xFF, which ends a text
    // for a hasher. Other bytes from a later compiler would orphan old files.
    let expected = hmac_sha256::HMAC::mac(b"app-one\xFF", [7; 16]);
    let digest = SALT.digest(&AppKey::new("app-one"));
    assert_eq!(digest, Digest(expected));
    assert_eq!(digest, SALT.digest(&GrantId::new("app-one")));
    assert_eq!(
        digest.to_string(),
        "01a75ccf673a75ff2b0b44a8613203ddcaa69aab4d5feae7464a11fae0d7f177"
    );
}

#[test]
fn digests_of_two_sandboxes_differ() {
    let key = AppKey::new("app-one");
    assert_ne!(SALT.digest(&key), Salt([8; 16]).digest(&key));
    let mut rng = fastrand::Rng::new();
    assert_ne!(Salt::fresh(&mut rng), Salt::fresh(&mut rng));
}

#[test]
fn a_digest_is_written_and_read_and_nothing_else_is() {
    let digest = SALT.digest(&AppKey::new("app-one"));
    let text = serde_json::to_string(&digest).unwrap();
    assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
    for odd in ["\"\"", "\"00\"", &format!("\"{}\"", "0g".repeat(32))] {
        assert!(serde_json::from_str::<Digest>(odd).is_err(), "{odd}");
    }
}

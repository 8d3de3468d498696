//! Has progenitor generate its client.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use progenitor_impl::Generator;

fn main() -> Result<(), Box<dyn Error>> {
    let cut = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("progenitor.json");
    let spec = serde_json::from_str(&fs::read_to_string(cut)?)?;
    let tokens = Generator::default().generate_tokens(&spec)?;
    let source = prettyplease::unparse(&syn::parse2(tokens)?);
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("progenitor.rs"),
        source,
    )?;
    Ok(())
}

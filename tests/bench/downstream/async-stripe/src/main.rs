//! Creates one customer, since it cannot create a TalkSpace: the key and an
//! e-mail address are the arguments.

use std::env;
use std::error::Error;
use std::io::{self, Write as _};

use stripe::{Client, CreateCustomer, Customer};

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let [key, email] = arguments()?;
        let mut customer = CreateCustomer::new();
        customer.email = Some(&email);
        let made = Customer::create(&Client::new(key), customer).await?;
        writeln!(io::stdout(), "{}", made.id)?;
        Ok(())
    })
}

fn arguments() -> Result<[String; 2], &'static str> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    arguments.try_into().map_err(|_| "KEY EMAIL")
}

//! The way to the service: whom to trust, what to show, and how sockets are made.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use talkspace_net::{Engine, Proxy, TransportBuilder};

use crate::hidden::Hidden;
use crate::print::warning;
use crate::seconds::{Seconds, more_than_none};
use crate::secret;

/// How much of a file of certificates is read, in bytes. Those of a whole system
/// take a few hundred kilobytes, and a device has no end.
const ENOUGH: u64 = 16 * 1024 * 1024;

/// The variable that holds the URL of a proxy.
const PROXY_VARIABLE: &str = "TALKSPACE_PROXY";

#[derive(Debug, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct Network {
    /// A file with the root certificates that the service's is checked against, in
    /// PEM, in place of the system's own
    #[arg(long, visible_alias = "cacert", value_name = "FILE")]
    #[arg(env = "TALKSPACE_ROOT_CERTIFICATES", hide_env_values = true)]
    root_certificates: Option<PathBuf>,

    /// A file with root certificates that are trusted too, in PEM, beside the system's own
    #[arg(long, value_name = "FILE")]
    #[arg(env = "TALKSPACE_ADD_ROOT_CERTIFICATES", hide_env_values = true)]
    add_root_certificates: Option<PathBuf>,

    /// A file with the certificate that is shown to a service that asks for one, in
    /// PEM, and with its private key unless that is in a file of its own
    #[arg(long, visible_alias = "cert", value_name = "FILE")]
    #[arg(env = "TALKSPACE_CLIENT_CERTIFICATE", hide_env_values = true)]
    client_certificate: Option<PathBuf>,

    /// A file with the private key of the client certificate, in PEM, without a passphrase
    #[arg(long, value_name = "FILE")]
    #[arg(env = "TALKSPACE_CLIENT_KEY", hide_env_values = true)]
    #[arg(requires = "client_certificate")]
    client_key: Option<PathBuf>,

    /// Go through the proxy at this URL, such as http://proxy:3128, socks5h://proxy:1080
    /// or socks5://proxy:1080. One with a user and a password belongs into --proxy-file
    /// or TALKSPACE_PROXY: others can read the arguments of a process. A service on this
    /// machine is reached without, unless the proxy is on this machine too
    #[arg(long, value_name = "URL", value_parser = Hidden(Proxy::new))]
    #[arg(conflicts_with_all = ["proxy_file", "proxy_from_env"])]
    proxy: Option<Proxy>,

    /// A file that holds the URL of the proxy, `-` for standard input. Without it and
    /// without --proxy, TALKSPACE_PROXY is read
    #[arg(long, value_name = "FILE", conflicts_with = "proxy_from_env")]
    proxy_file: Option<PathBuf>,

    /// Go through the proxies that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name,
    /// which are not read otherwise
    #[arg(long)]
    proxy_from_env: bool,

    /// Connect to this address for that host, such as talkspace.example:192.0.2.7.
    /// May be given several times
    #[arg(long, value_name = "HOST:ADDRESS")]
    resolve: Vec<Resolved>,

    /// Connect from this address of this machine; once for each family
    #[arg(long, visible_alias = "interface", value_name = "ADDRESS")]
    local_address: Vec<IpAddr>,

    /// Probe a connection that was silent for this long (TCP keep-alive). Off if not given
    #[arg(long, value_name = "SECONDS", value_parser = more_than_none)]
    tcp_keepalive: Option<Seconds>,
}

impl Network {
    /// A transport with these settings.
    pub(crate) fn transport<T: Engine>(&self) -> Result<T, String> {
        let mut builder = TransportBuilder::default();
        if let Some(file) = &self.root_certificates {
            let pem = read(file)?;
            builder = usable(builder.only_root_certificates_pem(pem), &shown(file))?;
        }
        if let Some(file) = &self.add_root_certificates {
            let pem = read(file)?;
            builder = usable(builder.add_root_certificates_pem(pem), &shown(file))?;
        }
        if let Some(file) = &self.client_certificate {
            let (mut pem, mut files) = (read(file)?, shown(file));
            if let Some(key) = &self.client_key {
                // Whether or not the last line of the first file ends.
                pem.push(b'\n');
                pem.extend(read(key)?);
                files = format!("{files} and {}", shown(key));
            }
            builder = usable(builder.client_certificate_pem(pem), &files)?;
        }
        if self.proxy_from_env {
            builder = usable(builder.proxy_from_env(), "the environment")?;
        } else if let Some(proxy) = self.proxy()? {
            builder = builder.proxy(proxy);
        }
        if !self.resolve.is_empty() {
            builder = builder.resolver(resolver(&self.resolve));
        }
        for address in &self.local_address {
            builder = builder.local_address(*address);
        }
        if let Some(Seconds(idle)) = self.tcp_keepalive {
            builder = builder.tcp_keepalive(idle);
        }
        builder.build().map_err(|error| error.to_string())
    }

    fn proxy(&self) -> Result<Option<Proxy>, String> {
        if let Some(proxy) = &self.proxy {
            if proxy.authorization().is_some() {
                warning(
                    "others can read the password of the proxy in the list of processes; use \
                     --proxy-file or TALKSPACE_PROXY",
                );
            }
            return Ok(Some(proxy.clone()));
        }
        let (url, place) = match &self.proxy_file {
            Some(file) => (Some(secret::from_file("proxy", file)?), shown(file)),
            None => {
                let url = secret::from_variable("proxy", PROXY_VARIABLE)?;
                (url, PROXY_VARIABLE.to_owned())
            }
        };
        let proxy = url.map(|url| Proxy::new(&url)).transpose();
        proxy.map_err(|error| format!("cannot use {place}: {error}"))
    }
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let mut pem = Vec::new();
    File::open(file)
        .and_then(|file| file.take(ENOUGH).read_to_end(&mut pem))
        .map_err(|error| format!("cannot read {}: {error}", shown(file)))?;
    if let Some(why) = secret::utf_16(&pem) {
        return Err(format!("cannot read {}: {why}", shown(file)));
    }
    // It would hide the first line.
    let bare = pem.strip_prefix(b"\xEF\xBB\xBF").map(<[u8]>::to_vec);
    Ok(bare.unwrap_or(pem))
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}

/// Whether what was set last, from `files`, can be used.
fn usable<T: Engine>(
    builder: TransportBuilder<T>,
    files: &str,
) -> Result<TransportBuilder<T>, String> {
    match builder.clone().build() {
        Ok(_) => Ok(builder),
        Err(error) => {
            let mut why = error.to_string();
            if let Some(source) = error.source() {
                why = format!("{why}: {source}");
            }
            Err(format!("cannot use {files}: {why}"))
        }
    }
}

/// A host, and where it is.
#[derive(Clone, Debug)]
struct Resolved {
    host: String,
    address: IpAddr,
}

impl FromStr for Resolved {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, address) = text.split_once(':').unwrap_or_default();
        let bare = address.trim_start_matches('[').trim_end_matches(']');
        match bare.parse() {
            Ok(address) if !host.is_empty() => Ok(Self {
                host: host.to_ascii_lowercase(),
                address,
            }),
            _ => Err("it is not HOST:ADDRESS, such as talkspace.example:192.0.2.7".to_owned()),
        }
    }
}

/// Finds the hosts that were given, and lets the system find all others.
fn resolver(
    given: &[Resolved],
) -> impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static {
    let mut hosts: HashMap<String, Vec<SocketAddr>> = HashMap::new();
    for Resolved { host, address } in given {
        let address = SocketAddr::new(*address, 0);
        hosts.entry(host.clone()).or_default().push(address);
    }
    move |host| match hosts.get(host) {
        Some(addresses) => Ok(addresses.clone()),
        None => Ok((host, 0).to_socket_addrs()?.collect()),
    }
}

//! What is set on a socket before it connects.

use super::*;

const V4: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9);
const V6: SocketAddr = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 9);

fn from(local: &[IpAddr]) -> Sockets {
    let mut sockets = Sockets::default();
    local.iter().for_each(|local| sockets.set_local(*local));
    sockets
}

#[test]
fn a_local_address_leaves_out_the_other_family() {
    let (v4, v6) = (V4.ip(), V6.ip());
    for (local, usable) in [
        (&[][..], &[V6, V4][..]),
        (&[v4], &[V4]),
        (&[v6], &[V6]),
        (&[v4, v6], &[V6, V4]),
    ] {
        assert_eq!(from(local).reachable(vec![V6, V4]).unwrap(), usable);
    }
    assert_eq!(from(&[v4]).reachable(Vec::new()).unwrap(), []);
    for (local, host, why) in [
        (
            v4,
            V6,
            "is one of IPv4, and the host has only addresses of IPv6",
        ),
        (
            v6,
            V4,
            "is one of IPv6, and the host has only addresses of IPv4",
        ),
    ] {
        let error = from(&[local]).reachable(vec![host]).unwrap_err();
        assert_eq!(error.kind(), FailureKind::Connect);
        let told = std::error::Error::source(&error).unwrap().to_string();
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn a_socket_is_bound_to_the_local_address_of_its_family() {
    let socket = from(&[V4.ip()]).open(&V4).unwrap();
    let bound = socket.local_addr().unwrap().as_socket().unwrap();
    assert_eq!(bound.ip(), V4.ip());
    let socket = from(&[V6.ip()]).open(&V4).unwrap();
    let bound = socket.local_addr().unwrap().as_socket().unwrap();
    assert!(bound.ip().is_unspecified(), "{bound}");
    // TEST-NET-1 (RFC 5737): no machine has it.
    let foreign = IpAddr::from([192, 0, 2, 1]);
    let error = from(&[foreign]).open(&V4).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
    let told = error.to_string();
    assert!(told.starts_with("cannot send from 192.0.2.1: "), "{told}");
}

#[test]
fn keep_alive_is_off_unless_it_is_set() {
    assert!(!Sockets::default().open(&V4).unwrap().keepalive().unwrap());
    for (set, seconds) in [(0, 1), (1500, 1), (30_000, 30), (u64::MAX, 32_767)] {
        let mut sockets = Sockets::default();
        sockets.set_keep_alive(Duration::from_millis(set));
        let socket = sockets.open(&V4).unwrap();
        assert!(socket.keepalive().unwrap());
        let seconds = Duration::from_secs(seconds);
        assert_eq!(socket.tcp_keepalive_time().unwrap(), seconds, "{set} ms");
        #[cfg(target_os = "linux")]
        assert_eq!(
            socket.tcp_keepalive_interval().unwrap(),
            seconds,
            "{set} ms"
        );
    }
}

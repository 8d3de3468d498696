//! How a list of faults becomes a type.

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident,)+) => {
        /// One thing that [`Plain`](super::Plain) can be told to do wrong.
        ///
        /// ```
        /// use http1_conformance::reference::Fault;
        ///
        /// assert!(Fault::ALL.contains(&Fault::HostWithoutPort));
        /// assert!(Fault::HostWithoutPort.killed_by().contains(&"request/host/with-port"));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Fault {
            $($(#[$doc])* $fault,)+
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$fault),+];
        }
    };
}

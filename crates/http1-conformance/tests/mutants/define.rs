//! How a list of faults becomes a type.

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident,)+) => {
        /// One thing that [`Plain`](super::Plain) can be told to do wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub(crate) enum Fault {
            $($(#[$doc])* $fault,)+
        }

        impl Fault {
            /// Every fault.
            pub(crate) const ALL: &[Self] = &[$(Self::$fault),+];
        }
    };
}

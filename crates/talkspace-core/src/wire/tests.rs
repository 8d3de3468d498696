//! Values are read however the service spelt them.

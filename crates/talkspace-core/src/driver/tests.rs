//! Both drivers make the same call of the same outcomes.

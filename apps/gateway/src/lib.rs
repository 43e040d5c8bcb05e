//! The guest gateway: phones and kiosks speak to it, and it alone holds the ProBonus token.

pub mod projection;

//! The adapter to ProBonus.

//! What an integrator does.

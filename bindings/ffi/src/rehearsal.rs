//! What tests and benches of the bindings need and no app gets: the feature `rehearsal` is off in everything that ships.

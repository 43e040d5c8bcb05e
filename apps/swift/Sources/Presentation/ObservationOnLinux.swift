#if os(Linux) && compiler(<6.1)
    /// Observation of Swift 6.0 on Linux refers to a function that its runtime keeps to itself; without this, nothing that
    /// observes links. Only a broken lock would call it.
    @_cdecl("_ZN5swift9threading5fatalEPKcz")
    public func observationThreadingFatal() -> Never { fatalError("a lock of Observation failed") }
#endif

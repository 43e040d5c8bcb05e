/// How much a line of the log matters.
public enum LogLevel: String, Sendable, CaseIterable {
    /// Something failed for good.
    case error
    /// Something is not as it should be.
    case warn
    /// Something worth knowing happened.
    case info
    /// What a developer follows.
    case debug
}

/// Takes the library's log. Lines hold nothing personal and no secret.
public protocol LogSink: AnyObject, Sendable {
    /// Takes a line. Called from one thread of the library's own, in order; lines that come faster than they are taken
    /// are dropped.
    ///
    /// - Parameter origin: which part of the library speaks.
    func log(_ level: LogLevel, origin: String, message: String)
}

import Foundation
import Loyalty

/// A notification to be shown at a time.
public struct Notice: Sendable, Equatable {
    public let id: String
    public let at: Date
    public let text: String
}

/// What has to change so that exactly the wanted reminders are scheduled.
public struct ReminderPlan: Sendable, Equatable {
    /// Scheduled before and not wanted any more.
    public let cancel: [String]
    /// Under an identifier that is scheduled already, it takes the place of what stands there.
    public let schedule: [Notice]

    /// - Parameter scheduled: the identifiers of what is scheduled now, others' included.
    public init(scheduled: [String], wanted: [Reminder]) {
        let prefix = "reminder-"
        let notices = wanted.map { Notice(id: prefix + $0.id, at: $0.notifyAt, text: $0.text) }
        let ids = Set(notices.map(\.id))
        cancel = scheduled.filter { $0.hasPrefix(prefix) && !ids.contains($0) }
        schedule = notices
    }
}

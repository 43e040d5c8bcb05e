import UIKit

/// Lights the screen up for a scanner, and afterwards leaves it as it was.
@MainActor
final class ScreenLight {
    private var before: CGFloat?

    func shine(_ isWanted: Bool) {
        let application = UIApplication.shared
        // A phone that goes dark in front of a till is as bad as one that is too dim.
        application.isIdleTimerDisabled = isWanted
        let windows = application.connectedScenes.compactMap { $0 as? UIWindowScene }
        guard let screen = windows.first?.screen else { return }
        if isWanted, before == nil {
            before = screen.brightness
            screen.brightness = 1
        } else if !isWanted, let before {
            screen.brightness = before
            self.before = nil
        }
    }
}

/// Pages of the system's settings.
@MainActor
enum SystemSettings {
    /// What the guest chooses there about this app's notifications.
    static var notifications: URL? { URL(string: UIApplication.openNotificationSettingsURLString) }
}

/// Time that the system gives an app which has left the screen, for work that must not be cut off.
@MainActor
final class BackgroundTime {
    private var id = UIBackgroundTaskIdentifier.invalid

    static func finish(_ work: @escaping @MainActor @Sendable () async -> Void) {
        let time = BackgroundTime()
        time.id = UIApplication.shared.beginBackgroundTask(withName: "pause") { time.end() }
        Task {
            await work()
            time.end()
        }
    }

    private func end() {
        if id == .invalid { return }
        UIApplication.shared.endBackgroundTask(id)
        id = .invalid
    }
}

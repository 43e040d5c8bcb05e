@_exported import Foundation

// Only the app itself sees this module. To the views it must stay unknown, for their previews ask whether it is there.

@MainActor open class UIApplication: NSObject {
    open class var shared: UIApplication { fatalError() }
    public class var openNotificationSettingsURLString: String { fatalError() }
    open var isIdleTimerDisabled: Bool = false
    open var connectedScenes: Set<UIScene> { fatalError() }
    nonisolated open func beginBackgroundTask(
        withName taskName: String?, expirationHandler handler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier { fatalError() }
    nonisolated open func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {}
}

public struct UIBackgroundTaskIdentifier: Hashable, Sendable, RawRepresentable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let invalid = UIBackgroundTaskIdentifier(rawValue: 0)
}

@MainActor open class UIScene: NSObject {}

@MainActor open class UIWindowScene: UIScene {
    open var screen: UIScreen { fatalError() }
}

@MainActor open class UIScreen: NSObject {
    open var brightness: CGFloat = 0
}

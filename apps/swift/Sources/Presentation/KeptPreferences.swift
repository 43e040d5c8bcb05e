import Foundation
import Words

/// Keeps a guest's preferences on this device. Nothing in them is personal.
public struct KeptPreferences {
    private let defaults: UserDefaults

    public init(defaults: UserDefaults = .standard) { self.defaults = defaults }

    /// What is kept; else the system's language if we speak it, and no notifications before the guest asks for them.
    public func read(systemLanguages: [String] = Locale.preferredLanguages) -> Preferences {
        let spoken = systemLanguages.lazy.compactMap { WordsLanguage(rawValue: String($0.prefix(2))) }.first
        return Preferences(
            language: defaults.string(forKey: "language").flatMap(WordsLanguage.init(rawValue:)) ?? spoken ?? .ru,
            theme: defaults.string(forKey: "theme").flatMap(ThemeChoice.init(rawValue:)) ?? .system,
            notifyBurn: defaults.bool(forKey: "notifyBurn"),
            notificationsDenied: false)
    }

    /// Whether the system denies notifications is not kept: it is asked each time.
    public func write(_ preferences: Preferences) {
        defaults.set(preferences.language.rawValue, forKey: "language")
        defaults.set(preferences.theme.rawValue, forKey: "theme")
        defaults.set(preferences.notifyBurn, forKey: "notifyBurn")
    }
}

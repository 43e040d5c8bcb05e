import AppIntents
import Presentation

/// Opens the card by voice, from a shortcut or from the action button.
struct ShowCardIntent: AppIntent {
    static let title: LocalizedStringResource = "card_shortcut"
    static let openAppWhenRun = true

    func perform() async throws -> some IntentResult {
        await MainActor.run { Opening.shared.follow(.card) }
        return .result()
    }
}

/// The phrases by which Siri knows it.
struct LoyaltyShortcuts: AppShortcutsProvider {
    static var appShortcuts: [AppShortcut] {
        AppShortcut(
            intent: ShowCardIntent(), phrases: ["Show my card in \(.applicationName)"], shortTitle: "card_shortcut",
            systemImageName: "qrcode")
    }
}

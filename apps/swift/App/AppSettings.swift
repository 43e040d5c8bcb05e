import Foundation
import Loyalty
import Presentation
import Words

/// What the build says of this app: its gateway, its pages.
enum AppSettings {
    static let bundle = Bundle.main.bundleIdentifier ?? "loyalty"

    /// The restaurant's gateway, and what is known of the restaurant before its programme was first read.
    static var loyalty: Settings {
        let support = FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask)[0]
        var settings = Settings(gateway: text("LoyaltyGateway"), folder: support.appendingPathComponent("guest"))
        let (russian, english) = (Brand.venue.russianUnit, Brand.venue.englishUnit)
        if russian.count == 4 && english.count == 2 {
            settings.unit.russianOne = russian[0]
            settings.unit.russianFew = russian[1]
            settings.unit.russianMany = russian[2]
            settings.unit.russianFraction = russian[3]
            settings.unit.englishOne = english[0]
            settings.unit.englishOther = english[1]
        }
        settings.timeZone = text("LoyaltyTimeZone")
        return settings
    }

    static let facts = AppFacts(
        version: text("CFBundleShortVersionString"),
        licences: Bundle.main.url(forResource: "licences", withExtension: "tsv")
            .flatMap { try? String(contentsOf: $0, encoding: .utf8) }.map(Licence.all(in:)) ?? [])

    /// Reads what the licences say: a book that few open.
    static let notices: @Sendable () -> [NoticeText] = {
        Bundle.main.url(forResource: "notices", withExtension: "txt")
            .flatMap { try? String(contentsOf: $0, encoding: .utf8) }.map(NoticeText.all(in:)) ?? []
    }

    /// The app's page in the App Store.
    static let store = URL(string: text("LoyaltyStorePage")) ?? URL(fileURLWithPath: "/")

    private static func text(_ key: String) -> String { Bundle.main.object(forInfoDictionaryKey: key) as? String ?? "" }
}

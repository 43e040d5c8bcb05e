import Foundation
import Testing
import Words

@testable import Presentation

/// What only Xcode reads: nothing in it may name a file, a key or a word that is not there.
@Suite struct ProjectTests {
    private let project: String
    private let app: String

    init() throws {
        project = try Self.text("project.yml")
        app = try HouseTests.sources(HouseTests.app.appendingPathComponent("App")).map(\.text).joined(separator: "\n")
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: HouseTests.app.appendingPathComponent(path), encoding: .utf8)
    }

    private func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: HouseTests.app.appendingPathComponent(path).path)
    }

    /// What the project says behind a key, wherever it stands.
    private func values(_ key: String) -> [String] {
        project.matches(of: /(?m)^ *-? *(\w+): *(.+)$/).filter { $0.output.1 == key }.map { String($0.output.2) }
    }

    private func list(_ key: String) -> [String] {
        values(key).flatMap { $0.trimmingCharacters(in: ["[", "]"]).split(separator: ", ").map(String.init) }
    }

    @Test func everyFileThatTheProjectNamesIsThere() throws {
        let sources = list("sources") + project.matches(of: /(?m)^      - (\w+)$/).map { String($0.output.1) }
        #expect(sources == ["Sources/AppUI", "App"])
        let generated = ["Generated/Info.plist"]
        for path in sources + values("path") where !generated.contains(path) { #expect(exists(path), "\(path)") }
        let fonts = list("UIAppFonts")
        #expect(fonts.count == 3)
        for font in fonts { #expect(exists("../brand/typeface/\(font)"), "\(font)") }
        let theme = try Self.text("Sources/AppUI/Theme.swift")
        let named = theme.matches(of: /"(Onest-\w+)"/).map { "\($0.output.1).ttf" }
        #expect(Set(named) == Set(fonts), "the views' typefaces are those that are bundled")
        let assets = "Generated/Apple/Assets.xcassets/"
        for icon in values("ASSETCATALOG_COMPILER_APPICON_NAME") { #expect(exists(assets + icon + ".appiconset/AppIcon.png")) }
        let colours = values("ASSETCATALOG_COMPILER_GLOBAL_ACCENT_COLOR_NAME") + values("UIColorName")
        #expect(colours.count == 2)
        for colour in colours { #expect(exists(assets + colour + ".colorset/Contents.json"), "\(colour)") }
    }

    @Test func everyPackageIsOnePackage() throws {
        let packages = project.matches(of: /(?m)^  (\w+):\n    path: (.+)$/).map { (String($0.output.1), String($0.output.2)) }
        #expect(packages.map(\.0) == ["Loyalty", "LoyaltyApp"])
        // The package manager knows a package by the name of its folder, and two of one name are an error.
        let folders = packages.map { HouseTests.app.appendingPathComponent($0.1).standardized.lastPathComponent.lowercased() }
        #expect(Set(folders).count == folders.count, "\(folders)")
        let manifests = try packages.map { try Self.text("\($0.1)/Package.swift") }
        #expect(manifests[1].contains(".package(path: \"\(packages[0].1)\")"), "by the same path from both")
        for product in values("product") {
            #expect(manifests.contains { $0.contains(".library(name: \"\(product)\"") }, "\(product)")
        }
    }

    @Test func whatTheAppAsksItsBundleForIsThere() {
        let asked = app.matches(of: /text\("(\w+)"\)/).map { String($0.output.1) }
        #expect(asked.count >= 4)
        for key in asked { #expect(values(key).count == 1, "\(key)") }
        for setting in project.matches(of: /\$\((\w+)\)/) { #expect(!values(String(setting.output.1)).isEmpty, "\(setting.output.0)") }
        #expect(Set(list("CFBundleLocalizations")) == Set(WordsLanguage.allCases.map(\.rawValue)))
        #expect(list("CFBundleURLSchemes") == [DeepLink.card.url?.scheme])
        #expect(values("ITSAppUsesNonExemptEncryption") == ["false"])
    }

    @Test func everythingThatTheAppCarriesHasItsLicence() throws {
        let named = try #require(app.firstMatch(of: /forResource: "(\w+)", withExtension: "(\w+)"/))
        let table = try Self.text("Generated/Licences/\(named.output.1).\(named.output.2)")
        let licences = Licence.all(in: table)
        #expect(licences.count > 50 && licences.count == table.split(separator: "\n").count)
        for part in ["Onest", "SQLite", "rustls"] {
            #expect(licences.contains { $0.component.hasPrefix(part) && !$0.licence.isEmpty }, "\(part)")
        }
        let read = try #require(app.firstMatch(of: /"(notices)", withExtension: "(txt)"/))
        let notices = NoticeText.all(in: try Self.text("Generated/Licences/\(read.output.1).\(read.output.2)"))
        let covered = Set(notices.flatMap { $0.of.components(separatedBy: ", ") })
        for licence in licences where licence.licence != "Public domain" {
            #expect(covered.contains { licence.component.hasPrefix($0) }, "\(licence.component) has no text")
        }
    }

    @Test func aLicenceIsReadAsItsParagraphsWithoutTheLineEndsOfAnEditor() {
        let rule = String(repeating: "-", count: 80)
        let filled = String(repeating: "so on and ", count: 7)
        let file = "a 1, b 2\n\nTitle\nVersion 2\n\n  \(filled)\n  so forth\n\n\(rule)\n\nc 3\n\nNo more\n\n\(rule)\n\nof nobody\n"
        let texts = NoticeText.all(in: file)
        #expect(texts.map(\.of) == ["a 1, b 2", "c 3"])
        #expect(texts.map(\.paragraphs) == [["Title\nVersion 2", "\(filled) so forth"], ["No more"]])
    }

    @Test func whatTheSystemSaysForTheAppIsWordedInEveryLanguage() throws {
        func said(_ catalogue: String, _ key: String) throws -> [String] {
            let json = try JSONSerialization.jsonObject(with: Data(try Self.text("Generated/Apple/\(catalogue).xcstrings").utf8))
            let strings = (json as? [String: Any])?["strings"] as? [String: [String: Any]]
            let words = strings?[key]?["localizations"] as? [String: [String: [String: String]]] ?? [:]
            return WordsLanguage.allCases.compactMap { words[$0.rawValue]?["stringUnit"]?["value"] }
        }
        let languages = WordsLanguage.allCases.count
        for title in app.matches(of: /"(card_\w+)"/) {
            #expect(try said("Localizable", String(title.output.1)).count == languages, "\(title.output.1)")
        }
        let phrases = app.matches(of: /phrases: \["([^"]+)"\]/)
        #expect(phrases.count == 1)
        for phrase in phrases {
            let key = phrase.output.1.replacingOccurrences(of: "\\(.applicationName)", with: "${applicationName}")
            let words = try said("AppShortcuts", key)
            #expect(words.count == languages && words.allSatisfy { $0.contains("${applicationName}") }, "\(key)")
        }
        #expect(try said("InfoPlist", "CFBundleDisplayName") == WordsLanguage.allCases.compactMap { Brand.venue.name[$0] })
    }

    @Test func thePrivacyManifestSaysWhatIsCollectedAndWhy() throws {
        let data = Data(try Self.text("App/PrivacyInfo.xcprivacy").utf8)
        let manifest = try #require(
            try PropertyListSerialization.propertyList(from: data, format: nil) as? [String: Any])
        #expect(manifest["NSPrivacyTracking"] as? Bool == false)
        let collected = manifest["NSPrivacyCollectedDataTypes"] as? [[String: Any]] ?? []
        let kinds = collected.compactMap { $0["NSPrivacyCollectedDataType"] as? String }
        #expect(
            kinds.map { $0.replacingOccurrences(of: "NSPrivacyCollectedDataType", with: "") } == [
                "PhoneNumber", "Name", "EmailAddress", "PurchaseHistory", "OtherDataTypes",
            ])
        for one in collected {
            #expect(one["NSPrivacyCollectedDataTypeTracking"] as? Bool == false)
            #expect((one["NSPrivacyCollectedDataTypePurposes"] as? [String])?.isEmpty == false)
        }
        let reasons = manifest["NSPrivacyAccessedAPITypes"] as? [[String: Any]] ?? []
        let categories = reasons.compactMap { $0["NSPrivacyAccessedAPIType"] as? String }
        #expect(
            categories.map { $0.replacingOccurrences(of: "NSPrivacyAccessedAPICategory", with: "") } == [
                "UserDefaults", "FileTimestamp", "DiskSpace",
            ])
        for one in reasons { #expect((one["NSPrivacyAccessedAPITypeReasons"] as? [String])?.count == 1) }
    }
}

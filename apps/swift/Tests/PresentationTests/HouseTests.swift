import Foundation
import Testing
import Words

@testable import Presentation

/// Rules about the sources themselves.
@Suite struct HouseTests {
    static let app = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func applesFrameworksAreImportedOnlyWhereTheyMayBe() throws {
        let platform = [
            "SwiftUI", "UIKit", "Security", "CoreImage", "UserNotifications", "AppIntents", "Combine", "CoreGraphics",
        ]
        let allowed: [(folder: String, modules: [String])] = [
            ("Sources/Presentation", ["Foundation", "Observation", "Loyalty", "Words"]),
            ("Sources/AppUI", ["Foundation", "SwiftUI", "CoreImage", "Presentation", "Words"]),
            ("App", ["AppUI", "Foundation", "Loyalty", "Presentation", "Words", "SwiftUI", "UIKit", "UserNotifications", "AppIntents"]),
            ("../../bindings/swift/Sources/Loyalty", ["Foundation", "LoyaltyCore", "Security"]),
        ]
        var files = 0
        for (folder, modules) in allowed {
            for (name, text) in try Self.sources(Self.app.appendingPathComponent(folder)) {
                files += 1
                for module in Self.imports(text) {
                    #expect(modules.contains(module), "\(folder)/\(name) imports \(module)")
                    // One file each: what is the platform's own stays where it can be seen.
                    let alone = ["Security": "KeychainSecretStore.swift", "UIKit": "PhoneSystem.swift"]
                    #expect(alone[module] ?? name == name, "\(folder)/\(name) imports \(module)")
                    if folder.hasSuffix("Presentation") { #expect(!platform.contains(module)) }
                }
            }
        }
        #expect(files > 50, "the sources were not found")
        #expect(Self.imports("@preconcurrency import UIKit\ninternal import Security\n// import A") == ["UIKit", "Security"])
    }

    @Test func noScreenHasWordsOfItsOwn() throws {
        for (name, text) in try Self.sources(Self.app.appendingPathComponent("Sources/AppUI")) {
            for line in text.split(separator: "\n") where !line.contains("#Preview") && !line.contains("Text(verbatim:") {
                for literal in Self.literals(String(line)) {
                    #expect(Self.isNoWord(literal, in: name), "\(name): \(literal)")
                }
            }
        }
        #expect(Self.literals(#"Text("Hello \(name)") // "x""#) == ["Hello "])
        for word in ["Hello ", "Назад", "Done", "save", "no.such words"] {
            #expect(!Self.isNoWord(word, in: "HomeScreen.swift"), "\(word)")
        }
    }

    /// The literals of a line, without comments and without what is filled in.
    private static func literals(_ line: String) -> [String] {
        let code = line.replacing(/^\s*\/\/.*$| \/\/ .*$/, with: "")
        return code.matches(of: /"((?:[^"\\]|\\.)*)"/).map {
            String($0.output.1.replacing(/\\\((?:[^()]|\([^()]*\))*\)/, with: ""))
        }
    }

    /// Whether a literal is nothing that a guest reads.
    private static func isNoWord(_ literal: String, in file: String) -> Bool {
        if !literal.contains(where: \.isLetter) { return true }
        // Names of the system's symbols, all of which we use are known here.
        let symbols: Set = [
            "calendar", "checkmark", "clock", "envelope", "equal", "flame", "gift", "hourglass", "house", "leaf", "link", "lock",
            "minus", "person", "phone", "plus", "qrcode",
        ]
        if symbols.contains(literal) || literal.wholeMatch(of: /[a-z0-9]+(?:\.[a-z0-9]+)+/) != nil { return true }
        switch file {
        case "Theme.swift": return literal.hasPrefix("Onest-")
        case "Logo.swift": return ["M", "L", "C", "Z"].contains(literal)
        case "TillCodePicture.swift": return literal.wholeMatch(of: /(?:CI|input)[A-Za-z0-9]+|M/) != nil
        case "ProgrammeScreen.swift": return ["tel:", "mailto:"].contains(literal)
        default: return false
        }
    }

    @Test func everyStateOfEveryScreenHasAPreview() throws {
        let views = try Self.sources(Self.app.appendingPathComponent("Sources/AppUI")).map(\.text).joined(separator: "\n")
        let previews = views.matches(of: /#Preview\("\w+"\) \{ Gallery\(Fixtures\.(\w+)\) \{ (?:_ in )?(\w+)/)
        let shown = Set(previews.map { String($0.output.1) })
        let fixtures = try String(
            contentsOf: Self.app.appendingPathComponent("Sources/Presentation/Fixtures/Fixtures.swift"), encoding: .utf8)
        let lists = Set(fixtures.matches(of: /public static let (\w+): \[Fixture/).map { String($0.output.1) })
        #expect(lists.count == 12 && shown == lists)
        let screens = Set(views.matches(of: /struct (\w+Screen): View/).map { String($0.output.1) })
        #expect(screens == Set(previews.map { String($0.output.2) }), "every screen is in one of them")
    }

    @Test func everyCountedWordHasItsFormInEveryLanguage() throws {
        let counts = [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 121]
        let russian = counts.map { WordsLanguage.ru.plural($0).rawValue }
        #expect(russian == ["many", "one", "few", "few", "many", "many", "many", "many", "one", "few", "many", "one", "many", "one"])
        let counted: [String: (any Words, Int) -> String] = [
            "wrong": { $0.code.wrong($1) }, "visits": { $0.history.visits($1) }, "doneIn": { $0.kiosk.doneIn($1) },
            "idleHint": { $0.kiosk.idleHint($1) }, "pinWrong": { $0.staff.pinWrong($1) },
        ]
        let declared = try String(
            contentsOf: Self.app.appendingPathComponent("Generated/Words/Words.swift"), encoding: .utf8)
        #expect(Set(declared.matches(of: /func (\w+)\(_ count: Int/).map { String($0.output.1) }) == Set(counted.keys))
        for language in WordsLanguage.allCases {
            for say in counted.values {
                for count in counts { #expect(say(language.words, count).contains("\(count)")) }
                let forms = Set(counts.map { say(language.words, $0).replacingOccurrences(of: "\($0)", with: "#") })
                #expect(forms.count == (language == .ru ? 3 : 2), "\(forms)")
            }
        }
    }

    @Test func everyWordIsThereInEveryLanguage() throws {
        let folder = Self.app.appendingPathComponent("Generated/Words")
        let declared = try String(contentsOf: folder.appendingPathComponent("Words.swift"), encoding: .utf8)
        let keys = declared.matches(of: /(?m)^    (?:var \w+: String|func \w+\()/).count
        #expect(keys > 250)
        // That each is declared is the compiler's to check; that each says something is ours.
        for language in ["Russian.swift", "English.swift"] {
            let text = try String(contentsOf: folder.appendingPathComponent(language), encoding: .utf8)
            #expect(text.matches(of: /(?m)^    (?:var \w+: String|func \w+\()/).count == keys, "\(language)")
            #expect(!text.contains("\"\""), "\(language)")
        }
    }

    @Test func everyFixtureIsWordedInEveryLanguage() {
        let cyrillic = /[А-Яа-яЁё]/
        for fixture in Fixtures.home {
            let english = "\(fixture.state(Sample(.en)))".replacingOccurrences(of: "ДЕСЕРТ-42", with: "")
            #expect(english.firstMatch(of: cyrillic) == nil, "\(fixture.name)")
        }
    }

    static func sources(_ folder: URL, _ ending: String = "swift") throws -> [(name: String, text: String)] {
        var found: [(String, String)] = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == ending {
            found.append((file.lastPathComponent, try String(contentsOf: file, encoding: .utf8)))
        }
        return found
    }

    static func imports(_ text: String) -> [String] {
        text.matches(of: /(?m)^\s*(?:@\w+ |internal |public )*import (?:func |struct )?(\w+)/).map { String($0.output.1) }
    }
}

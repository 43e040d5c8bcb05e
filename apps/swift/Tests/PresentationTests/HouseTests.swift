import Foundation
import Testing
import Words

@testable import Presentation

/// Rules about the sources themselves, and about what two shells share.
@Suite struct HouseTests {
    private static let app = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let kotlin = app.deletingLastPathComponent().appendingPathComponent("kotlin")

    @Test func applesFrameworksAreImportedOnlyWhereTheyMayBe() throws {
        let platform = [
            "SwiftUI", "UIKit", "Security", "CoreImage", "UserNotifications", "AppIntents", "Combine", "CoreGraphics",
        ]
        let allowed: [(folder: String, modules: [String])] = [
            ("Sources/Presentation", ["Foundation", "Observation", "Loyalty", "Words"]),
            ("Sources/AppUI", ["Foundation", "SwiftUI", "CoreImage", "Presentation", "Words"]),
            ("App", ["AppUI", "Foundation", "Loyalty", "Presentation", "Words", "SwiftUI", "UserNotifications", "AppIntents"]),
            ("../../bindings/swift/Sources/Loyalty", ["Foundation", "LoyaltyCore", "Security"]),
        ]
        var files = 0
        for (folder, modules) in allowed {
            for (name, text) in try Self.sources(Self.app.appendingPathComponent(folder)) {
                files += 1
                for module in Self.imports(text) {
                    #expect(modules.contains(module), "\(folder)/\(name) imports \(module)")
                    if module == "Security" { #expect(name == "KeychainSecretStore.swift") }
                    if folder.hasSuffix("Presentation") { #expect(!platform.contains(module)) }
                }
            }
        }
        #expect(files > 50, "the sources were not found")
        #expect(Self.imports("@preconcurrency import UIKit\ninternal import Security\n// import A") == ["UIKit", "Security"])
    }

    @Test func bothShellsHaveTheSameStatesActionsAndEffects() throws {
        let kotlin = try Self.sources(Self.kotlin.appendingPathComponent("presenters/src/main/kotlin/app/loyalty/presenters"), "kt")
            .map(\.text).joined(separator: "\n")
        let swift = try Self.sources(Self.app.appendingPathComponent("Sources/Presentation")).map(\.text)
            .joined(separator: "\n")
        let theirs = Declarations(kotlin: kotlin)
        let ours = Declarations(swift: swift)
        #expect(theirs.members.count >= 25, "\(theirs.members.keys.sorted())")
        for (type, members) in theirs.members.sorted(by: { $0.key < $1.key }) {
            print("parity: \(type): \(members.sorted().joined(separator: " "))")
            #expect(ours.members[type] == members, "\(type)")
        }
        for type in ours.members.keys { #expect(theirs.members[type] != nil, "\(type) is in Swift alone") }
    }

    @Test func bothShellsHaveTheSameFixtures() throws {
        let file = Self.kotlin.appendingPathComponent(
            "ui/src/fixtures/kotlin/app/loyalty/ui/fixtures/PhoneFixtures.kt")
        let text = try String(contentsOf: file, encoding: .utf8)
        let theirs = text.matches(of: /(?:\w+As|holding|phone)\("([a-z-]+)"\)/).map { String($0.output.1) }
        #expect(theirs.count > 70)
        #expect(theirs.sorted() == Fixtures.names.sorted())
        #expect(Set(Fixtures.names).count == Fixtures.names.count)
    }

    @Test func noScreenHasWordsOfItsOwn() throws {
        for (name, text) in try Self.sources(Self.app.appendingPathComponent("Sources/AppUI")) {
            for line in text.split(separator: "\n") where !line.contains("//") && !line.contains("#Preview") {
                for literal in line.matches(of: /(?:Text|Label|Button|Toggle|Notice|Heading|Row|Field)\(\s*"([^"]*)"/) {
                    #expect(literal.output.1.contains("\\("), "\(name): \(literal.output.1)")
                }
                #expect(line.firstMatch(of: /[А-Яа-яЁё]/) == nil, "\(name): \(line)")
            }
        }
    }

    @Test func everyCountedWordHasItsFormInEveryLanguage() {
        let counts = [0, 1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 121]
        let russian = counts.map { WordsLanguage.ru.plural($0).rawValue }
        #expect(russian == ["many", "one", "few", "few", "many", "many", "many", "many", "one", "few", "many", "one", "many", "one"])
        for language in WordsLanguage.allCases {
            let words = language.words
            let counted: [(Int) -> String] = [words.code.wrong, words.history.visits]
            for say in counted {
                for count in counts { #expect(say(count).contains("\(count)")) }
                let forms = Set(counts.map { say($0).replacingOccurrences(of: "\($0)", with: "#") })
                #expect(forms.count == (language == .ru ? 3 : 2), "\(forms)")
            }
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

/// The states, actions and effects that a source declares, each with its fields or cases and their parameters.
private struct Declarations {
    private(set) var members: [String: Set<String>] = [:]

    private static func isShared(_ type: some StringProtocol) -> Bool {
        ["State", "Action", "Effect"].contains { type.hasSuffix($0) } && type.count > 6
    }

    init(kotlin text: String) {
        // On one line, or on several that end with a parenthesis of their own.
        for match in text.matches(of: /(?m)^data class (\w+)\((?:\n((?:.|\n)*?)\n\)|([^\n]+)\)(?: \{)?$)/)
        where Self.isShared(match.output.1) {
            let fields = match.output.2 ?? match.output.3 ?? ""
            members[String(match.output.1)] = Set(fields.matches(of: /\bval (\w+):/).map { String($0.output.1) })
        }
        for match in text.matches(of: /sealed interface (\w+) \{\n((?:.|\n)*?)\n\}/) where Self.isShared(match.output.1) {
            let type = String(match.output.1)
            let cases = match.output.2.matches(of: /(?:data object|data class|class) (\w+)(?:\(([^)]*)\))? : (\w+)/)
            members[type] = Set(
                cases.filter { $0.output.3 == match.output.1 }.map { one in
                    let parameters = (one.output.2 ?? "").matches(of: /val (\w+):/).map { String($0.output.1) }
                    return Self.described(Self.lowered(one.output.1), parameters)
                })
        }
    }

    init(swift text: String) {
        for match in text.matches(of: /public struct (\w+): [^\n{]*\{\n((?:.|\n)*?)\n\}/) where Self.isShared(match.output.1) {
            let fields = match.output.2.matches(of: /(?m)^    public var (\w+): [^{\n]*$/).map { String($0.output.1) }
            members[String(match.output.1)] = Set(fields)
        }
        for match in text.matches(of: /public enum (\w+): [^\n{]*\{\n((?:.|\n)*?)\n\}/) where Self.isShared(match.output.1) {
            let cases = match.output.2.matches(of: /(?m)^    case (\w+)(?:\(([^)]*)\))?$/)
            members[String(match.output.1)] = Set(
                cases.map { one in
                    let parameters = (one.output.2 ?? "").matches(of: /(\w+):/).map { String($0.output.1) }
                    return Self.described(String(one.output.1), parameters)
                })
        }
    }

    private static func described(_ name: String, _ parameters: [String]) -> String {
        parameters.isEmpty ? name : "\(name)(\(parameters.joined(separator: ",")))"
    }

    private static func lowered(_ name: Substring) -> String { name.prefix(1).lowercased() + name.dropFirst() }
}

import Foundation
import Testing

@testable import Presentation

/// What two shells share: the same names for the same things.
@Suite struct ParityTests {
    private static let kotlin = HouseTests.app.deletingLastPathComponent().appendingPathComponent("kotlin")

    @Test func bothShellsHaveTheSameStatesActionsAndEffects() throws {
        let theirs = Declarations(
            kotlin: try Self.text(Self.kotlin.appendingPathComponent("presenters/src/main/kotlin/app/loyalty/presenters"), "kt"))
        let ours = Declarations(swift: try Self.text(HouseTests.app.appendingPathComponent("Sources/Presentation"), "swift"))
        let shared = Set(theirs.members.keys).union(ours.members.keys).filter(Self.isShared)
        #expect(shared.count >= 29, "\(shared.sorted())")
        print("parity: type | in Kotlin | in Swift | members")
        let both = Set(theirs.members.keys).intersection(ours.members.keys).subtracting(Self.differing)
        #expect(both.count >= 60, "\(both.sorted())")
        for type in both.union(shared).sorted() {
            let (there, here) = (theirs.members[type], ours.members[type])
            let members = (here ?? there ?? []).sorted().joined(separator: " ")
            print("parity: \(type) | \(there?.count ?? 0) | \(here?.count ?? 0) | \(members)")
            #expect(there == here, "\(type)")
        }
    }

    /// Apple's systems draw codes by themselves; elsewhere the pictures come with the code.
    private static let differing: Set = ["CodeView"]

    /// What both have to have. Of all else, what has the same name has to be the same.
    private static func isShared(_ type: String) -> Bool {
        ["State", "Action", "Effect"].contains { type.hasSuffix($0) } && type.count > 6
    }

    @Test func bothShellsHaveTheSameFixtures() throws {
        let file = Self.kotlin.appendingPathComponent(
            "ui/src/fixtures/kotlin/app/loyalty/ui/fixtures/PhoneFixtures.kt")
        let text = try String(contentsOf: file, encoding: .utf8)
        let theirs = text.matches(of: /(?:\w+As|holding|phone)\("([a-z-]+)"\)/).map { String($0.output.1) }
        print("parity: \(theirs.count) fixtures in Kotlin, \(Fixtures.names.count) in Swift")
        #expect(theirs.count > 70)
        #expect(theirs.sorted() == Fixtures.names.sorted())
        #expect(Set(Fixtures.names).count == Fixtures.names.count)
    }

    @Test func whatTheScreensOfOneShellSayThoseOfTheOtherSayToo() throws {
        let theirs = Self.words(
            try Self.text(Self.kotlin.appendingPathComponent("ui/src/main/kotlin/app/loyalty/ui/phone"), "kt"))
        let folders = ["Sources/AppUI", "Sources/Presentation"]
        let ours = Self.words(
            try folders.map { try Self.text(HouseTests.app.appendingPathComponent($0), "swift") }.joined(separator: "\n"))
        #expect(theirs.count > 100)
        #expect(theirs.subtracting(ours).sorted() == Self.saidOtherwise)
    }

    /// Here a list is pulled down to be read anew, a sheet is closed with "done", and what burns next stands under no name;
    /// the visits of a day are counted there alone, and the code of a consent's text is a kiosk's.
    private static let saidOtherwise = [
        "action.close", "action.refresh", "burn.next", "history.visits", "kiosk.consentScan",
    ]

    private static func words(_ text: String) -> Set<String> {
        Set(text.matches(of: /words\.([a-z]\w*\.[a-z]\w*)/).map { String($0.output.1) })
    }

    @Test func aMemberThatOneShellHasAloneIsNoticed() {
        let theirs = Declarations(
            kotlin: """
                data class AState(val one: Int, val two: String = "")
                sealed interface AAction {
                    /** With a comment. */
                    data class Go(val place: Place) : AAction
                    data object Back : AAction
                }
                enum class Kind { FIRST, STILL_GOING }
                """)
        let ours = Declarations(
            swift: """
                public struct AState: Sendable {
                    public var one: Int
                    public var sum: Int { one }
                }
                public enum AAction: Sendable {
                    case go(place: Place)
                    case back
                }
                public enum Kind: Sendable {
                    case first, stillGoing
                }
                """)
        #expect(theirs.members["AState"] == ["one", "two"] && ours.members["AState"] == ["one"])
        #expect(theirs.members["AAction"] == ["go(place)", "back"] && ours.members["AAction"] == theirs.members["AAction"])
        #expect(theirs.members["Kind"] == ["first", "stillGoing"] && ours.members["Kind"] == theirs.members["Kind"])
    }

    private static func text(_ folder: URL, _ ending: String) throws -> String {
        try HouseTests.sources(folder, ending).map(\.text).joined(separator: "\n")
    }
}

/// The types that a source declares, each with its fields, or with its cases and their parameters.
private struct Declarations {
    private(set) var members: [String: Set<String>] = [:]

    init(kotlin commented: String) {
        let text = commented.replacing(/\/\*(?:.|\n)*?\*\/|\/\/[^\n]*/, with: "")
        // On one line, or on several that end with a parenthesis of their own.
        for match in text.matches(
            of: /(?m)^(?:data )?class (\w+)(?: private constructor)?\((?:\n((?:.|\n)*?)\n\)|([^\n]+?)\)(?: [:{].*)?$)/)
        {
            let fields = match.output.2 ?? match.output.3 ?? ""
            members[String(match.output.1)] = Set(fields.matches(of: /\bval (\w+):/).map { String($0.output.1) })
        }
        for match in text.matches(of: /sealed interface (\w+) \{\n((?:.|\n)*?)\n\}/) {
            let type = String(match.output.1)
            let cases = match.output.2.matches(of: /(?:data object|data class|class) (\w+)(?:\(([^)]*)\))? : (\w+)/)
            members[type] = Set(
                cases.filter { $0.output.3 == match.output.1 }.map { one in
                    let parameters = (one.output.2 ?? "").matches(of: /val (\w+):/).map { String($0.output.1) }
                    return Self.described(Self.lowered(one.output.1), parameters)
                })
        }
        for match in text.matches(of: /enum class (\w+) \{((?:.|\n)*?)[;}]/) {
            members[String(match.output.1)] = Set(
                match.output.2.matches(of: /\b[A-Z][A-Z_]*\b/).map { Self.camel($0.output) })
        }
    }

    init(swift commented: String) {
        let text = commented.replacing(/\/\/[^\n]*/, with: "")
        for match in text.matches(of: /(?m)^public struct (\w+): [^\n{]*\{\n((?:.|\n)*?)\n\}/) {
            let fields = match.output.2.matches(of: /(?m)^    public (?:var|let) (\w+): [^{\n]*$/)
            members[String(match.output.1)] = Set(fields.map { String($0.output.1) })
        }
        for match in text.matches(of: /(?m)^public enum (\w+): [^\n{]*\{\n((?:.|\n)*?)\n\}/) {
            let cases = match.output.2.matches(of: /(?m)^    case (?:(\w+(?:, \w+)*)|(\w+)\(([^)]*)\))$/)
            members[String(match.output.1)] = Set(
                cases.flatMap { one -> [String] in
                    if let bare = one.output.1 { return bare.split(separator: ", ").map(String.init) }
                    let parameters = (one.output.3 ?? "").matches(of: /(\w+):/).map { String($0.output.1) }
                    return [Self.described(String(one.output.2 ?? ""), parameters)]
                })
        }
    }

    private static func described(_ name: String, _ parameters: [String]) -> String {
        // What stands behind a screen has another name in the other shell.
        let shared = parameters.filter { $0 != "presenter" }
        return shared.isEmpty ? name : "\(name)(\(shared.joined(separator: ",")))"
    }

    private static func lowered(_ name: Substring) -> String { name.prefix(1).lowercased() + name.dropFirst() }

    private static func camel(_ constant: Substring) -> String {
        let words = constant.lowercased().split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map(\.capitalized).joined()
    }
}

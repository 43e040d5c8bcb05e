/// The text of a licence.
public struct NoticeText: Sendable, Equatable {
    /// The components that stand under it, as one line.
    public let of: String
    public let paragraphs: [String]

    /// Reads texts with a rule between them, each under a line that names whose it is, as the build writes them.
    public static func all(in file: String) -> [NoticeText] {
        let rule = String(repeating: "-", count: 80)
        return file.split(separator: "\n\(rule)\n").compactMap { text in
            var paragraphs = text.split(separator: "\n", omittingEmptySubsequences: false)
                .split { $0.allSatisfy(\.isWhitespace) }.map(flowing)
            if paragraphs.count < 2 { return nil }
            let of = paragraphs.removeFirst()
            return NoticeText(of: of, paragraphs: paragraphs)
        }
    }

    /// A paragraph without the line ends of somebody's editor; a line that ends early was meant to.
    private static func flowing(_ lines: ArraySlice<Substring>) -> String {
        var said = ""
        var isFull = true
        for line in lines {
            if !said.isEmpty { said += isFull ? " " : "\n" }
            said += line.drop(while: \.isWhitespace)
            isFull = line.count >= filled
        }
        return said
    }

    /// From how many letters on a line was broken because it was full.
    private static let filled = 60
}

import Foundation

/// A page of the app that a link or a shortcut leads to: `loyalty://card`.
public enum DeepLink: String, Sendable, CaseIterable {
    case card
    case history

    /// `nil` for a link that is none of ours.
    public init?(_ url: URL) {
        guard url.scheme?.lowercased() == "loyalty", let page = url.host?.lowercased(), url.path.isEmpty else {
            return nil
        }
        self.init(rawValue: page)
    }

    /// The link to this page.
    public var url: URL? { URL(string: "loyalty://\(rawValue)") }
}

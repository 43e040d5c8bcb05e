import Foundation

// UIKit's types, which SwiftUI's modifiers for text take.

public struct UITextContentType: Hashable, Sendable, RawRepresentable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let telephoneNumber = UITextContentType(rawValue: "tel")
    public static let oneTimeCode = UITextContentType(rawValue: "one-time-code")
    public static let givenName = UITextContentType(rawValue: "given-name")
    public static let emailAddress = UITextContentType(rawValue: "email")
}

public enum UIKeyboardType: Int, Sendable { case `default`, numberPad, phonePad, emailAddress }

extension View {
    nonisolated public func textContentType(_ textContentType: UITextContentType?) -> some View { self }
    nonisolated public func keyboardType(_ type: UIKeyboardType) -> some View { self }
}

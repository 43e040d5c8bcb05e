@_exported import Foundation

// Foundation of Linux has the geometry; these are the rest of Core Graphics that the app names.

public final class CGImage: @unchecked Sendable {
    init() {}
}

public enum CGLineCap: Int32, Sendable { case butt, round, square }
public enum CGLineJoin: Int32, Sendable { case miter, round, bevel }

public struct CGAffineTransform: Equatable, Sendable {
    public init(scaleX sx: CGFloat, y sy: CGFloat) {}
}

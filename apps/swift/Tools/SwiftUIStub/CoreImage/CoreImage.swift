@_exported import CoreGraphicsStub

public class CIImage: @unchecked Sendable {
    public var extent: CGRect { fatalError() }
}

public class CIFilter {
    public init?(name: String, parameters params: [String: Any]?) {}
    public var outputImage: CIImage? { fatalError() }
}

public class CIContext {
    public init() {}
    public func createCGImage(_ image: CIImage, from fromRect: CGRect) -> CGImage? { fatalError() }
}

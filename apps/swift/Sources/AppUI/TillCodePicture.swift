import CoreImage
import SwiftUI

/// A code as a picture that scanners read: whole modules, no smoothing.
struct TillCodePicture: View {
    enum Kind {
        case qr
        case bars
    }

    let value: String
    let kind: Kind

    var body: some View {
        if let picture = Self.draw(value, kind) {
            Image(decorative: picture, scale: 1).interpolation(.none).resizable()
        }
    }

    /// Made once: it is the dear part of drawing.
    private static let context = CIContext()

    private static func draw(_ value: String, _ kind: Kind) -> CGImage? {
        guard let message = value.data(using: .ascii) else { return nil }
        let filter: CIFilter? =
            switch kind {
            case .qr:
                CIFilter(
                    name: "CIQRCodeGenerator", parameters: ["inputMessage": message, "inputCorrectionLevel": "M"])
            case .bars:
                CIFilter(
                    name: "CICode128BarcodeGenerator",
                    parameters: ["inputMessage": message, "inputQuietSpace": 10, "inputBarcodeHeight": 1])
            }
        return filter?.outputImage.flatMap { context.createCGImage($0, from: $0.extent) }
    }
}

import SwiftUI
import Words

/// The venue's mark, drawn from the paths of the brand file.
struct Logo: Shape {
    let brand: Brand

    nonisolated func path(in rect: CGRect) -> Path {
        var path = Path()
        for description in brand.logoPaths { append(description, to: &path) }
        let scale = min(rect.width, rect.height) / CGFloat(brand.logoSide)
        return path.applying(CGAffineTransform(scaleX: scale, y: scale))
    }

    /// The brand's generator writes absolute moves, lines, curves and ends, each part behind one space.
    private nonisolated func append(_ description: String, to path: inout Path) {
        var parts = description.split(separator: " ")[...]
        func point() -> CGPoint {
            let numbers = parts.prefix(2).map { Double($0) ?? 0 }
            parts = parts.dropFirst(2)
            return numbers.count == 2 ? CGPoint(x: numbers[0], y: numbers[1]) : CGPoint()
        }
        while let command = parts.popFirst() {
            switch command {
            case "M": path.move(to: point())
            case "L": path.addLine(to: point())
            case "C":
                let (first, second) = (point(), point())
                path.addCurve(to: point(), control1: first, control2: second)
            case "Z": path.closeSubpath()
            default: return
            }
        }
    }
}

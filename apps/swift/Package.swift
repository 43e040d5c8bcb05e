// swift-tools-version: 6.0
import PackageDescription

// What there is of the iPhone app without Apple's frameworks. The views (Sources/AppUI) and the app (App) are compiled by
// Xcode; elsewhere `cargo xtask test swift` type-checks them against Tools/SwiftUIStub.
let package = Package(
    name: "LoyaltyApp",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "Presentation", targets: ["Presentation"])],
    dependencies: [
        .package(path: "../../bindings/swift"),
        // Written by `cargo xtask strings`.
        .package(path: "../../target/words/swift"),
    ],
    targets: [
        .target(
            name: "Presentation",
            dependencies: [
                .product(name: "Loyalty", package: "swift"), .product(name: "Words", package: "swift"),
            ])
    ],
    swiftLanguageModes: [.v6]
)

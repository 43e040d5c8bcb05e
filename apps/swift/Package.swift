// swift-tools-version: 6.0
import PackageDescription

// What there is of the iPhone app without Apple's frameworks. The views (Sources/AppUI) and the app (App) are compiled by
// Xcode; elsewhere `cargo xtask test swift` type-checks them against Tools/SwiftUIStub.
let package = Package(
    name: "LoyaltyApp",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "Presentation", targets: ["Presentation"]),
        .library(name: "Words", targets: ["Words"]),
    ],
    dependencies: [
        // A link to the package over the core: two folders of one name would be one package to the package manager.
        .package(path: "Loyalty")
    ],
    targets: [
        // Put there by `cargo xtask`, from apps/strings and apps/brand.
        .target(name: "Words", path: "Generated/Words"),
        .target(name: "Presentation", dependencies: ["Words", .product(name: "Loyalty", package: "Loyalty")]),
    ],
    swiftLanguageModes: [.v6]
)

// Only where the library is the one that tests have; see the package over the core.
if Context.environment["LOYALTY_REHEARSAL"] != nil {
    package.targets.append(
        .testTarget(
            name: "PresentationTests",
            dependencies: [
                "Presentation", "Words", .product(name: "Loyalty", package: "Loyalty"),
                .product(name: "LoyaltyStage", package: "Loyalty"),
            ]))
}

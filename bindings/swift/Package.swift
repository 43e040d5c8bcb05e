// swift-tools-version: 6.0
import PackageDescription

// `cargo xtask` writes what stands under Generated. On Apple's systems an app gets the library as an XCFramework, from
// `cargo xtask ios`. Tests, on any system, get the one that cargo has just built, with what only tests need; whoever sets
// this variable tells the linker where that is.
let rehearsing = Context.environment["LOYALTY_REHEARSAL"] != nil

let library: Target =
    rehearsing
    ? .target(
        name: "LoyaltyFFI", path: "Generated/rehearsal/LoyaltyFFI", linkerSettings: [.linkedLibrary("loyalty_ffi")])
    : .binaryTarget(name: "LoyaltyFFI", path: "Generated/device/LoyaltyFFI.xcframework")

let package = Package(
    name: "Loyalty",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "Loyalty", targets: ["Loyalty"])],
    targets: [
        library,
        // In the language mode that its generator is tried in.
        .target(
            name: "LoyaltyCore", dependencies: ["LoyaltyFFI"],
            path: rehearsing ? "Generated/rehearsal/LoyaltyCore" : "Generated/device/LoyaltyCore",
            swiftSettings: [.swiftLanguageMode(.v5)]),
        .target(name: "Loyalty", dependencies: ["LoyaltyCore"]),
    ],
    swiftLanguageModes: [.v6]
)

if rehearsing {
    package.targets += [
        .testTarget(
            name: "LoyaltyTests", dependencies: ["Loyalty", "LoyaltyCore", "LoyaltyStage"]),
        .testTarget(name: "ScenarioTests", dependencies: ["Loyalty", "LoyaltyCore", "LoyaltyStage"]),
        // A gateway with its surroundings, in a process of its own.
        .target(name: "LoyaltyStage", dependencies: ["Loyalty"], path: "Tests/LoyaltyStage"),
        // What the border costs; `cargo xtask bench` runs it.
        .executableTarget(
            name: "BorderBench", dependencies: ["Loyalty", "LoyaltyCore", "LoyaltyStage"], path: "Tests/BorderBench"),
        // A program over a library that is not the one its package was generated for. No test depends on it: the
        // other library would be linked into the tests as well.
        .executableTarget(
            name: "MismatchedCaller", dependencies: ["Loyalty", "OtherLibrary"], path: "Tests/MismatchedCaller"),
        .target(name: "OtherLibrary", path: "Tests/OtherLibrary"),
    ]
    package.products.append(.library(name: "LoyaltyStage", targets: ["LoyaltyStage"]))
}

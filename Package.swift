// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is held to the strictest checks that the compiler has.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "grantd",
    products: [
        .executable(name: "grantd", targets: ["grantd"]),
        .executable(name: "grantctl", targets: ["grantctl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    ],
    targets: [
        // C libraries of the system. libfcgi stays dynamic, so that its security updates reach grantd.
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),

        // Gateway and GrantCore never import each other: either serves with another partner, unchanged.
        .target(
            name: "Gateway",
            dependencies: ["CFastCGI", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),
        .target(
            name: "GrantCore",
            dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict
        ),
        .target(
            name: "FileStore",
            dependencies: [
                "CCrypt",
                "GrantCore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Settings",
            dependencies: [.product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),

        .executableTarget(
            name: "grantd",
            dependencies: [
                "FileStore",
                "Gateway",
                "GrantCore",
                "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "grantctl",
            dependencies: [
                "FileStore",
                "GrantCore",
                "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),

        // The suite that any TokenStore passes, and the program that its concurrency part runs many of.
        .target(
            name: "StoreConformance",
            dependencies: ["GrantCore"],
            path: "Tests/StoreConformance",
            exclude: ["IssuingProcess"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "store-issuing-process",
            dependencies: ["FileStore", "GrantCore"],
            path: "Tests/StoreConformance/IssuingProcess",
            swiftSettings: strict
        ),

        // What a look-up costs; Tests/Benchmarks/run runs it.
        .executableTarget(
            name: "store-benchmark",
            dependencies: ["FileStore", "GrantCore"],
            path: "Tests/Benchmarks/StoreBenchmark",
            swiftSettings: strict
        ),

        .testTarget(name: "GatewayTests", dependencies: ["CFastCGI", "Gateway"], swiftSettings: strict),
        .testTarget(name: "GrantCoreTests", dependencies: ["GrantCore"], swiftSettings: strict),
        .testTarget(
            name: "FileStoreTests",
            dependencies: ["FileStore", "GrantCore", "StoreConformance", "store-issuing-process"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SettingsTests",
            dependencies: ["Settings", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "grantdTests",
            dependencies: ["grantd", "Gateway", "GrantCore", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "grantctlTests",
            dependencies: [
                "grantctl",
                "GrantCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
    ]
)

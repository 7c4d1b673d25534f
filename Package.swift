// swift-tools-version: 6.2
import PackageDescription

/// Tests/Fuzzing/run sets it, and builds in a place of its own. No other build has the fuzzer in it.
let isFuzzing = Context.environment["GRANTD_FUZZING"] != nil
let fuzzingFlags = ["-sanitize=fuzzer,address"]

/// Every target of ours is held to the strictest checks that the compiler has.
var strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
if isFuzzing { strict.append(.unsafeFlags(fuzzingFlags + ["-enable-testing"])) }

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
        // C libraries of the system. They stay dynamic, so that their security updates reach grantd.
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),

        // System calls that Glibc's module map leaves out.
        .systemLibrary(name: "CLinux"),
        .target(
            name: "Linux",
            dependencies: ["CLinux", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),

        // Base64, hexadecimal digits and JSON, read strictly. It depends on nothing.
        .target(name: "Encoding", swiftSettings: strict),

        // Signed tokens and keys by the JOSE standards. It knows nothing of OAuth.
        .target(
            name: "JOSE",
            dependencies: [
                "Encoding",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),

        // Gateway and GrantCore never import each other: either serves with another partner, unchanged.
        .target(
            name: "Gateway",
            dependencies: ["CFastCGI", "CLinux", "Linux", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),
        .target(
            name: "GrantCore",
            dependencies: ["Encoding", "JOSE", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict
        ),
        .target(
            name: "FileStore",
            dependencies: [
                "CCrypt",
                "CLinux",
                "Encoding",
                "GrantCore",
                "JOSE",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "RedisStore",
            dependencies: [
                "CHiredis",
                "CLinux",
                "Encoding",
                "FileStore",
                "GrantCore",
                "Linux",
                "Settings",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Counters",
            dependencies: ["CLinux", "Linux", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),
        // What is made of the counters: text for Prometheus, a page for people.
        .target(
            name: "Monitoring",
            dependencies: [
                "Counters",
                "Encoding",
                "GrantCore",
                "Linux",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Settings",
            dependencies: ["Linux", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),

        // What an administrator can do about a failure: owners, permissions, full disks, wrong paths.
        .target(
            name: "Remedies",
            dependencies: ["Linux", "Settings", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),

        // What is wrong with the site around grantd, from its configuration alone.
        .target(
            name: "Doctor",
            dependencies: ["Settings"],
            swiftSettings: strict
        ),

        // The supervisor of a pool's workers. It holds no secret: it sees neither the store nor the settings.
        .target(
            name: "Pool",
            dependencies: [
                "CLinux",
                "Linux",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),

        .executableTarget(
            name: "grantd",
            dependencies: [
                "CLinux",
                "CSeccomp",
                "Counters",
                "Encoding",
                "FileStore",
                "Gateway",
                "GrantCore",
                "JOSE",
                "Linux",
                "Monitoring",
                "Pool",
                "RedisStore",
                "Remedies",
                "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "grantctl",
            dependencies: [
                "CLinux",
                "Counters",
                "Doctor",
                "Encoding",
                "FileStore",
                "GrantCore",
                "JOSE",
                "Linux",
                "Monitoring",
                "RedisStore",
                "Remedies",
                "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),

        // The suite that any TokenStore passes, and the program that its concurrency part runs many of.
        .target(
            name: "StoreConformance",
            dependencies: ["Encoding", "GrantCore", "Linux"],
            path: "Tests/StoreConformance",
            exclude: ["IssuingProcess", "UsingProcess"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "store-issuing-process",
            dependencies: ["FileStore", "GrantCore"],
            path: "Tests/StoreConformance/IssuingProcess",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "store-using-process",
            dependencies: ["FileStore", "GrantCore", "Linux", "RedisStore"],
            path: "Tests/StoreConformance/UsingProcess",
            swiftSettings: strict
        ),

        // A machine in memory for the store to run on, with power cuts and failing calls; and the program that looks at
        // many thousand states.
        .target(
            name: "StoreSimulation",
            dependencies: [
                "FileStore", "Linux", "GrantCore", .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/StoreSimulation",
            exclude: ["Program"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "store-simulation",
            dependencies: ["StoreSimulation"],
            path: "Tests/StoreSimulation/Program",
            swiftSettings: strict
        ),

        // What a look-up costs; Tests/Benchmarks/run runs it.
        .executableTarget(
            name: "store-benchmark",
            dependencies: ["FileStore", "GrantCore"],
            path: "Tests/Benchmarks/StoreBenchmark",
            swiftSettings: strict
        ),

        .testTarget(
            name: "LinuxTests",
            dependencies: ["Linux", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: ["CFastCGI", "CLinux", "Gateway", "Linux"],
            swiftSettings: strict
        ),
        // JSON texts that each reader of JSON must take or refuse.
        .target(name: "JSONCorpus", path: "Tests/JSONCorpus", swiftSettings: strict),
        .testTarget(name: "EncodingTests", dependencies: ["Encoding", "JSONCorpus"], swiftSettings: strict),
        .testTarget(
            name: "JOSETests",
            dependencies: [
                "Encoding",
                "JOSE",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GrantCoreTests",
            dependencies: ["Encoding", "GrantCore", "JOSE", "JSONCorpus"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FileStoreTests",
            dependencies: [
                "Encoding",
                "FileStore",
                "GrantCore",
                "JOSE",
                "StoreConformance",
                "StoreSimulation",
                "store-issuing-process",
                "store-using-process",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RedisStoreTests",
            dependencies: [
                "CLinux",
                "FileStore",
                "GrantCore",
                "Linux",
                "RedisStore",
                "Settings",
                "StoreConformance",
                "StoreSimulation",
                "store-using-process",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CountersTests",
            dependencies: ["CLinux", "Counters", "Linux", "StoreConformance"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MonitoringTests",
            dependencies: [
                "Counters",
                "Encoding",
                "GrantCore",
                "Monitoring",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DoctorTests",
            dependencies: ["Doctor", .product(name: "SystemPackage", package: "swift-system")],
            exclude: ["Sites"],
            swiftSettings: strict
        ),
        .testTarget(name: "RemediesTests", dependencies: ["Remedies"], swiftSettings: strict),
        .testTarget(
            name: "SettingsTests",
            dependencies: ["Settings", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PoolTests",
            dependencies: ["CLinux", "Linux", "Pool", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "grantdTests",
            dependencies: [
                "CSeccomp",
                "Counters",
                "Encoding",
                "grantd",
                "FileStore",
                "Gateway",
                "GrantCore",
                "JOSE",
                "Linux",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "grantctlTests",
            dependencies: [
                "Counters",
                "Doctor",
                "Encoding",
                "FileStore",
                "grantctl",
                "GrantCore",
                "JOSE",
                "Linux",
                "Monitoring",
                "RedisStore",
                "Remedies",
                "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
    ]
)

if isFuzzing {
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzzing/CLibFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "CCrypt",
                "CLibFuzzer",
                "Doctor",
                "Encoding",
                "FileStore",
                "Gateway",
                "GrantCore",
                "JOSE",
                "Linux",
                "RedisStore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/Fuzzing/Fuzz",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(fuzzingFlags + ["-use-ld=lld"])]
        ),
    ]
}

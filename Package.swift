// swift-tools-version: 6.2
import PackageDescription

/// One list of settings for every target of ours, so that no room of the house is stricter or laxer than another.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .treatAllWarnings(as: .error),
]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")

/// A module of the house. Its dependency list is the import rule of README.md's architecture section.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "vanthu",
    products: [.executable(name: "vanthu", targets: ["vanthu"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "CLinux"),
        .systemLibrary(name: "CQPDF", pkgConfig: "libqpdf", providers: [.apt(["libqpdf-dev"])]),
        // A header of our own: the modules of tokens are loaded at run time.
        .systemLibrary(name: "CPKCS11"),

        module("Postgres", ["CLibPQ", log]),
        // Liberation Serif 2, linked into the executable so that it runs from any folder.
        .target(
            name: "CLiberationSerif", path: "Sources/PAdES/Fonts",
            exclude: ["LiberationSerif-Regular.ttf", "LiberationSerif-Italic.ttf", "OFL.txt"]),
        .target(
            name: "PAdES", dependencies: ["COpenSSL", "CQPDF", "CLiberationSerif", asn1], exclude: ["Fonts"],
            swiftSettings: settings),
        // xmlsec1's headers need flags that SwiftPM takes from no pkg-config file, so they stay behind one function in C.
        .target(
            name: "CXMLSec", cSettings: [.unsafeFlags(["-I/usr/include/xmlsec1", "-I/usr/include/libxml2"])],
            linkerSettings: [.linkedLibrary("xmlsec1")]),
        module("XAdES", ["PAdES", "CXML", "CXMLSec"]),
        module("Platform", ["Postgres", "COpenSSL", "CArgon2", log, lifecycle]),
        module("Organisation", ["Platform", "Postgres"]),
        module("Documents", ["Organisation", "Platform", "Postgres"]),
        module("Workflow", ["Organisation", "Platform", "Postgres"]),
        module(
            "Signatures",
            [
                "Organisation", "Platform", "Postgres", "PAdES", "XAdES", "COpenSSL", "CArgon2", "CLinux", asn1,
                httpClient,
                nio, nioHTTP1, log,
            ]),
        module("Exchange", ["Organisation", "Platform", "Postgres"]),
        module("Office", ["Documents", "Workflow", "Signatures", "Exchange", "Organisation", "Platform", "Postgres"]),
        module(
            "API",
            [
                "Office", "Documents", "Workflow", "Signatures", "Exchange", "Organisation", "Platform", "Postgres",
                hummingbird, hummingbirdCore, httpTypes, nio, nioHTTP1, log, lifecycle,
            ]),
        .target(
            name: "Web",
            dependencies: [
                "API", "Office", "Documents", "Workflow", "Signatures", "Exchange", "Organisation", "Platform",
                "Postgres",
                "CZlib", hummingbird, httpTypes, lifecycle, log, nio, nioHTTP1,
            ],
            exclude: ["Assets", "Templates", "Words"], swiftSettings: settings),
        module(
            "Agent", ["CPKCS11", "COpenSSL", hummingbird, httpTypes, nio, lifecycle, log]),
        .executableTarget(
            name: "vanthu",
            dependencies: [
                "Agent", "API", "Web", "Office", "Documents", "Workflow", "Signatures", "PAdES", "Organisation",
                "Platform",
                "Postgres",
                arguments, httpClient, httpTypes, hummingbird, lifecycle, unixSignals, nio, nioHTTP1, log,
            ],
            swiftSettings: settings),

        // What tests stand on: a migrated database for each suite.
        .target(
            name: "TestSupport", dependencies: ["Platform", "Postgres", "CLibPQ", log], path: "Tests/TestSupport",
            swiftSettings: settings),
        tests("PostgresTests", ["Postgres", "CLibPQ", log]),
        .testTarget(
            name: "PAdESTests", dependencies: ["PAdES", "Signatures"], exclude: ["Corpus"], swiftSettings: settings),
        tests("XAdESTests", ["XAdES", "PAdES"]),
        tests("SignaturesTests", ["Signatures", "PAdES", "Platform", "COpenSSL"]),
        tests("PlatformTests", ["TestSupport", "Platform", "Postgres", log, lifecycle]),
        tests("WebTests", ["Web", "API", "Office", "Signatures", "Postgres"]),
        tests(
            "APITests",
            [
                "TestSupport", "API", "Documents", "Workflow", "Signatures", "Platform", "Postgres", hummingbird,
                hummingbirdTesting,
                httpTypes, nio, log,
            ]),
        tests("OrganisationTests", ["TestSupport", "Organisation", "Workflow", "Platform", "Postgres"]),
        tests(
            "OfficeTests",
            [
                "TestSupport", "Office", "Documents", "Workflow", "Signatures", "PAdES", "Exchange", "Platform",
                "Postgres",
            ]),
    ]
)

// Only where scripts/bench-signatures builds it: no other build is slowed by it.
if Context.environment["VANTHU_BENCHMARKS"] != nil {
    package.targets.append(
        .executableTarget(
            name: "signature-bench", dependencies: ["PAdES", "COpenSSL"], path: "Tests/SignatureBench",
            swiftSettings: settings))
}

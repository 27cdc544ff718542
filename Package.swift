// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),  // SE-0335
  .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
  .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
]

/// What comes from other packages; docs/decisions/0001-dependencies.md says why each does.
let packages: [String: String] = [
  "ArgumentParser": "swift-argument-parser", "GRDB": "GRDB.swift", "Logging": "swift-log",
  "ServiceLifecycle": "swift-service-lifecycle", "UnixSignals": "swift-service-lifecycle", "Yams": "Yams",
]

func needs(_ names: [String]) -> [Target.Dependency] {
  names.map { name in
    packages[name].map { .product(name: name, package: $0) } ?? .target(name: name)
  }
}

func room(_ name: String, _ dependencies: String...) -> Target {
  .target(name: name, dependencies: needs(dependencies), swiftSettings: settings)
}

func program(_ name: String, path: String? = nil, _ dependencies: String...) -> Target {
  .executableTarget(name: name, dependencies: needs(dependencies), path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: String...) -> Target {
  .testTarget(name: name, dependencies: needs(dependencies), swiftSettings: settings)
}

/// What several test targets share.
func bench(_ name: String, _ dependencies: String...) -> Target {
  .target(name: name, dependencies: needs(dependencies), path: "Tests/\(name)", swiftSettings: settings)
}

let package = Package(
  name: "chargehand",
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // C: what Linux and the libraries offer.
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CModbus", pkgConfig: "libmodbus", providers: [.apt(["libmodbus-dev"])]),
    .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // The house, from the ground up: docs/architecture.md.
    room("Measures"),
    room("Metering", "Measures"),
    room("Jobs", "Measures", "Metering"),
    room("Costing", "Measures", "Metering", "Jobs"),
    room("JSON"),
    room("Devices", "Measures", "Metering", "JSON"),
    room("Contract", "Measures", "Metering", "Jobs", "Costing", "JSON"),
    room("Modbus", "CModbus"),
    room("MQTT", "CMosquitto", "COpenSSL"),
    room("Journal", "GRDB", "CCrypto"),
    room("Configuration", "Measures", "Metering", "Jobs", "Devices", "Yams"),
    room("Ledger", "Measures", "Metering", "Jobs", "Costing", "Contract", "JSON", "Journal"),
    room(
      "Gateway", "CLinux", "Measures", "Metering", "Jobs", "Costing", "JSON", "Devices", "Contract", "Modbus",
      "MQTT",
      "Journal", "Configuration", "ServiceLifecycle", "UnixSignals", "Logging"),
    room("ShopSimulator", "CModbus", "MQTT", "Measures", "Metering", "Jobs", "Costing", "JSON", "Contract"),
    program(
      "chargehand", "Gateway", "Ledger", "ShopSimulator", "Configuration", "Devices", "Contract", "Journal",
      "JSON",
      "MQTT",
      "Costing", "Jobs", "Metering", "Measures", "ArgumentParser", "Logging"),

    // Programs for the tests and the benchmarks.
    program(
      "footprint", path: "Benchmarks/Footprint", "ShopSimulator", "Contract", "Jobs", "Journal", "MQTT"),
    program(
      "simulate", path: "Tests/Simulate", "TestShop", "TestScales", "TestMachines", "CAllocations",
      "Measures", "Metering"),
    // Counts what memory is asked for.
    .target(name: "CAllocations", path: "Tests/CAllocations"),

    // Plays a whole shop around the core: real meters, a clock by hand.
    bench("TestShop", "Measures", "Metering", "Jobs", "Costing"),
    // Days at a scale with everything that happens there, and the truth about them.
    bench("TestScales", "Measures", "Metering", "TestShop"),
    // Days at machines that are timed and counted, and what must come of them.
    bench("TestMachines", "Measures", "Metering", "TestShop"),
    // Whether the long rounds of `make torture` are wanted.
    bench("Torture"),
    // Starts the real daemon in a simulated shop, and ends it in every way there is.
    bench("TestGateway", "ShopSimulator", "MQTT", "Contract", "Journal", "JSON", "Jobs"),

    tests("ArchitectureTests"),
    tests("MeasuresTests", "Measures"),
    tests("MeteringTests", "Measures", "Metering"),
    tests("JobsTests", "Measures", "Metering", "Jobs", "Costing", "TestShop"),
    tests("CostingTests", "Measures", "Metering", "Jobs", "Costing", "Configuration", "TestShop"),
    tests("JSONTests", "JSON"),
    tests("DevicesTests", "Measures", "Metering", "JSON", "Devices"),
    tests("ContractTests", "Measures", "Metering", "Jobs", "Costing", "JSON", "Contract", "Yams"),
    tests("ModbusTests", "Modbus", "ShopSimulator", "Torture"),
    tests("MQTTTests", "MQTT", "ShopSimulator", "Torture"),
    tests("JournalTests", "Journal", "Torture"),
    tests("ConfigurationTests", "Measures", "Metering", "Jobs", "Devices", "Configuration"),
    .testTarget(
      name: "ProfileTests",
      dependencies: needs([
        "Configuration", "Devices", "Gateway", "Journal", "Measures", "Metering", "Modbus", "JSON",
        "ShopSimulator",
        "Logging",
        "Yams",
      ]), exclude: ["Fixtures"], swiftSettings: settings),
    tests("ShopSimulatorTests", "Contract", "JSON", "Jobs", "MQTT", "Measures", "Modbus", "ShopSimulator"),
    tests(
      "EngineTests", "Gateway", "Configuration", "Contract", "Devices", "Jobs", "Journal", "JSON", "Measures",
      "Metering", "MQTT", "CLinux", "GRDB", "Logging"),
    // These start the program itself, so it has to be built with them.
    tests(
      "GatewayTests", "chargehand", "TestGateway", "ShopSimulator", "MQTT", "Contract", "Journal", "JSON",
      "Jobs", "Torture"),
    tests(
      "LedgerTests", "chargehand", "TestGateway", "ShopSimulator", "Contract", "Journal", "JSON", "Jobs",
      "Ledger", "GRDB"),
  ]
)

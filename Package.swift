// swift-tools-version: 6.2
// While the house is being built, rooms that do not stand yet are left out.
import Foundation
import PackageDescription

let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
func stands(_ path: String) -> Bool {
  FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
}

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),  // SE-0335
  .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
  .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
]

let packages: [String: (product: String, package: String)] = [
  "GRDB": ("GRDB", "GRDB.swift"),
  "Yams": ("Yams", "Yams"),
  "ArgumentParser": ("ArgumentParser", "swift-argument-parser"),
  "UnixSignals": ("UnixSignals", "swift-service-lifecycle"),
  "ServiceLifecycle": ("ServiceLifecycle", "swift-service-lifecycle"),
  "Logging": ("Logging", "swift-log"),
]

func needs(_ names: [String]) -> [Target.Dependency] {
  names.compactMap { name in
    if let external = packages[name] {
      return .product(name: external.product, package: external.package)
    }
    return stands("Sources/\(name)") || stands("Tests/\(name)") ? .target(name: name) : nil
  }
}

func room(_ name: String, _ dependencies: String...) -> Target {
  .target(name: name, dependencies: needs(dependencies), swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: String...) -> Target {
  .testTarget(name: name, dependencies: needs(dependencies), swiftSettings: settings)
}

let core = ["Measures", "Metering", "Jobs", "Costing"]

let all: [Target] = [
  .systemLibrary(name: "CLinux"),
  .systemLibrary(name: "CModbus", pkgConfig: "libmodbus", providers: [.apt(["libmodbus-dev"])]),
  .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
  .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
  room("Measures"),
  room("Metering", "Measures"),
  room("Jobs", "Measures", "Metering"),
  room("Costing", "Measures", "Metering", "Jobs"),
  room("JSON"),
  room("Devices", "Measures", "Metering", "JSON"),
  room("Contract", "Measures", "Metering", "Jobs", "Costing", "JSON"),
  room("Modbus", "CModbus"),
  room("MQTT", "CLinux", "CMosquitto"),
  room("Journal", "Measures", "Metering", "Jobs", "Costing", "GRDB", "CCrypto"),
  room("Configuration", "Measures", "Metering", "Jobs", "Costing", "Devices", "Yams"),
  room("Ledger", "Measures", "Metering", "Jobs", "Costing", "Contract", "JSON", "Journal"),
  room(
    "Gateway", "CLinux", "Measures", "Metering", "Jobs", "Costing", "JSON", "Devices", "Contract", "Modbus",
    "MQTT",
    "Journal", "Configuration", "ServiceLifecycle", "UnixSignals", "Logging"),
  room("ShopSimulator", "CModbus", "MQTT", "Measures", "Metering", "Jobs", "Costing", "JSON", "Contract"),
  .executableTarget(
    name: "chargehand",
    dependencies: needs(
      [
        "Gateway", "Ledger", "ShopSimulator", "Configuration", "Contract", "Journal", "JSON",
        "ArgumentParser", "Logging",
      ] + core),
    swiftSettings: settings),
  // Plays a whole shop around the core for the tests and the simulation: real meters, a clock by hand.
  .target(name: "TestShop", dependencies: needs(core), path: "Tests/TestShop", swiftSettings: settings),
  // Starts the real daemon in a simulated shop, and ends it in every way there is.
  .target(
    name: "TestGateway", dependencies: needs(["ShopSimulator", "MQTT", "Contract", "Journal", "JSON", "Jobs"]),
    path: "Tests/TestGateway", swiftSettings: settings),
  .executableTarget(
    name: "simulate", dependencies: ["TestShop"], path: "Tests/Simulate", swiftSettings: settings),
  tests("ArchitectureTests"),
  tests("MeasuresTests", "Measures"),
  tests("MeteringTests", "Measures", "Metering"),
  tests("JobsTests", "Measures", "Metering", "Jobs", "Costing", "TestShop"),
  tests("CostingTests", "Measures", "Metering", "Jobs", "Costing", "TestShop"),
  tests("JSONTests", "JSON"),
  tests("DevicesTests", "Measures", "Metering", "JSON", "Devices"),
  tests("ContractTests", "Measures", "Metering", "Jobs", "Costing", "JSON", "Contract"),
  tests("ModbusTests", "Modbus", "ShopSimulator"),
  tests("MQTTTests", "MQTT", "ShopSimulator"),
  tests("JournalTests", "Measures", "Metering", "Jobs", "Costing", "Journal"),
  // They start the program itself, so it has to be built with them.
  tests(
    "GatewayTests", "chargehand", "TestGateway", "ShopSimulator", "MQTT", "Contract", "Journal", "JSON", "Jobs"),
  tests(
    "LedgerTests", "chargehand", "TestGateway", "ShopSimulator", "Contract", "Journal", "JSON", "Jobs", "Ledger",
    "GRDB"),
  tests("ConfigurationTests", "Measures", "Metering", "Jobs", "Costing", "Devices", "Configuration"),
]

let package = Package(
  name: "chargehand",
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: all.filter { stands($0.path ?? ($0.type == .test ? "Tests/\($0.name)" : "Sources/\($0.name)")) }
)

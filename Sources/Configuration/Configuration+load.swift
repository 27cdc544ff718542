import Devices
import Jobs
import Measures
import Metering

extension Configuration {
  /// A configuration holds a few thousand lines at most.
  public static let maximumBytes = 1 << 20

  /// Reads and checks a file, reporting every mistake in one go.
  /// - Parameters:
  ///   - path: as the messages will name it.
  ///   - credentialsDirectory: `$CREDENTIALS_DIRECTORY`.
  ///   - profileDirectories: where profiles are looked for that do not stand in `profiles` beside the file.
  ///   - digest: a hash as 1 to 64 of `A-Za-z0-9._-`: SHA-256 in hexadecimal. It names the version.
  public static func load(
    path: String, credentialsDirectory: String?, profileDirectories: [String] = [],
    digest: ([UInt8]) -> String
  ) -> Result<Configuration, ConfigurationErrors> {
    let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "" : String(path[..<$0]) } ?? "."
    let environment = ConfigurationEnvironment(
      credentialsDirectory: credentialsDirectory, configurationDirectory: directory,
      profileDirectories: profileDirectories)
    do {
      let bytes = try FileBytes.read(path, maximum: maximumBytes)
      return read(bytes, file: path, environment: environment, digest: digest)
    } catch {
      let report = Report(file: path)
      report.note(.error, "cannot be read: \(error)", path: "", at: .nowhere)
      return .failure(ConfigurationErrors(mistakes: report.mistakes, warnings: []))
    }
  }

  /// The same for bytes that are here already.
  public static func read(
    _ bytes: [UInt8], file: String, environment: ConfigurationEnvironment, digest: ([UInt8]) -> String
  ) -> Result<Configuration, ConfigurationErrors> {
    let report = Report(file: file)
    let reader = ConfigurationReader(report: report, environment: environment)
    let configuration = report.text(of: bytes).flatMap { text -> Configuration? in
      var parser = TreeParser(report: report)
      let library = ProfileLibrary(report: report, directories: environment.profileDirectories)
      return parser.parse(text).flatMap { tree in
        reader.configuration(
          ProfileExpansion(report: report, library: library).expand(tree), digest: digest)
      }
    }
    guard report.mistakes.isEmpty, var configuration else {
      return .failure(ConfigurationErrors(mistakes: report.mistakes, warnings: report.warnings))
    }
    configuration.warnings = report.warnings
    return .success(configuration)
  }
}

extension Report {
  /// The bytes as text; what is not UTF-8, and control characters, which YAML does not allow, are mistakes.
  func text(of bytes: [UInt8], file: String? = nil) -> String? {
    var place = Place(line: 1, column: 1, file: file)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while true {
      switch decoder.decode(&iterator) {
      case .emptyInput: return String(decoding: bytes, as: UTF8.self)
      case .error:
        note(.error, "is not UTF-8 text", path: "", at: place)
        return nil
      case .scalarValue("\n"): place = Place(line: place.line + 1, column: 1, file: file)
      case .scalarValue(let scalar):
        let isAllowed =
          scalar.properties.generalCategory != .control || ["\t", "\r", "\u{85}"].contains(scalar)
        guard isAllowed else {
          note(
            .error, "a control character is not allowed here (found \(String(scalar).shown))", path: "",
            at: place)
          return nil
        }
        place.column += 1
      }
    }
  }
}

extension ConfigurationReader {
  /// Sections are read in the order in which they refer to each other; mistakes are sorted afterwards.
  fileprivate func configuration(_ tree: Tree, digest: ([UInt8]) -> String) -> Configuration? {
    let root = Cursor(tree: tree, path: "", report: report)
    guard let section = root.section() else { return nil }
    _ = section.required("version")?.read("1, the only version there is") { $0 == "1" ? 1 : nil }
    let gateway = gateway(section.required("gateway"))
    let broker = broker(section.required("mqtt"))
    let brokers = brokers(section.optional("brokers"))
    let buses = buses(section.optional("buses"))
    let devices = devices(section.optional("devices"))
    let prices = priceList(section.optional("price_list"), currency: gateway?.currency)
    let centers = workCenters(section.optional("work_centers"))
    let customers = customers(section.optional("customers"))
    let billing = billing(section.optional("billing"))
    let completion = completion(section.optional("completion"))
    section.finish()
    warnOfIdleDevices(section.optional("devices"), centers)
    warnOfIdleBrokers(section.optional("brokers"), devices)

    let canonical = "chargehand configuration 1\n" + tree.canonicalText
    guard let version = RulesVersion(digest(Array(canonical.utf8))) else {
      report.note(
        .error, "the digest of this configuration is not 1 to 64 of A-Z a-z 0-9 . _ -", path: "", at: .start)
      return nil
    }
    guard let gateway, let broker, let prices else { return nil }
    let rules = Rules(
      version: version, workCenters: centers.rules, priceList: prices, customers: customers, billing: billing,
      completion: completion,
      draftDelay: gateway.draftDelay, requiresSynchronizedClock: gateway.requiresSynchronizedClock)
    return Configuration(
      gateway: gateway, broker: broker, brokers: brokers, buses: buses, devices: devices, rules: rules,
      feedback: centers.feedback, tasks: centers.tasks,
      warnings: [])
  }

  private func warnOfIdleBrokers(_ cursor: Cursor?, _ devices: [DeviceDescription]) {
    // A device with a mistake may name one.
    guard declared.devices.values.allSatisfy({ $0.description != nil }) else { return }
    let used = Set(devices.compactMap(\.broker))
    for item in cursor.map({ $0.items() }) ?? [] {
      guard let id = item.section()?.optional("id"), let broker = id.text.flatMap(BrokerID.init(_:)),
        declared.brokers[broker] != nil, !used.contains(broker)
      else { continue }
      report.note(.warning, "no device names this broker", path: "brokers.\(broker)", at: id.tree.place)
    }
  }

  private func warnOfIdleDevices(_ cursor: Cursor?, _ centers: WorkCenters) {
    var used = Set(centers.tasks.keys.map(\.device))
    for center in centers.rules.values {
      used.formUnion((center.scales + [center.runState, center.energy].compactMap { $0 }).map(\.device))
      used.formUnion(center.buttons)
    }
    for item in cursor.map({ $0.items() }) ?? [] {
      guard let id = item.section()?.optional("id"), let device = id.text.flatMap(DeviceID.init(_:)),
        declared.devices[device] != nil, !used.contains(device)
      else { continue }
      report.note(
        .warning, "no work center uses this device", path: "devices.\(device)", at: id.tree.place)
    }
  }
}

import Configuration

/// A small shop without a mistake; the tests break one thing at a time.
enum Shop {
  static let text = """
    version: 1
    gateway:
      id: shop-1
      name: North Street
      timezone: UTC
      currency: USD
    mqtt:
      broker: mqtt://127.0.0.1:1883
    buses:
      - id: floor
        tcp: 127.0.0.1:1502
      - id: line
        serial: /dev/ttyS0
        baud: 19200
        parity: even
        stop_bits: 1
        response_timeout: 1s
    devices:
      - id: scale
        bus: line
        unit: 3
        poll: 200ms
        channels:
          weight:
            holding: 7
            type: int32
            word_order: high_first
            scale: 0.1
            unit: g
            division: 0.1g
            stable: {holding: 6, bit: 11}
            invalid: {holding: 6, mask: 0x3F}
      - id: mill
        bus: floor
        unit: 2
        channels:
          run_state: {holding: 4, map: {0: idle, 1: running}}
          action: {discrete_input: 3, on_rising: toggle}
      - id: printer
        channels:
          run_state: {topic: shop/printer/state, json: state, map: {printing: running, done: done}}
          energy: {topic: shop/printer/power, json: energy.total, unit: kWh}
        online: {topic: shop/printer/online, map: {"true": online, "false": offline}}
      - id: laser
        channels:
          power: {topic: shop/laser, json: apower, unit: W}
          run_state: {from: power, running_above: 60W, idle_below: 15W}
    work_centers:
      - id: mill
        run_state: mill
        scales: [scale]
        buttons: [mill]
        machine_rate: mill
        max_use_rate: 500g/min
      - {id: printer, run_state: printer, energy: printer, machine_rate: mk4}
      - {id: laser, run_state: laser, run_ends: {idle_for: 10min}}
    price_list:
      materials:
        pla: {name: PLA, price: 24.90/kg, tax: standard}
      machines:
        mk4: {price: 6.00/h, tax: standard}
        mill: {price: 85.00/h, increment: 6min, minimum: 15min, setup: 20.00, tax: standard}
      labor:
        sanding: {price: 45.00/h, tax: exempt}
      energy: {price: 0.21/kWh, tax: standard}
      services:
        design: {price: 35.00, tax: exempt, markup: none}
      markup: 15%
      taxes:
        standard: {rate: 8.25%, category: S}
        exempt: {rate: 0%, category: E, reason: Exempt}
    customers:
      - {ref: acme, name: Acme, markup: 20%, delivery: draft}

    """

  static let environment = ConfigurationEnvironment(
    credentialsDirectory: nil, configurationDirectory: "/nonexistent")

  static func read(_ text: String) -> Result<Configuration, ConfigurationErrors> {
    read(Array(text.utf8))
  }

  static func read(_ bytes: [UInt8]) -> Result<Configuration, ConfigurationErrors> {
    Configuration.read(bytes, file: "shop.yaml", environment: environment, digest: checksum)
  }

  /// FNV-1a: not for keeping, but it tells two texts apart.
  static func checksum(_ bytes: [UInt8]) -> String {
    let hash = bytes.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    return String(hash, radix: 16)
  }

  /// The lines of the mistakes, without the file's name.
  static func mistakes(_ result: Result<Configuration, ConfigurationErrors>) -> [String] {
    guard case .failure(let errors) = result else { return [] }
    return errors.mistakes.map { String($0.description.dropFirst("shop.yaml:".count)) }
  }

  static func warnings(_ result: Result<Configuration, ConfigurationErrors>) -> [String] {
    let warnings =
      switch result {
      case .success(let configuration): configuration.warnings
      case .failure(let errors): errors.warnings
      }
    return warnings.map { String($0.description.dropFirst("shop.yaml:".count)) }
  }

  /// The text with one place changed; the place must be there exactly once.
  static func text(changing old: String, to new: String) throws -> String {
    let parts = text.splitOnce(by: old)
    guard let parts, !parts.1.contains(old) else { throw NotThereOnce(text: old) }
    return parts.0 + new + parts.1
  }

  struct NotThereOnce: Error { let text: String }
}

extension String {
  fileprivate func splitOnce(by separator: String) -> (String, String)? {
    guard let range = firstRange(of: separator) else { return nil }
    return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
  }
}

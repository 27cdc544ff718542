/// The configuration of the played shop, for the gateway that is to run in it.
public struct ShopConfiguration: Sendable {
  public var gateway = "demo-shop"
  public var brokerPort: UInt16
  public var modbusPort: UInt16
  public var serialPath: String
  /// May be relative to the configuration's folder.
  public var stateDirectory: String
  public var commitInterval = "1s"
  public var draftDelay = "0s"
  /// Further lines of the section `mqtt`: a login.
  public var broker: [String] = []

  public init(brokerPort: UInt16, modbusPort: UInt16, serialPath: String, stateDirectory: String) {
    self.brokerPort = brokerPort
    self.modbusPort = modbusPort
    self.serialPath = serialPath
    self.stateDirectory = stateDirectory
  }

  /// The file's text.
  public var text: String {
    let login = broker.map { "\n  \($0)" }.joined()
    return """
      # The simulated shop. Its machines work about a hundred times as fast as real ones, so the plausible rates
      # and the divisions of its scales are a hundred times as large as well.
      version: 1
      gateway:
        id: \(gateway)
        name: North Street Fabrication
        timezone: America/Chicago
        currency: USD
        state_directory: \(stateDirectory)
        commit_interval: \(commitInterval)
        draft_delay: \(draftDelay)
      mqtt:
        broker: mqtt://127.0.0.1:\(brokerPort)\(login)
      buses:
        - id: floor
          tcp: 127.0.0.1:\(modbusPort)
        - id: rs485
          serial: \(serialPath)
          baud: 19200
          parity: even
          stop_bits: 1
          response_timeout: 1s

      """ + Self.devices + Self.prices
  }

  private static let devices = """
    devices:
      - id: spool-scale-1
        bus: rs485
        unit: 3
        poll: 200ms
        channels:
          weight:
            holding: 7
            type: int32
            word_order: high_first
            scale: 0.1
            unit: g
            division: 1g
            stable: {holding: 6, bit: 11}
            overload: {holding: 6, bit: 2}
            invalid: {holding: 6, mask: 0x003F}
      - id: scale-2
        bus: floor
        unit: 1
        poll: 200ms
        channels:
          weight:
            holding: 7
            type: int32
            word_order: high_first
            scale: 0.1
            unit: g
            division: 1g
            stable: {holding: 6, bit: 11}
            overload: {holding: 6, bit: 2}
            invalid: {holding: 6, mask: 0x003F}
      - id: mill-1
        bus: floor
        unit: 2
        poll: 200ms
        channels:
          run_state: {discrete_input: 0}
          action: {discrete_input: 3, on_rising: toggle}
      - id: printer-1
        channels:
          run_state:
            topic: shop/printers/1/state
            json: state
            map:
              printing: running
              paused: paused
              idle: idle
              error: fault
              finished: done
              canceled: canceled
              failed: failed
          energy: {topic: shop/printers/1/power, json: energy.total, unit: kWh}
        online: {topic: shop/printers/1/online, map: {"true": online, "false": offline}}
      - id: andon-1
        channels:
          action: {topic: zigbee2mqtt/andon-1, json: action, map: {single: toggle, hold: complete}}
    work_centers:
      - id: printer-1
        name: MK4 on bench 1
        run_state: printer-1
        scales: [spool-scale-1]
        energy: printer-1
        buttons: [andon-1]
        machine_rate: mk4
        run_ends: done
        max_use_rate: 300g/min
      - id: mill-1
        name: Mill by the door
        run_state: mill-1
        scales: [scale-2]
        buttons: [mill-1]
        machine_rate: mill
        max_use_rate: 500g/min

    """

  private static let prices = """
    price_list:
      materials:
        pla-black: {name: "PLA, black", price: 24.90/kg, tax: standard}
        aluminum-6061: {name: Aluminum 6061, price: 11.40/kg, tax: standard}
      machines:
        mk4: {name: "Printing, MK4", price: 6.00/h, increment: 6min, tax: standard}
        mill: {name: Milling, price: 85.00/h, increment: 6min, minimum: 15min, setup: 20.00, tax: standard}
      labor:
        post-processing: {name: Post-processing, price: 45.00/h, tax: exempt}
      energy: {price: 0.21/kWh, tax: standard}
      services:
        design-revision: {name: Design revision fee, price: 35.00, tax: exempt}
      markup: 15%
      taxes:
        standard: {rate: 8.25%, category: S}
        exempt: {rate: 0%, category: E, reason: Exempt service}
    customers:
      - {ref: acme, name: Acme Robotics, markup: 20%, terms: net 15, delivery: draft}
      - {ref: globex, name: Globex, batch: on_command}

    """
}

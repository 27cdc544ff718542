import ArgumentParser
import Configuration
import Devices
import Foundation
import Gateway
import Measures

struct ProbeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Read a device's registers in every way, beside what its display shows.",
    discussion: """
      With --shows only the readings that match are printed, the likeliest first, and the lines to paste into the
      configuration. Several usually match: change the load and probe again, and see which still does.

        chargehand probe --tcp 192.168.1.20 --unit 1 --holding 0 --count 20 --shows 962.5
        chargehand probe --bus rs485 --unit 3 --input 1 --count 8 --shows=-3.05
      """)
  @OptionGroup var options: ConfigurationOption
  @Option(help: "A bus of the configuration.") var bus: String?
  @Option(help: "A Modbus TCP server, HOST or HOST:PORT.") var tcp: String?
  @Option(help: "A serial line, such as /dev/serial/by-id/….") var serial: String?
  @Option(help: "Of the serial line.") var baud = 19_200
  @Option(help: "Of the serial line: none, even or odd.") var parity = "even"
  @Option(help: "The device's address on the bus, 0 to 255.") var unit: UInt8 = 1
  @Option(help: "Read holding registers from this wire address on, counted from 0.") var holding: UInt16?
  @Option(help: "Read input registers from this wire address on, counted from 0.") var input: UInt16?
  @Option(help: "How many registers, 1 to 125.") var count: UInt16 = 4
  @Option(help: "What the device's own display shows, such as 962.5.") var shows: String?

  func validate() throws {
    guard [bus, tcp, serial].compactMap({ $0 }).count == 1 else {
      throw ValidationError("say where the device is by one of --bus, --tcp and --serial")
    }
    guard (holding == nil) != (input == nil) else {
      throw ValidationError("say where to read by one of --holding and --input")
    }
    guard (1...125).contains(count) else { throw ValidationError("--count is 1 to 125 (found \(count))") }
    if let shows, Decimal(shows) == nil {
      throw ValidationError("--shows is a number such as 962.5 (found \(shows))")
    }
  }

  func run() async throws {
    let table: RegisterTable = holding == nil ? .input : .holding
    let address = holding ?? input ?? 0
    let probe: Probe
    do {
      probe = try Probe(line: line())
    } catch let error as ProbeError {
      throw Complaint(.usage, "\(error)")
    }
    let registers: [UInt16]
    do {
      registers = try await probe.read(unit: unit, table, from: address, count: count)
    } catch {
      throw Complaint(.refused, "\(error)")
    }
    let shown = shows.flatMap { Decimal($0) }
    let guesses = RegisterGuess.all(in: registers, table, from: address, shown: shown)
    guard let shown else {
      print(ProbeText.everything(registers, table, from: address, guesses))
      return
    }
    guard let best = guesses.first else {
      print(ProbeText.registers(registers, table, from: address))
      throw Complaint(
        .refused,
        "nothing in \(table.rawValue) \(address) to \(Int(address) + registers.count - 1) reads as \(shown); "
          + "try other addresses, or the other table")
    }
    print(ProbeText.matches(guesses))
    print()
    print(ProbeText.channel(best))
  }

  private func line() throws -> Probe.Line {
    if let tcp { return .tcp(tcp) }
    if let serial { return .serial(path: serial, baud: baud, parity: parity) }
    let configuration = try ConfigurationFile.require(options.config)
    guard let found = configuration.buses.first(where: { $0.id.text == bus }) else {
      let known = configuration.buses.map(\.id.text).joined(separator: ", ")
      throw Complaint(
        .usage,
        "there is no bus \(bus ?? "") in \(options.config)\(known.isEmpty ? "" : "; there are: \(known)")")
    }
    return .bus(found)
  }
}

import ArgumentParser
import Contract
import Foundation
import Measures

struct MeterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meter", abstract: "Meter a recording from standard input, as the daemon would.",
    discussion: """
      A recording is one JSON object a line: first what the meters must know, then what was read, each with its time in
      seconds or as RFC 3339. docs/metering.md has every member.

        chargehand meter <recording.jsonl

        {"unit":"g","division":"0.1"}
        {"at":0,"weight":"962.5","stable":true}
        {"at":1,"open":"first print"}
        {"at":1.5,"state":"running"}
        …
        {"at":900,"close":"first print"}

      Out comes one JSON object: the runs with their material, machine time, marks and pieces, what was nobody's, and how
      the load was changed.
      """)
  @Option(help: "The scale's smallest step in place of the recording's, such as 0.5 (in its unit).")
  var division: String?
  @Option(name: .customLong("max-use-rate"), help: "In place of the recording's, such as 500g/min.")
  var maxUseRate: String?

  func run() throws {
    if isatty(STDIN_FILENO) == 1 {
      FileHandle.standardError.write(
        Data("chargehand: reads a recording from the keyboard; end it with Ctrl-D\n".utf8))
    }
    let bytes = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    let recording: Recording
    do {
      recording = try Recording(bytes)
    } catch {
      throw Complaint(.refused, "\(error)")
    }
    let head = recording.head.replacing(
      maxUseRate: try MassRate(option: maxUseRate), division: try division(in: recording.head.unit))
    print(String(decoding: recording.metered(by: head).bytes, as: UTF8.self))
  }

  private func division(in unit: MassUnit) throws -> Mass? {
    guard let division else { return nil }
    guard let number = Decimal(division), let mass = Mass(number, unit), mass > .zero else {
      throw Complaint(.usage, "--division is a number above 0 such as 0.5 (found \(division))")
    }
    return mass
  }
}

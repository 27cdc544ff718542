import ShopSimulator
import Testing
import Torture

@testable import Modbus

/// Every fault of a device or a line, over every transport: whatever comes, no value is believed that is not the one
/// that was asked for.
@Suite(.serialized, .timeLimit(.minutes(isTorture ? 10 : 3))) struct FaultMatrixTests {
  private static let timeoutMilliseconds = 40
  /// A shop's pace.
  private static let periodMilliseconds = 100
  private static let polls = isTorture ? 2_000 : 200
  private static let points = [Point(.holding, 0, count: 2), Point(.holding, 10, count: 2)]

  private static let faults: [ModbusFault] = [
    .late(milliseconds: 30), .late(milliseconds: 42), .late(milliseconds: 60), .late(milliseconds: 95), .mute,
    .duplicated(afterMilliseconds: 0), .duplicated(afterMilliseconds: 5), .truncated(bytes: 1),
    .truncated(bytes: 4), .truncated(bytes: 7), .wrongUnit(2), .wrongFunction, .wrongLength,
    .wrongTransaction,
    .corrupted, .exception(4), .dripped(millisecondsPerByte: 2), .dripped(millisecondsPerByte: 8), .hangUp,
    .reset, .halfOpen,
  ]

  struct Cell: Sendable {
    let fault: ModbusFault
    var right = 0
    var wrong = 0
    var failed = 0
    /// How long the device was missed after each failed sweep, in milliseconds.
    var absences: [Int64] = []
  }

  /// One reply in nine of the first scale goes wrong; the second shares the bus.
  private static func play(
    _ fault: ModbusFault, over transport: Transport, defense: Guard, polls: Int, scales: UInt8
  ) async throws -> Cell {
    let shop = try Shop(
      transport, map: Truth.map(units: 1...2), timeoutMilliseconds: timeoutMilliseconds,
      script: { $0.unit == 1 && $0.numberOfUnit % 9 == 4 ? fault : nil })
    defer { shop.close() }
    let plans = try (1...scales).map { unit in
      try PollPlan(
        name: "scale \(unit)", unit: unit, periodMilliseconds: periodMilliseconds, groups: points.map { [$0] }
      )
    }
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: plans, defense: defense)
    return try await running(bus) { sweeps in
      var cell = Cell(fault: fault)
      var failedAt: Int64?
      while cell.right + cell.wrong + cell.failed < polls {
        let sweep = try await sweeps.first { _ in true }
        guard let image = sweep.image else {
          cell.failed += 1
          if sweep.unit == 1, failedAt == nil { failedAt = sweep.finishedAtMilliseconds }
          continue
        }
        if Truth.wrong(image, unit: sweep.unit, points) > 0 { cell.wrong += 1 } else { cell.right += 1 }
        if sweep.unit == 1, let failed = failedAt {
          cell.absences.append(sweep.finishedAtMilliseconds - failed)
          failedAt = nil
        }
      }
      return cell
    }
  }

  /// The cells wait most of the time, so all of one transport are played at once.
  private static func row(
    _ faults: [ModbusFault], over transport: Transport, defense: Guard, polls: Int = polls,
    scales: UInt8 = 2
  ) async throws -> [Cell] {
    try await withThrowingTaskGroup(of: Cell.self) { group in
      for fault in faults {
        group.addTask {
          try await play(fault, over: transport, defense: defense, polls: polls, scales: scales)
        }
      }
      var cells: [Cell] = []
      for try await cell in group { cells.append(cell) }
      return cells
    }
  }

  @Test(arguments: Transport.allCases)
  func `no fault becomes a wrong value, and a device is back within three polls`(
    transport: Transport
  ) async throws {
    // A corrupted TCP frame has no checksum to fail: its link layer has.
    let faults = Self.faults.filter { transport != .tcp || $0 != .corrupted }
    let cells = try await Self.row(faults, over: transport, defense: .on)
    #expect(cells.count == faults.count)
    for cell in cells {
      #expect(cell.wrong == 0, "\(cell)")
      #expect(cell.right >= Self.polls / 2, "\(cell)")
      // A busy machine may be late once. Under a sanitizer the pace says nothing.
      let late = cell.absences.count { $0 > 3 * Self.periodMilliseconds }
      #expect(slack > 1 || late <= 1 + cell.absences.count / 20, "\(cell)")
    }
    let absences = cells.flatMap(\.absences).sorted()
    let slowest = try #require(absences.last)
    let typical = absences[absences.count / 2]
    let failed = cells.map(\.failed).reduce(0, +)
    let wrong = cells.map(\.wrong).reduce(0, +)
    print(
      "\(transport): \(cells.count) faults × \(Self.polls) polls, \(failed) failed, \(wrong) wrong; back in \(typical) ms, at most \(slowest)"
    )
    #expect(failed > cells.count, "hardly anything went wrong, which proves nothing")
  }

  /// On TCP each reply bears the number of its request, with the guard or without.
  @Test(arguments: [Transport.serial, .rtuOverTCP])
  func `with the guard off the matrix finds wrong values on a line`(transport: Transport) async throws {
    let faults: [ModbusFault] = [
      .late(milliseconds: 42), .late(milliseconds: 60), .duplicated(afterMilliseconds: 5),
    ]
    // A second scale would notice, by the number of the unit, that the line is out of step.
    let cells = try await Self.row(faults, over: transport, defense: .off, polls: 24, scales: 1)
    #expect(cells.map(\.wrong).reduce(0, +) > 0)
  }
}

import Contract
import Foundation
import JSON
import ShopSimulator
import Synchronization

/// The shop as somebody at a panel sees it: from the retained state on the broker and nothing else. On a terminal
/// a table that is painted anew, below what was said; elsewhere a line each second.
final class DemoPanel: Sendable {
  private struct Row: Sendable {
    let place: String
    let machine: String
    let work: String
    var grams: Double
    var seconds: Double
    var wattHours: Double?
    let action: String
  }

  private struct Canvas: Sendable {
    /// Lines of the table on the screen, to be painted over.
    var height = 0
    var isClosed = false
    /// What was shown last of each work center.
    var shown: [String: Row] = [:]

    /// Between a run's end and its meters' settling nobody says what they hold, and a paid job leaves the board: a
    /// tally that shrinks would only puzzle.
    mutating func raise(_ row: Row) -> Row {
      var row = row
      if let last = shown[row.place] {
        row.grams = max(row.grams, last.grams)
        row.seconds = max(row.seconds, last.seconds)
        row.wattHours = row.wattHours.map { max($0, last.wattHours ?? 0) } ?? last.wattHours
      }
      shown[row.place] = row
      return row
    }
  }

  let client: BrokerClient
  private let prefix: String
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private let began = ContinuousClock.now
  private let canvas = Mutex(Canvas())

  init(shop: SimulatedShop) {
    client = shop.panel()
    prefix = shop.topics.prefix
  }

  /// Paints until cancelled.
  func show() async {
    while !Task.isCancelled {
      paint(above: nil)
      try? await Task.sleep(for: isTerminal ? .milliseconds(400) : .seconds(1))
    }
  }

  /// A sentence of the story; it stays.
  func say(_ sentence: String) { paint(above: "\(elapsed)  \(Terminal.styled(sentence, .bold))") }

  /// Leaves the table as it is.
  func close() {
    canvas.withLock { canvas in
      canvas.isClosed = true
      canvas.height = 0
    }
  }

  private var elapsed: String {
    let seconds = String((ContinuousClock.now - began).components.seconds)
    return String(repeating: " ", count: max(0, 3 - seconds.count)) + seconds + " s"
  }

  private func paint(above sentence: String?) {
    let rows = ["printer-1", "mill-1"].map(row)
    canvas.withLock { canvas in
      let rows = rows.map { canvas.raise($0) }
      guard isTerminal, !canvas.isClosed else {
        let text =
          sentence ?? (canvas.isClosed ? nil : "\(elapsed)  \(rows.map(Self.line).joined(separator: " | "))")
        if let text { Self.write(text + "\n") }
        return
      }
      let table = "\n" + Self.table(rows)
      var text = canvas.height > 0 ? "\u{1B}[\(canvas.height)A\r\u{1B}[J" : ""
      if let sentence { text += sentence + "\n" }
      canvas.height = table.count { $0 == "\n" } + 1
      Self.write(text + table + "\n")
    }
  }

  private static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

  private static func table(_ rows: [Row]) -> String {
    Terminal.table(
      ["work center", "machine", "job", "material", "running", "energy", "last action"],
      rows.map { row in
        [
          row.place, row.machine, row.work, number(row.grams, "g"), number(row.seconds, "s"),
          row.wattHours.map { number($0, "Wh") } ?? "", row.action,
        ]
      })
  }

  private static func line(_ row: Row) -> String {
    let energy = row.wattHours.map { ", \(number($0, "Wh"))" } ?? ""
    return
      "\(row.place) \(row.machine) \(row.work): \(number(row.grams, "g")), \(number(row.seconds, "s"))\(energy)"
  }

  private static func number(_ value: Double, _ unit: String) -> String {
    let tenths = Int((value * 10).rounded())
    let text = "\(tenths / 10).\(abs(tenths % 10)) \(unit)"
    return String(repeating: " ", count: max(0, 8 - text.count)) + text
  }

  // MARK: Reading the board

  private func row(_ id: String) -> Row {
    let center = board("work-center/\(id)")
    let current = center?["run"]?.string
    var job = center?["job"]?.string
    var note = ""
    if job == nil, let paused = center?["paused"] {
      job = paused["job"]?.string
      note = ", paused"
    }
    let part = center?["part"]?.string ?? center?["paused"]?["part"]?.string
    var tallies = ended(at: id, besides: current)
    if let live = center?["tallies"] { tallies.append(live) }
    let energies = tallies.compactMap { $0["kwh"]?.string.flatMap(Double.init) }
    let last = center?["last_action"]
    let isRefused = last?["ok"]?.bool == false
    let action = last.map { "\($0["action"]?.string ?? ""): \($0["message"]?.string ?? "")" } ?? ""
    return Row(
      place: id, machine: center?["run_state"]?.string ?? "-",
      work: job.map { "\($0)\(part.map { "/\($0)" } ?? "")\(note)" } ?? "-",
      grams: tallies.flatMap { $0["materials"]?.array ?? [] }.reduce(0) { $0 + Self.value($1["quantity"]) },
      seconds: tallies.reduce(0) { $0 + Self.value($1["seconds"]?["running"]) },
      wattHours: energies.isEmpty ? nil : energies.reduce(0, +) * 1000,
      action: isRefused ? Terminal.styled(action, .red) : action)
  }

  /// The tallies of the job's runs that have ended there.
  private func ended(at place: String, besides current: String?) -> [JSONValue] {
    let runs = (board("job/\(ShopScript.job)")?["parts"]?.array ?? []).flatMap { $0["runs"]?.array ?? [] }
    return runs.filter { $0["work_center"]?.string == place && $0["run"]?.string != current }
      .compactMap { $0["tallies"] }
  }

  /// Unattributed usage, as sentences.
  var unattributed: [String] {
    client.latestPayloads(below: "\(prefix)state/usage/").values.compactMap { payload in
      guard let usage = Self.json(payload), let kind = usage["kind"]?.string else { return nil }
      let words = kind.replacing("_", with: " ")
      return
        "\(usage["usage"]?.string ?? ""): \(usage["quantity"]?.string ?? "") \(usage["unit"]?.string ?? "") "
        + "of \(words) at \(usage["work_center"]?.string ?? "-") with no job open"
    }.sorted()
  }

  private func board(_ name: String) -> JSONValue? {
    client.latestPayload(of: "\(prefix)state/\(name)").flatMap(Self.json)
  }

  private static func json(_ payload: [UInt8]) -> JSONValue? {
    try? JSONScanner.parse(payload, limits: .trusted)
  }

  private static func value(_ value: JSONValue?) -> Double { value?.string.flatMap(Double.init) ?? 0 }
}

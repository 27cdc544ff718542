import Measures
import Metering

/// For a terminal: a curve of dots, the classes of its times beneath, and what the machine did.
extension RunChart {
  public typealias Paint = (_ kind: Band.Kind, _ text: String) -> String

  private static let width = 72
  private static let height = 8

  func text(of curve: Curve, paint: Paint) -> [String] {
    var dots = Dots(width: Self.width, height: Self.height)
    let (low, span) = (curve.lowest, max(1, curve.highest - curve.lowest))
    func row(_ number: Int64) -> Int {
      let top = Int128(dots.rows - 1)
      return Int(top - (Int128(number) - Int128(low)) * top / Int128(span))
    }
    func column(_ moment: Moment) -> Int { place(of: moment, in: dots.columns - 1) }
    for stroke in curve.strokes {
      dots.line(
        from: (column(stroke.from), row(stroke.first)), to: (column(stroke.to), row(stroke.last)))
    }
    let labels = [curve.channel.kind.text(of: curve.highest), curve.channel.kind.text(of: curve.lowest)]
    let margin = max(labels.map(\.count).max() ?? 0, "machine".count)
    func padded(_ text: String) -> String { String(repeating: " ", count: margin - text.count) + text }
    var lines: [String] = []
    for (index, cells) in dots.text.enumerated() {
      let label = index == 0 ? labels[0] : index == Self.height - 1 ? labels[1] : ""
      let painted = cells.enumerated().map { cell in
        cell.element == Dots.blank ? " " : paint(kind(of: curve, at: cell.offset), String(cell.element))
      }
      lines.append("\(padded(label)) │\(painted.joined())".trimmed)
    }
    let classes = (0..<Self.width).map { kind(of: curve, at: $0) }
    let classLine = classes.map { $0 == .outside ? $0.sign : paint($0, $0.sign) }.joined()
    lines.append("\(padded("")) └\(classLine)".trimmed)
    var machine = ""
    if !states.isEmpty {
      let done = (0..<Self.width).map { state(at: $0) }
      lines.append("\(padded("machine"))  \(done.map { $0?.sign ?? " " }.joined())".trimmed)
      machine = MachineState.allCases.filter { done.contains($0) }.map { "\($0.sign) \($0.rawValue)" }
        .joined(separator: "  ")
    }
    let known = Band.Kind.allCases.filter { classes.contains($0) && $0 != .outside }
    lines.append("\(padded(""))  \(from.wall) to \(to.wall), \(curve.closeness)")
    lines.append(
      "\(padded(""))  \(known.map { paint($0, $0.sign) + " \($0.rawValue)" }.joined(separator: "  "))"
        + (machine.isEmpty ? "" : ";  machine: \(machine)"))
    return lines
  }

  /// Whether a time covers the middle of a column. By distances: in mid-run another boot may begin.
  private func covers(_ start: Moment, _ end: Moment, _ column: Int) -> Bool {
    let middle = distance(to: to) * Int64(2 * column + 1) / Int64(2 * Self.width)
    return distance(to: start) <= middle && middle <= distance(to: end)
  }

  private func kind(of curve: Curve, at column: Int) -> Band.Kind {
    curve.kind { covers($0.from, $0.to, column) }
  }

  private func state(at column: Int) -> MachineState? {
    states.last { covers($0.from, $0.to, column) }?.state
  }
}

extension RunChart.Band.Kind {
  fileprivate var sign: String {
    switch self {
    case .use: "━"
    case .byHand: "╌"
    case .gap: "·"
    case .outside: " "
    }
  }
}

extension MachineState {
  fileprivate var sign: String {
    switch self {
    case .running: "█"
    case .preparing: "▓"
    case .paused: "▒"
    case .idle: "░"
    case .fault, .failed, .canceled: "x"
    case .done: "d"
    case .unknown, .offline: "?"
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

/// A field of dots, eight to a character.
private struct Dots {
  let columns: Int
  let rows: Int
  private var cells: [[UInt8]]

  static let blank: Character = "\u{2800}"

  /// Takes a size in characters.
  init(width: Int, height: Int) {
    columns = width * 2
    rows = height * 4
    cells = Array(repeating: Array(repeating: 0, count: width), count: height)
  }

  /// The bits of the Braille patterns of Unicode, row by row.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  private mutating func set(_ column: Int, _ row: Int) {
    guard (0..<columns).contains(column), (0..<rows).contains(row) else { return }
    cells[row / 4][column / 2] |= Self.bits[row % 4][column % 2]
  }

  mutating func line(from start: (column: Int, row: Int), to end: (column: Int, row: Int)) {
    let steps = max(abs(end.column - start.column), abs(end.row - start.row), 1)
    for step in 0...steps {
      set(
        start.column + (end.column - start.column) * step / steps,
        start.row + (end.row - start.row) * step / steps)
    }
  }

  var text: [[Character]] {
    cells.map { row in row.map { Character(Unicode.Scalar(0x2800 + UInt32($0)) ?? " ") } }
  }
}

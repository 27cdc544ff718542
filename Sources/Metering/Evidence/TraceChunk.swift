internal import Measures

/// Corners as bytes: the first moment in full, then only what changes, in as few bytes as it takes.
///
/// The first byte is the version of this encoding, 1. Then the first corner's moment (boot, uptime and wall time in
/// milliseconds, whether that was trusted), and for each corner: the milliseconds since the one before, times two, plus
/// one if another word follows; the word's number, and the word itself where it is new in this chunk; the readings less
/// one; the difference from the number before. Numbers are LEB128, those with a sign zigzag.
///
/// Frozen: chunks are in every database out there. A change of shape is another version.
public struct TraceChunk: Sendable {
  public private(set) var bytes: [UInt8] = []
  private var words: [String] = []
  private var word = -1
  private var number: Int64 = 0
  private var first: Moment?
  private var last: Moment?

  static let version: UInt8 = 1
  /// About a page of the database.
  static let limit = 3_500

  init() {}

  /// Whether it has room for a corner, and its clock goes on.
  func fits(_ point: TracePoint) -> Bool {
    guard bytes.count < Self.limit, let first else { return bytes.isEmpty }
    return point.at.boot == first.boot && point.at.isWallTrusted == first.isWallTrusted
      && (point.at.wall.since(first.wall) - (point.at.uptime - first.uptime)).magnitude < .seconds(1)
  }

  mutating func append(_ point: TracePoint) {
    if first == nil {
      first = point.at
      bytes.append(Self.version)
      put(UInt64(clamping: point.at.boot))
      put(signed: point.at.uptime.base)
      put(signed: point.at.wall.milliseconds)
      put(point.at.isWallTrusted ? 1 : 0)
    }
    let age = last.map { max(.zero, point.at.uptime - $0.uptime) } ?? .zero
    let text = point.value.word
    let index = words.firstIndex(of: text) ?? words.count
    put(UInt64(age.base) << 1 | (index == word ? 0 : 1))
    if index != word {
      put(UInt64(index))
      if index == words.count {
        words.append(text)
        put(UInt64(text.utf8.count))
        bytes += Array(text.utf8)
      }
      word = index
    }
    put(UInt64(max(1, point.readings) - 1))
    put(signed: point.value.number &- number)
    number = point.value.number
    last = point.at
  }

  private mutating func put(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func put(signed value: Int64) { put(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  /// The corners in a chunk.
  ///
  /// - Returns: `nil` where the bytes are no chunk of a version that this program knows.
  public static func points(in bytes: [UInt8]) -> [TracePoint]? {
    var reader = ChunkReader(bytes)
    return reader.points()
  }
}

/// Reads what ``TraceChunk`` writes, without trust.
private struct ChunkReader {
  private let bytes: [UInt8]
  private var next = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func points() -> [TracePoint]? {
    guard let version = byte(), version == TraceChunk.version, let boot = Int(exactly: number() ?? .max),
      let start = signed(), let wall = signed(), let isTrusted = number(), isTrusted <= 1
    else { return nil }
    var at = Moment(
      boot: boot, uptime: Span(base: start), wall: WallTime(milliseconds: wall), isWallTrusted: isTrusted == 1
    )
    var words: [ReadingValue] = []
    var word = 0
    var value: Int64 = 0
    var points: [TracePoint] = []
    while next < bytes.count {
      guard let step = number() else { return nil }
      if step & 1 == 1 {
        guard let index = number(), index <= words.count else { return nil }
        word = Int(index)
        if word == words.count {
          guard let text = text(), let known = ReadingValue(word: text) else { return nil }
          words.append(known)
        }
      }
      guard words.indices.contains(word), let readings = Int(exactly: number() ?? .max), readings < 1 << 32,
        let difference = signed()
      else { return nil }
      value &+= difference
      at = at.advanced(by: Span(base: Int64(step >> 1)))
      points.append(TracePoint(at: at, value: words[word].with(value), readings: readings + 1))
    }
    return points
  }

  private mutating func byte() -> UInt8? {
    guard next < bytes.count else { return nil }
    defer { next += 1 }
    return bytes[next]
  }

  private mutating func number() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard let byte = byte() else { return nil }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    return nil
  }

  private mutating func signed() -> Int64? {
    number().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
  }

  private mutating func text() -> String? {
    guard let count = number(), count <= 64, bytes.count - next >= Int(count) else { return nil }
    defer { next += Int(count) }
    return String(validating: bytes[next..<next + Int(count)], as: UTF8.self)
  }
}

extension ReadingValue {
  /// All but the number, as a chunk spells it.
  fileprivate var word: String {
    switch self {
    case .weight(_, nil): "weight"
    case .weight(_, true?): "weight stable"
    case .weight(_, false?): "weight moving"
    case .state(let state): "state \(state.rawValue)"
    case .energy: "energy"
    case .power: "power"
    case .count: "count"
    case .action(let action): "action \(action.rawValue)"
    case .task: "task"
    case .rejected(let rejection): "rejected \(rejection.rawValue)"
    }
  }

  fileprivate init?(word: String) {
    let parts = word.split(separator: " ")
    switch (parts.first, parts.dropFirst().first.map(String.init)) {
    case ("weight", nil): self = .weight(.zero, stable: nil)
    case ("weight", "stable"): self = .weight(.zero, stable: true)
    case ("weight", "moving"): self = .weight(.zero, stable: false)
    case ("energy", nil): self = .energy(.zero)
    case ("count", nil): self = .count(0)
    case ("state", let text?):
      guard let state = MachineState(rawValue: text) else { return nil }
      self = .state(state)
    case ("rejected", let text?):
      guard let rejection = Rejection(rawValue: text) else { return nil }
      self = .rejected(rejection)
    default: return nil
    }
  }
}

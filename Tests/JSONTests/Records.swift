/// Records like those the journal keeps, with every shape that `Codable` knows.
struct RunID: RawRepresentable, Hashable, Codable, CodingKeyRepresentable {
  var rawValue: String
}

enum Fact: Codable, Hashable {
  case settled
  case segment(grams: Int64, from: Int, to: Int?)
  case weighed(RunID, [Int8])
  indirect case corrected(Fact)
}

struct Place: Codable, Hashable {
  var bus: String
  var unit: UInt8
}

struct Entry: Codable, Hashable {
  enum State: String, Codable { case open, closed }

  var state = State.open
  var note: String?
  var facts: [Fact] = []
  var tallies: [RunID: [RunID: Int64]] = [:]
  var slots: [Int: Bool] = [:]
  var names: [String: String?] = [:]
  var places: [Place: UInt64] = [:]
  var tags: Set<String> = []
  var widths = Widths()
  var maybe: [Int?] = []
}

struct Widths: Codable, Hashable {
  var a = Int.min
  var b = Int8.min
  var c = Int16.min
  var d = Int32.min
  var e = Int64.min
  var f = UInt.max
  var g = UInt8.max
  var h = UInt16.max
  var i = UInt32.max
  var j = UInt64.max
  var k = Int128.min
  var l = UInt128.max
}

class Device: Codable {
  var name: String
  init(name: String) { self.name = name }
}

/// Keeps what its superclass encodes in an encoder of its own, beside nested containers by hand.
final class Scale: Device {
  var division: Int
  var points: [Int]

  enum Keys: String, CodingKey { case range, points, base }
  enum RangeKeys: String, CodingKey { case division }

  init(name: String, division: Int, points: [Int]) {
    self.division = division
    self.points = points
    super.init(name: name)
  }

  required init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    division = try container.nestedContainer(keyedBy: RangeKeys.self, forKey: .range).decode(
      Int.self, forKey: .division)
    var list = try container.nestedUnkeyedContainer(forKey: .points)
    var points: [Int] = []
    while !list.isAtEnd {
      var pair = try list.nestedUnkeyedContainer()
      points.append(try pair.decode(Int.self))
    }
    self.points = points
    try super.init(from: container.superDecoder())
  }

  override func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    var range = container.nestedContainer(keyedBy: RangeKeys.self, forKey: .range)
    var list = container.nestedUnkeyedContainer(forKey: .points)
    for point in points {
      var pair = list.nestedUnkeyedContainer()
      try pair.encode(point)
    }
    try super.encode(to: container.superEncoder())
    try range.encode(division, forKey: .division)
  }
}

/// Refuses with an error of its own, which knows no path.
struct Even: Codable, Hashable {
  struct Odd: Error, CustomStringConvertible { var description: String { "an odd number" } }

  var value: Int

  init(from decoder: any Decoder) throws {
    value = try decoder.singleValueContainer().decode(Int.self)
    guard value.isMultiple(of: 2) else { throw Odd() }
  }
}

/// A dictionary kept in pieces. The engine changes a copy of the shop and swaps it in after the commit:
/// changing one row of a copy copies one shelf, not the jobs of ten years.
struct Shelves<Key: Hashable & Sendable, Value: Hashable & Sendable>: Hashable, Sendable {
  /// A power of two of them, so that a key finds its shelf by the bits of its hash.
  private var shelves: [[Key: Value]]
  private(set) var count: Int

  /// About so many rows to a shelf: copying as many costs microseconds.
  private static var crowd: Int { 64 }

  init(_ rows: [Key: Value] = [:]) {
    var pieces = 1
    while pieces * Self.crowd < rows.count { pieces *= 4 }
    shelves = Array(repeating: [:], count: pieces)
    count = rows.count
    for (key, value) in rows { shelves[index(of: key)][key] = value }
  }

  /// The upper bits, for the dictionary on the shelf uses the lower ones.
  private func index(of key: Key) -> Int { (key.hashValue >> 24) & (shelves.count - 1) }

  subscript(key: Key) -> Value? {
    get { shelves[index(of: key)][key] }
    _modify {
      let index = index(of: key)
      let before = shelves[index].count
      defer {
        count += shelves[index].count - before
        if count > shelves.count * Self.crowd { self = Self(merged) }
      }
      yield &shelves[index][key]
    }
  }

  /// All in one dictionary: a copy of everything, for loading and comparing.
  var merged: [Key: Value] {
    var rows: [Key: Value] = [:]
    rows.reserveCapacity(count)
    for shelf in shelves { rows.merge(shelf) { first, _ in first } }
    return rows
  }

  var all: FlattenSequence<[[Key: Value]]> { shelves.joined() }

  static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.all.allSatisfy { right[$0.key] == $0.value }
  }

  func hash(into hasher: inout Hasher) { hasher.combine(merged) }
}

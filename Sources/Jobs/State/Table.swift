/// Rows by id that remember which of them were touched since the last look, so that only those are stored.
///
/// A value: a copy of the shop is worked on and swapped in after the commit.
public struct Table<ID: Hashable & Comparable & Sendable, Row: Hashable & Sendable>: Hashable, Sendable {
  private var shelves: Shelves<ID, Row>
  public private(set) var touched: Set<ID> = []

  public init(_ rows: [ID: Row] = [:]) { shelves = Shelves(rows) }

  /// Setting, or changing in place, touches the row; setting `nil` removes it.
  public subscript(id: ID) -> Row? {
    get { shelves[id] }
    _modify {
      touched.insert(id)
      yield &shelves[id]
    }
  }

  public var isEmpty: Bool { shelves.count == 0 }
  public var count: Int { shelves.count }
  /// Sorted, for everything that must come out in the same order every time.
  public var ids: [ID] { shelves.all.map(\.key).sorted() }
  /// All rows in one dictionary: a copy of everything.
  public var rows: [ID: Row] { shelves.merged }
  /// All rows in no order, without a copy.
  var all: FlattenSequence<[[ID: Row]]> { shelves.all }

  /// The touched ids in order, and forgets them.
  public mutating func takeTouched() -> [ID] {
    defer { touched.removeAll() }
    return touched.sorted()
  }

  public static func == (left: Self, right: Self) -> Bool { left.shelves == right.shelves }
  public func hash(into hasher: inout Hasher) { hasher.combine(shelves) }
}

/// Rows by id that remember which of them were touched since the last look, so that only those are stored.
///
/// A value: a copy of the shop is worked on and swapped in after the commit.
public struct Table<ID: Hashable & Comparable & Sendable, Row: Hashable & Sendable>: Hashable, Sendable {
  public private(set) var rows: [ID: Row]
  public private(set) var touched: Set<ID> = []

  public init(_ rows: [ID: Row] = [:]) { self.rows = rows }

  /// Setting, or changing in place, touches the row; setting `nil` removes it.
  public subscript(id: ID) -> Row? {
    get { rows[id] }
    _modify {
      touched.insert(id)
      yield &rows[id]
    }
    set {
      touched.insert(id)
      rows[id] = newValue
    }
  }

  public var isEmpty: Bool { rows.isEmpty }
  public var ids: [ID] { rows.keys.sorted() }

  /// The touched ids in order, and forgets them.
  public mutating func takeTouched() -> [ID] {
    defer { touched.removeAll() }
    return touched.sorted()
  }

  public static func == (left: Self, right: Self) -> Bool { left.rows == right.rows }
  public func hash(into hasher: inout Hasher) { hasher.combine(rows) }
}

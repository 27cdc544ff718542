public import Measures

/// A percentage for each kind of line: its own where it has one, else the one for the others.
public struct Percentages: Hashable, Sendable, Codable {
  public var byKind: [LineKind: Decimal]
  /// `nil`: nothing is said of the other kinds.
  public var others: Decimal?

  public init(_ byKind: [LineKind: Decimal] = [:], others: Decimal? = nil) {
    self.byKind = byKind
    self.others = others
  }

  /// One for all kinds.
  public init(_ percent: Decimal) { self.init(others: percent) }

  /// Each that is said.
  public var all: [Decimal] { byKind.values.sorted() + [others].compactMap { $0 } }

  public subscript(kind: LineKind) -> Decimal? { byKind[kind] ?? others }
}

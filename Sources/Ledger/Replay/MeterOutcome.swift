public import Measures
public import Metering

/// What meters made of a run, added up.
public struct MeterOutcome: Hashable, Sendable {
  /// In the channel's base unit.
  public struct Quantity: Hashable, Sendable {
    public var amount: Int64 = 0
    public var estimated: Int64 = 0
    public var removed: Int64 = 0
    public var marks: Set<Mark> = []
    public var gaps = 0
  }

  public private(set) var quantities: [ChannelID: Quantity] = [:]
  public private(set) var states: [MachineState: Span] = [:]
  /// Gaps of the machine's state, by how each was settled.
  public private(set) var gaps: [Gap.Settlement: Int] = [:]

  init(_ facts: [Fact], of run: RunID) {
    for fact in facts where fact.run == run {
      switch fact {
      case .segment(let segment): add(segment)
      case .stretch(let stretch):
        states[stretch.state, default: .zero] += stretch.span ?? .zero
        if let gap = stretch.gap { gaps[gap.settlement, default: 0] += 1 }
      case .changed, .loaded, .settled: break
      }
    }
  }

  private mutating func add(_ segment: Segment) {
    var quantity = quantities[segment.channel, default: Quantity()]
    quantity.amount = (Mass(base: quantity.amount) + Mass(base: segment.amount)).base
    quantity.estimated = (Mass(base: quantity.estimated) + Mass(base: segment.estimated)).base
    quantity.removed = (Mass(base: quantity.removed) + Mass(base: segment.removed ?? 0)).base
    quantity.marks.formUnion(segment.marks)
    quantity.gaps += segment.gaps.filter(\.isNotable).count
    quantities[segment.channel] = quantity
  }
}

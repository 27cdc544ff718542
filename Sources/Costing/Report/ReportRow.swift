internal import Jobs
public import Measures

extension Report {
  /// Material, machine time and energy.
  public struct Amounts: Hashable, Sendable {
    public var material = Mass.zero
    public var time = Span.zero
    public var energy = Energy.zero

    public init() {}

    mutating func add(_ kind: Usage.Kind, _ base: Int64) {
      switch kind {
      case .material: material = material + Mass(base: base)
      case .machineTime: time = time + Span(base: base)
      case .energy: energy = energy + Energy(base: base)
      }
    }

    mutating func add(_ other: Amounts) {
      material = material + other.material
      time = time + other.time
      energy = energy + other.energy
    }
  }

  public struct Row: Hashable, Sendable {
    public let key: String
    /// Of a job its title.
    public let name: String?
    /// Whose job it is, by jobs.
    public let customer: String?
    /// By jobs; what was assigned to one later is among it.
    public var used = Amounts()
    /// By nobody's job, and nobody has decided on it.
    public var unattributed = Amounts()
    public var writtenOff = Amounts()
    public var labor = Span.zero
    /// Before tax: invoices less credits of them, with all that deposits and draws had billed before.
    public var billed = Money.zero
    /// What deposits, draws and releases were to pay, with tax, less credits of them. No income of its own: an invoice
    /// bills the whole, and takes off what was paid before.
    public var inAdvance = Money.zero

    init(_ key: String, _ name: String?, customer: String? = nil) {
      self.key = key
      self.name = name
      self.customer = customer
    }

    // Swift 6.3's optimizer does not come to an end with these sums inlined into a loop.
    @inline(never)
    mutating func add(_ other: Row) {
      used.add(other.used)
      unattributed.add(other.unattributed)
      writtenOff.add(other.writtenOff)
      labor = labor + other.labor
      billed = billed + other.billed
      inAdvance = inAdvance + other.inAdvance
    }

    /// All that ran there, of so long a time, in percent.
    public func utilization(of period: Span) -> Decimal? {
      let busy = used.time + unattributed.time + writtenOff.time
      guard period > .zero else { return nil }
      return Decimal(busy.base).multiplied(by: Decimal(100))?.divided(by: Decimal(period.base), roundedTo: 1)
    }
  }
}

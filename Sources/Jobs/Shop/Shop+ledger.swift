public import Measures

/// What stands of everything that was sent, in one currency: what billing compares its own books with.
public struct DraftSum: Hashable, Sendable {
  public let currency: Currency
  /// Of all drafts, whatever their currency and whether they stand or not; 0 and 0 where nothing was sent yet.
  public private(set) var firstSequence: Int64
  public private(set) var lastSequence: Int64
  /// Drafts that stand and bill something, credits too.
  public private(set) var count: Int
  /// Credits taken off. Whatever the amounts are, no life of a shop leaves this range.
  private var minorUnits: Int128

  /// - Parameter minorUnits: the sum, in cents, yen, fils.
  public init(
    in currency: Currency, firstSequence: Int64 = 0, lastSequence: Int64 = 0, count: Int = 0,
    minorUnits: Int128 = 0
  ) {
    self.currency = currency
    self.firstSequence = firstSequence
    self.lastSequence = lastSequence
    self.count = count
    self.minorUnits = minorUnits
  }

  /// What is payable on all of them, in the currency's major unit.
  public var sum: Decimal { Decimal(significand: minorUnits, scale: currency.minorDigits) ?? .zero }
  /// `1234.50`: with the currency's minor digits.
  public var text: String { sum.text(minimumFractionDigits: currency.minorDigits) }

  mutating func see(_ sequence: Int64) {
    firstSequence = firstSequence == 0 ? sequence : min(firstSequence, sequence)
    lastSequence = max(lastSequence, sequence)
  }

  /// - Parameter isFirst: of several jobs on one draft each has its share of it, and it counts once.
  mutating func add(_ draft: DraftRecord, isFirst: Bool) {
    if isFirst { count += 1 }
    minorUnits += Int128(draft.payable.base) * (draft.kind == .credit ? -1 : 1)
  }
}

extension Shop {
  /// Walks all jobs: some milliseconds where there are ten thousand.
  public func draftSum(in currency: Currency) -> DraftSum {
    var sum = DraftSum(in: currency)
    var seen: Set<DraftID> = []
    for (_, job) in jobs.all where !job.drafts.isEmpty {
      for draft in job.drafts { sum.see(draft.sequence) }
      // Amounts of two currencies have no sum.
      guard rules[job.rules]?.priceList.currency == currency else { continue }
      // One without lines only takes a lower revision back, and whoever does so need not keep it.
      for draft in job.standingDrafts where draft.kind == .credit || !draft.lines.isEmpty {
        sum.add(draft, isFirst: seen.insert(draft.id).inserted)
      }
    }
    return sum
  }

  /// The ledger itself is made when it is said: it changes nothing here.
  func publishLedger(_ context: CommandContext, _ effects: inout [Effect]) -> Receipt {
    effects.append(.ledger)
    let sum = draftSum(in: context.rules.priceList.currency)
    var receipt = Receipt()
    receipt.message =
      sum.lastSequence == 0
      ? "nothing was sent yet"
      : "drafts that stand, up to sequence \(sum.lastSequence): \(sum.count), together \(sum.text) \(sum.currency)"
    return receipt
  }
}

extension Job {
  /// What billing has in its books of this job, if it holds all that was sent: what it accepted, be it taken back by a
  /// credit since, and what it has not answered yet. Of what is void it has nothing, nor of a credit of that.
  var standingDrafts: [DraftRecord] {
    drafts.filter { draft in
      guard draft.state == .pending || draft.isTaken, draft.payment != .void else { return false }
      guard draft.kind == .credit, let taken = draft.supersedes else { return true }
      return !drafts.contains { $0.id == taken && $0.isTaken && $0.payment == .void }
    }
  }
}

public import Jobs
public import Measures
internal import Metering

/// The shop together with its drafts: the whole pure core behind the engine.
///
/// Folding the journal's events through `apply` from the beginning must arrive at the identical state and the
/// identical drafts; `verify` and the simulation do exactly that.
public struct Books: Hashable, Sendable {
  public var shop: Shop

  public init(shop: Shop = Shop()) { self.shop = shop }

  typealias Content = InvoiceDraft.Content

  public enum Outcome: Hashable, Sendable {
    case effect(Effect)
    case draft(InvoiceDraft)
  }

  public mutating func apply(_ event: Event) -> [Outcome] {
    var outcomes = shop.apply(event).map(Outcome.effect)
    if case .command(.bill(let kind, let job, _), _, let now) = event {
      refuse(kind, of: job, at: now, &outcomes)
    }
    guard case .deadline(let now) = event else { return outcomes }
    for id in shop.billable(at: now) { outcomes += installments(of: id, at: now) }
    for id in shop.draftable(at: now) { outcomes += draft(id, at: now) }
    for batch in shop.dueBatches(at: now) { outcomes += self.batch(batch, at: now) }
    return outcomes
  }

  /// Whether a `.deadline` event would do anything at this moment.
  public func isDue(at now: Moment) -> Bool {
    (shop.nextDeadline.map { $0 <= now } ?? false) || !shop.billable(at: now).isEmpty
      || !shop.draftable(at: now).isEmpty || !shop.dueBatches(at: now).isEmpty
  }
}

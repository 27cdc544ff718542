public import Measures

/// A draft that somebody asked for, beside the one that completing a job makes.
public struct BillRequest: Hashable, Sendable, Codable {
  /// How much is asked for, of what the customer is to pay by the estimate, tax included.
  public enum Share: Hashable, Sendable, Codable {
    case all
    case percent(Decimal)
    case amount(Decimal)
    /// By its name, and how much of the whole that phase of the work is.
    case phase(String, percent: Decimal)
  }

  /// `deposit`, `progress` or `retainage_release`.
  public let kind: DraftRecord.Kind
  public let share: Share
  public let by: ActorID
  public let at: Moment
}

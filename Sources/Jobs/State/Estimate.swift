public import Measures
public import Metering

/// What a job is expected to need, said before the work and costed like what it used.
public struct Estimate: Hashable, Sendable, Codable {
  public struct Item: Hashable, Sendable, Codable {
    public enum Content: Hashable, Sendable, Codable {
      case material(MaterialID, Mass)
      case machine(WorkCenterID, Span)
      case energy(WorkCenterID, Energy)
      case labor(ActivityID, Span)
      case service(ServiceOrder, quantity: Decimal)
    }

    /// Of material and machine time: for which part.
    public var part: PartID?
    public var content: Content

    public init(_ content: Content, part: PartID? = nil) {
      self.content = content
      self.part = part
    }
  }

  public var items: [Item]
  /// The prices that it is costed by: those in force when it was said.
  public let rules: RulesVersion
  public let by: ActorID
  public let at: Moment

  public init(_ items: [Item], rules: RulesVersion, by: ActorID, at: Moment) {
    self.items = items
    self.rules = rules
    self.by = by
    self.at = at
  }
}

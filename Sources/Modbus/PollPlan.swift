/// What is read from one device, and how often.
public struct PollPlan: Hashable, Sendable {
  /// The device's name in the configuration.
  public let name: String
  /// 1 … 247; on TCP also 0 and 255, which mean the endpoint itself.
  public let unit: UInt8
  /// 10 … 3,600,000. Deadlines are absolute: sweep `k` is due at start + `k` periods.
  public let periodMilliseconds: Int
  public let blocks: [Block]

  /// - Parameters:
  ///   - groups: see ``BlockPlan/init(groups:maximumGap:)``.
  /// - Throws: a ``PlanError`` that names the device or the point.
  public init(
    name: String, unit: UInt8, periodMilliseconds: Int, groups: [[Point]], maximumGap: UInt16 = 0
  ) throws(PlanError) {
    guard unit <= 247 || unit == 255 else {
      throw PlanError.unitOutOfRange(device: name, unit: unit)
    }
    guard (10...3_600_000).contains(periodMilliseconds) else {
      throw PlanError.periodOutOfRange(device: name, milliseconds: periodMilliseconds)
    }
    let plan = try BlockPlan(groups: groups, maximumGap: maximumGap)
    guard !plan.blocks.isEmpty else { throw PlanError.nothingToRead(device: name) }
    self.name = name
    self.unit = unit
    self.periodMilliseconds = periodMilliseconds
    self.blocks = plan.blocks
  }
}

/// How much of a line that was billed comes of one work center.
public struct BilledPlace: Hashable, Sendable, Codable {
  /// `nil`: of a scale that stands at none.
  public let workCenter: WorkCenterID?
  /// In the base unit of what the line is of: mg, ms, mWh. Of a setup that of its machine's time.
  public var base: Int64

  public init(_ workCenter: WorkCenterID?, _ base: Int64) {
    self.workCenter = workCenter
    self.base = base
  }
}

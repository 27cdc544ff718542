public import Metering

extension Shop {
  /// The ids of the rows that changed since the last look, each table in order.
  public struct Touched: Hashable, Sendable {
    public let jobs: [JobID]
    public let runs: [RunID]
    public let workCenters: [WorkCenterID]
    public let usages: [UsageID]
    public let loads: [DeviceID]
    public let alarms: [AlarmID]
    public let rules: [RulesVersion]
  }

  /// What a transaction must store, and forgets it: call it once per batch, on the copy that is committed.
  public mutating func takeTouched() -> Touched {
    Touched(
      jobs: jobs.takeTouched(), runs: runs.takeTouched(), workCenters: workCenters.takeTouched(),
      usages: usages.takeTouched(), loads: loads.takeTouched(), alarms: alarms.takeTouched(),
      rules: rules.takeTouched())
  }
}

public import Devices
public import Jobs
public import Metering

/// One checked configuration: immutable, and named by the hash of what it says.
public struct Configuration: Hashable, Sendable {
  public var gateway: GatewaySettings
  public var broker: BrokerSettings
  /// Beside the main one, for the devices that name them.
  public var brokers: [FurtherBroker]
  public var buses: [BusSettings]
  public var devices: [DeviceDescription]
  /// What jobs and costing are judged by; its `version` is the configuration's.
  public var rules: Rules
  /// How work centers answer a button.
  public var feedback: [WorkCenterID: Feedback]
  /// Which work center a machine's task names a job for.
  public var tasks: [ChannelID: TaskPattern]
  /// What works, but perhaps not as meant.
  public var warnings: [Mistake]

  public var version: RulesVersion { rules.version }
}

/// One visit to one device, all or nothing.
public struct Sweep: Sendable {
  /// The device's name in its ``PollPlan``.
  public let device: String
  public let unit: UInt8
  /// CLOCK_BOOTTIME milliseconds before the first request went out.
  public let startedAtMilliseconds: Int64
  /// CLOCK_BOOTTIME milliseconds after the last reply was in.
  public let finishedAtMilliseconds: Int64
  public let result: Result<RegisterImage, BusError>
  /// How many due sweeps of this device were skipped just before this one, because the bus was busy or
  /// away. Sweeps put off because the device itself failed are not counted.
  public let missedTicks: Int
  /// So long after its next deadline the device is asked again, as it holds the bus for longer than the others can wait;
  /// 0 for nearly all.
  public let heldBackMilliseconds: Int
}

/// Where one device stands; counters since the bus was made.
public struct DeviceHealth: Hashable, Sendable {
  public let device: String
  public let unit: UInt8
  public internal(set) var polls = 0
  public internal(set) var successes = 0
  public internal(set) var failures: [BusError.Kind: Int] = [:]
  public internal(set) var failuresInARow = 0
  public internal(set) var missedTicks = 0
  /// CLOCK_BOOTTIME milliseconds of the last successful sweep; nil before the first.
  public internal(set) var lastSuccessAtMilliseconds: Int64?
  /// CLOCK_BOOTTIME milliseconds when the device is due next.
  public internal(set) var nextPollAtMilliseconds: Int64 = 0
  /// The last failure, until a sweep succeeds.
  public internal(set) var lastError: BusError?
  /// How long its longest reply may take, the time on the line included.
  public internal(set) var responseTimeoutMilliseconds = 0
  /// How long its newest answers took; nil before the first.
  public internal(set) var latency: Latency?
  /// It has refused a read that took along what lay between.
  public internal(set) var fillsNoGaps = false
}

/// Where a bus stands; counters since it was made.
public struct BusHealth: Hashable, Sendable {
  public let bus: String
  public internal(set) var isOpen = false
  /// How often the endpoint was opened, and how often that failed.
  public internal(set) var opens = 0
  public internal(set) var failedOpens = 0
  /// How often bytes were found that nobody had asked for.
  public internal(set) var strays = 0
  /// How often a device was asked something only to prove that the bus is in step.
  public internal(set) var probes = 0
  /// In the order of the plans.
  public internal(set) var devices: [DeviceHealth]
}

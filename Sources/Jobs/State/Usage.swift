public import Measures
public import Metering

/// Material used or machine time run with no job open: kept, announced, and somebody's to decide on.
public struct Usage: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case material
    case machineTime = "machine_time"
    case energy
  }

  public let id: UsageID
  public let workCenter: WorkCenterID?
  public let device: DeviceID
  public let kind: Kind
  public let material: MaterialID?
  /// In base units: mg, ms, mWh.
  public var quantity: Int64
  public let from: Moment
  public var to: Moment
  public var isMeasured: Bool
  /// Growing until a run opens there, or nothing came for ten minutes.
  public var isOpen = true
  public var announcedAt: Moment?
  /// What somebody decided about it; `nil` while nobody did.
  public internal(set) var decision: Decision?

  public enum Decision: Hashable, Sendable, Codable {
    /// Billed on a job, by an entry of it.
    case assigned(JobID, EntryID)
    case writtenOff(Remark)
  }

  public static let quietLimit = Span.minutes(10)
}

/// What is on a scale, as far as anybody said.
public struct Load: Hashable, Sendable, Codable {
  public var material: MaterialID
  public var lot: String?
  public var at: Moment
  /// The load was changed since, and nobody said to what.
  public var isAssumed = false

  /// A change of load so soon after `material.load` is the one that was announced: people tell first and
  /// then lift the spool, or the other way round.
  public static let grace = Span.minutes(5)
}

public import Measures

public enum DeviceKind {}
/// One thing on a bus or on the broker.
public typealias DeviceID = Identifier<DeviceKind>

/// What a channel measures.
public enum ChannelKind: String, Hashable, Sendable, Codable, CaseIterable {
  case weight
  /// The name of the file or task that a machine works on. Before the state, so that of one message the name comes
  /// first.
  case task
  /// How long the machine has run by its own count. Before the state, so that of one message it comes first.
  case runningTime = "running_time"
  case runState = "run_state"
  case energy
  case power
  case materialUsed = "material_used"
  case pieces
  case action
}

/// One measured quantity of a device; written `scale-2/weight`.
public struct ChannelID: Hashable, Sendable, Comparable, LosslessStringConvertible {
  public let device: DeviceID
  public let kind: ChannelKind

  public init(_ device: DeviceID, _ kind: ChannelKind) {
    self.device = device
    self.kind = kind
  }

  public init?(_ description: String) {
    let parts = description.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = DeviceID(parts[0]),
      let kind = ChannelKind(rawValue: String(parts[1]))
    else { return nil }
    self.init(device, kind)
  }

  public var description: String { "\(device)/\(kind.rawValue)" }

  public static func < (left: ChannelID, right: ChannelID) -> Bool {
    left.device == right.device ? left.kind.rawValue < right.kind.rawValue : left.device < right.device
  }
}

extension ChannelID: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let channel = ChannelID(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not DEVICE/CHANNEL")
    }
    self = channel
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

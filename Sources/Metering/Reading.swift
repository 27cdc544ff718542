public import Measures

/// A sample decoded, checked and in base units, with its quality.
public struct Reading: Hashable, Sendable {
  public let channel: ChannelID
  public let at: Moment
  public let value: ReadingValue

  public init(channel: ChannelID, at: Moment, value: ReadingValue) {
    self.channel = channel
    self.at = at
    self.value = value
  }
}

public enum ReadingValue: Hashable, Sendable {
  /// `stable` is the device's own word, `nil` where it has none.
  case weight(Mass, stable: Bool?)
  case state(MachineState)
  case energy(Energy)
  case power(Power)
  /// Pieces, milligrams of material a machine says it used, or milliseconds it ran: a counter that only rises.
  case count(Int64)
  case action(ButtonAction)
  /// What the machine calls the file or task it works on: at most 128 bytes on one line; empty for none.
  case task(String)
  /// There was a sample, and it is not believed.
  case rejected(Rejection)
}

/// Why a sample is not believed. Each is counted and shown per device.
public enum Rejection: String, Hashable, Sendable, Codable, CaseIterable {
  case noReply = "no_reply"
  case exceptionReply = "exception_reply"
  case offline
  /// Another make of device answers in its place.
  case wrongIdentity = "wrong_identity"
  case stale
  /// The device's heartbeat stands still, so its values may be those of yesterday.
  case frozen
  case overload
  case underload
  case invalidFlag = "invalid_flag"
  case notANumber = "not_a_number"
  case wrongType = "wrong_type"
  case missingField = "missing_field"
  case malformed
  case unmappedState = "unmapped_state"
  case unitUnknown = "unit_unknown"
  case outOfRange = "out_of_range"
  /// It changed faster than the thing itself can.
  case slew
  case retainedEvent = "retained_event"
  case duplicatePress = "duplicate_press"
  case tooLarge = "too_large"
}

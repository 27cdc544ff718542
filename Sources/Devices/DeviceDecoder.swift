public import Measures
public import Metering

/// Turns one device's samples into readings. Every sample gives a reading: of its value, or of why it is not
/// believed; never a number by default.
///
/// It remembers what decoding needs and no more: where each wired button stood, whether the device is online, what
/// was believed last. Nothing of it need survive a restart.
public struct DeviceDecoder: Sendable {
  public let device: DeviceDescription
  /// What the presence topic said last; `nil`: nothing yet, or there is none.
  public internal(set) var isOnline: Bool?

  /// The last level of each wired button, by its channel.
  var buttons: [ChannelKind: (isPressed: Bool, at: Moment)] = [:]
  /// Live levels that came while the device was said to be offline: some publish them before their birth.
  var early: [ChannelKind: ReadingValue] = [:]
  /// When a message last came, while the presence is still unknown.
  var lastHeard: Moment?
  var pulse = Pulse()
  var debounce = Debounce()
  /// What is known of a device that tells itself piece by piece.
  var document = DeviceDocument()
  /// The last believed number of each channel, which the next one is held against.
  private var believed: [ChannelKind: Plausibility.Believed] = [:]

  public init(_ device: DeviceDescription) { self.device = device }

  /// One rejection for each channel: a sweep without a reply, a link that went down.
  ///
  /// A button's level is kept: whether the next read is an edge is judged by its age.
  public mutating func reject(_ reason: Rejection, at moment: Moment) -> [Reading] {
    device.readKinds.map { reading($0, .rejected(reason), moment) }
  }

  /// The value, or why it cannot be.
  mutating func checked(
    _ value: ReadingValue, of kind: ChannelKind, by plausibility: Plausibility, at moment: Moment
  ) -> ReadingValue {
    guard let base = value.base else { return value }
    if let fault = plausibility.fault(value, after: believed[kind], at: moment) { return .rejected(fault) }
    believed[kind] = Plausibility.Believed(base: base, at: moment)
    return value
  }

  func reading(_ kind: ChannelKind, _ value: ReadingValue, _ moment: Moment) -> Reading {
    Reading(channel: ChannelID(device.id, kind), at: moment, value: value)
  }
}

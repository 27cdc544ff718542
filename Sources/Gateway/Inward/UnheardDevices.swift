import Devices
import Measures
import Metering

/// Devices of one broker that have said nothing yet: each is told of once.
struct UnheardDevices: Sendable {
  /// Longer than a device's usual interval is, and short enough for whoever has just wired it.
  static let patience = Span.minutes(2)

  /// By their places in the list.
  private var silent: Set<Int>
  private var listeningSince: Span?

  /// A button is silent until somebody presses it.
  init(_ devices: [DeviceDescription]) {
    silent = Set(
      devices.indices.filter { index in
        guard case .mqtt(let mqtt) = devices[index].transport else { return false }
        return mqtt.online != nil || mqtt.channels.contains { !$0.isButton }
      })
  }

  mutating func heard(_ index: Int) { silent.remove(index) }

  /// The subscriptions stand.
  mutating func connected(at now: Span) { listeningSince = now }
  mutating func disconnected() { listeningSince = nil }

  /// Those that have been listened to in vain for long enough.
  mutating func takeOverdue(at now: Span) -> [Int] {
    guard !silent.isEmpty, let listeningSince, now - listeningSince >= Self.patience else { return [] }
    defer { silent = [] }
    return silent.sorted()
  }
}

extension MQTTChannel {
  fileprivate var isButton: Bool {
    if case .button = source { true } else { false }
  }
}

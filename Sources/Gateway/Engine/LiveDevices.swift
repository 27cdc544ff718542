import Contract
import Measures
import Metering

/// The newest reading of every channel and what was not believed, for displays; nothing here is billed.
struct LiveDevices: Sendable {
  struct Channel: Sendable {
    var value: ReadingValue
    var at: Moment
    /// Why the newest sample was not believed, if it was not.
    var doubt: Rejection?
  }

  struct Device: Sendable {
    var channels: [ChannelKind: Channel] = [:]
    var isOnline = false
    /// Samples that were not believed, by reason.
    var errors: [Rejection: Int64] = [:]
    var reach: Reach?
  }

  private(set) var devices: [DeviceID: Device]
  /// Devices whose state changed since it was last published.
  private(set) var changed: Set<DeviceID> = []

  init(_ ids: [DeviceID]) {
    devices = Dictionary(ids.map { ($0, Device()) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func take(_ reading: Reading) {
    let id = reading.channel.device
    var device = devices[id] ?? Device()
    let previous = device.channels[reading.channel.kind]
    switch reading.value {
    case .rejected(let reason):
      device.errors[reason, default: 0] += 1
      if previous != nil { device.channels[reading.channel.kind]?.doubt = reason }
      let isGone = reason == .offline || reason == .noReply
      if previous?.doubt != reason || (isGone && device.isOnline) { changed.insert(id) }
      if isGone { device.isOnline = false }
    case .action:
      device.isOnline = true
    default:
      device.channels[reading.channel.kind] = Channel(value: reading.value, at: reading.at, doubt: nil)
      if !device.isOnline || previous?.doubt != nil || previous?.value != reading.value { changed.insert(id) }
      device.isOnline = true
    }
    devices[id] = device
  }

  mutating func note(_ reach: Reach, of id: DeviceID) {
    guard devices[id] != nil, devices[id]?.reach != reach else { return }
    devices[id]?.reach = reach
    changed.insert(id)
  }

  mutating func takeChanged() -> Set<DeviceID> {
    defer { changed.removeAll(keepingCapacity: true) }
    return changed
  }
}

import Contract
import Devices
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
    /// All that it offers, heard or not.
    let kinds: [ChannelKind]
    /// How long a value is good; `nil`: as long as the device says it is online.
    let maxAge: Span?
    var channels: [ChannelKind: Channel] = [:]
    var isOnline = false
    /// Samples that were not believed, by reason.
    var errors: [Rejection: Int64] = [:]
    var reach: Reach?
    /// Why nothing was believed yet, of channels that are not in `channels`.
    var doubts: [ChannelKind: Rejection] = [:]
  }

  private(set) var devices: [DeviceID: Device]
  /// Every scale, to be asked for one weight: those of work centers, and those on a bench.
  private(set) var weights: [DeviceID: RestingScale] = [:]
  /// Devices whose state changed since it was last published.
  private(set) var changed: Set<DeviceID> = []

  init(_ descriptions: [DeviceDescription]) {
    devices = Dictionary(
      descriptions.map { ($0.id, Device(kinds: $0.kinds, maxAge: $0.maxAge)) },
      uniquingKeysWith: { first, _ in first })
    for device in descriptions where device.kinds.contains(.weight) {
      weights[device.id] = RestingScale(
        division: device.division ?? Mass(milligrams: 1000), maxAge: device.maxAge)
    }
  }

  mutating func take(_ reading: Reading) {
    let id = reading.channel.device
    if reading.channel.kind == .weight { weights[id]?.take(reading) }
    guard var device = devices[id] else { return }
    let previous = device.channels[reading.channel.kind]
    switch reading.value {
    case .rejected(let reason):
      device.errors[reason, default: 0] += 1
      let known = previous?.doubt ?? device.doubts[reading.channel.kind]
      if previous != nil {
        device.channels[reading.channel.kind]?.doubt = reason
      } else {
        device.doubts[reading.channel.kind] = reason
      }
      let isGone = reason == .offline || reason == .noReply
      if known != reason || (isGone && device.isOnline) { changed.insert(id) }
      if isGone { device.isOnline = false }
    case .action:
      device.channels[reading.channel.kind] = Channel(value: reading.value, at: reading.at, doubt: nil)
      device.isOnline = true
      changed.insert(id)
    default:
      device.channels[reading.channel.kind] = Channel(value: reading.value, at: reading.at, doubt: nil)
      if !device.isOnline || previous?.doubt != nil || previous?.value != reading.value { changed.insert(id) }
      device.isOnline = true
    }
    devices[id] = device
  }

  /// Doubts the values that nothing has confirmed for too long, and the device that said none of the others either. A
  /// press is an event, which does not age.
  mutating func age(to now: Moment) {
    for (id, old) in devices {
      var device = old
      guard let maxAge = device.maxAge else { continue }
      let lapsed = device.channels.filter { kind, channel in
        kind != .action && channel.doubt == nil && (now.since(channel.at) ?? .zero) > maxAge
      }
      if lapsed.isEmpty { continue }
      for kind in lapsed.keys { device.channels[kind]?.doubt = .stale }
      device.isOnline = device.channels.values.contains { $0.doubt == nil }
      devices[id] = device
      changed.insert(id)
    }
  }

  /// What is derived from its readings became another.
  mutating func noteChange(of id: DeviceID) {
    if devices[id] != nil { changed.insert(id) }
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

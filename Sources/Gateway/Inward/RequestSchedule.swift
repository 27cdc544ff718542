import Devices
import Measures
import Metering

/// When devices are asked: once the subscriptions of a connection stand, and then as often as each request
/// says; never more often than that, however often the connection comes and goes.
///
/// It lives as long as the daemon, so a daemon that was started anew asks at once: what it does not know it
/// cannot wait for.
struct RequestSchedule: Sendable {
  private struct Entry: Sendable {
    let device: DeviceID
    let request: MQTTRequest
    /// BOOTTIME; `nil`: not yet.
    var lastAsked: Span?
    /// Whether it was asked on the connection that stands.
    var isAsked = false

    func isDue(at now: Span) -> Bool {
      guard let every = request.every else { return !isAsked }
      return lastAsked.map { now - $0 >= every } ?? true
    }
  }

  private var entries: [Entry]
  private var isConnected = false

  init(_ devices: [DeviceDescription]) {
    entries = devices.flatMap { device -> [Entry] in
      guard case .mqtt(let mqtt) = device.transport else { return [] }
      return mqtt.requests.map { Entry(device: device.id, request: $0) }
    }
  }

  /// All subscriptions stand: answers will be heard.
  mutating func connected() {
    isConnected = true
    for index in entries.indices { entries[index].isAsked = false }
  }

  /// A device that was gone is back: what it said before does not count, so it is asked as on a new connection. One
  /// that flaps is left in peace for half a minute.
  mutating func cameBack(_ device: DeviceID, at now: Span) {
    for index in entries.indices where entries[index].device == device {
      entries[index].isAsked = false
      if let last = entries[index].lastAsked, now - last >= Self.peace { entries[index].lastAsked = nil }
    }
  }

  private static let peace = Span.seconds(30)

  mutating func disconnected() { isConnected = false }

  /// Asks for what is due.
  /// - Parameter send: whether the request is on its way; what is not stays due.
  mutating func ask(at now: Span, _ send: (MQTTRequest) -> Bool) {
    guard isConnected else { return }
    for index in entries.indices where entries[index].isDue(at: now) && send(entries[index].request) {
      entries[index].lastAsked = now
      entries[index].isAsked = true
    }
  }
}

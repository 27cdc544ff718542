/// Which devices a topic speaks of: one look-up per message, however many devices there are.
public struct TopicIndex: Sendable {
  private var devices: [String: [Int]] = [:]

  /// - Parameter devices: the positions in this list are what the index answers with.
  public init(_ devices: [DeviceDescription]) {
    for (index, device) in devices.enumerated() {
      guard case .mqtt(let mqtt) = device.transport else { continue }
      for topic in mqtt.topics { self.devices[topic, default: []].append(index) }
    }
  }

  public subscript(topic: String) -> [Int] { devices[topic] ?? [] }

  /// Every topic once, sorted: what to subscribe to.
  public var topics: [String] { devices.keys.sorted() }
}

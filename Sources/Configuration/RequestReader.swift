import Devices
import Measures

extension ConfigurationReader {
  /// What a device is asked for: `ask:`.
  func requests(_ cursor: Cursor) -> [MQTTRequest] {
    let items = cursor.items()
    if items.count > MQTTRequest.maximumCount {
      items[MQTTRequest.maximumCount].mistake(
        "a device is asked for at most \(MQTTRequest.maximumCount) things (found \(items.count))")
    }
    return items.compactMap { item in
      guard let section = item.section() else { return nil }
      let topic = section.required("topic")?.topic()
      let limit = MQTTRequest.maximumBytes
      let payload = section.required("payload")?.read("a text of at most \(limit) bytes, in quotes") {
        $0.utf8.count <= limit ? Array($0.utf8) : nil
      }
      let every = section.optional("every").map { $0.span(MQTTRequest.minimumInterval...(.hours(168))) }
      section.finish()
      guard let topic, let payload, let every = every ?? .some(nil) else { return nil }
      return MQTTRequest(topic: topic, payload: payload, every: every)
    }
  }

  /// The broker a device names; `nil` after a mistake, or where it is the main one.
  ///
  /// Without a fence a press from before the connection could not be told from a new one, so there is no
  /// button on such a broker.
  func furtherBroker(_ device: Section, _ channels: Section?) -> BrokerID? {
    let known = Array(declared.brokers.keys)
    guard let id = device.optional("broker")?.reference(to: known, in: "brokers", "broker") else {
      return nil
    }
    if declared.brokers[id] == .some(false), let action = channels?.optional("action") {
      action.mistake(
        "a button needs a broker on which old presses can be told from new ones: give the broker \(id) "
          + "fence: true, if it lets us publish to a topic of our own (found a button)")
    }
    return id
  }
}

/// Tells what was published before the subscriptions stood from what came after.
///
/// A button press has no id, so an old one must never be taken for a new one. After the SUBACKs the link
/// publishes a random token to a topic of its own; the broker keeps the order, so whatever comes before
/// the token may be older than the connection.
struct Fence: Sendable {
  enum State: Sendable, Equatable {
    case waitingForSubscriptions
    case sent(atMilliseconds: Int64)
    case passed
  }

  let topic: String
  let token: [UInt8]
  private(set) var state = State.waitingForSubscriptions

  /// - Parameter token: new and unguessable for each connection.
  init(topic: String, token: [UInt8]) {
    self.topic = topic
    self.token = token
  }

  var isPassed: Bool { state == .passed }

  mutating func sent(at now: Int64) {
    if !isPassed { state = .sent(atMilliseconds: now) }
  }

  /// True if this message is the fence coming back for the first time.
  mutating func passes(_ message: Message) -> Bool {
    guard case .sent = state, message.topic == topic, message.payload == token, !message.retained else {
      return false
    }
    state = .passed
    return true
  }

  /// True if it should be back by now.
  func isOverdue(at now: Int64, patience: Int64) -> Bool {
    if case .sent(let then) = state { return now - then >= patience }
    return false
  }
}

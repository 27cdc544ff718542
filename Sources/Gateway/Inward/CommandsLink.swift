import Contract
import Dispatch
import Logging
import MQTT
import Synchronization

/// Commands and billing: what a round brought is committed together, and only then acknowledged.
final class CommandsLink: LinkHandler, Publisher {
  /// Longer than any commit; past this the broker is asked to deliver again.
  private static let patience = DispatchTimeInterval.seconds(30)

  let link: Link
  private let topics: Topics
  private let inbox: Inbox
  private let log: Logger
  private let isSubscribed = Atomic<Bool>(false)

  init(link: Link, topics: Topics, inbox: Inbox, log: Logger) {
    self.link = link
    self.topics = topics
    self.inbox = inbox
    self.log = log
  }

  func received(_ batch: [Message]) -> Disposition {
    let ticket = Ticket()
    for message in batch {
      guard let content = content(of: message, ticket) else { continue }
      ticket.enter()
      // A full inbox refuses: nothing of this round is acknowledged, and the broker keeps it for later.
      if !inbox.put(content) { ticket.leave(isCommitted: false) }
    }
    return ticket.wait(Self.patience) ? .commit : .drop
  }

  private func content(of message: Message, _ ticket: Ticket) -> Input.Content? {
    switch message.topic {
    case topics.ack:
      return .billing(BillingMessage(kind: .ack, payload: message.payload) { ticket.leave(isCommitted: $0) })
    case topics.billingStatus:
      return .billing(
        BillingMessage(kind: .status, payload: message.payload) { ticket.leave(isCommitted: $0) })
    default:
      guard let (actor, verb) = topics.parseCommand(message.topic) else {
        log.warning("a message on \(message.topic.prefix(200)) is no command; it is ignored")
        return nil
      }
      // An empty retained message only clears a topic.
      if message.retained, message.payload.isEmpty { return nil }
      return .command(
        CommandRequest(
          actor: actor, verb: verb, payload: message.payload, isRetained: message.retained,
          replyPath: .topic(response: message.responseTopic, correlation: message.correlationData)
        ) { outcome in
          if case .committed = outcome {
            ticket.leave(isCommitted: true)
          } else {
            ticket.leave(isCommitted: false)
          }
        })
    }
  }

  func subscribed() {
    log.notice("mqtt commands link: connected to \(link.settings.broker)")
    isSubscribed.store(true, ordering: .relaxed)
    _ = inbox.put(.link(.commandsUp))
  }

  func disconnected(_ reason: LinkError) {
    isSubscribed.store(false, ordering: .relaxed)
    log.warning("\(reason)")
    _ = inbox.put(.link(.commandsDown))
  }

  func trouble(_ reason: LinkError) { log.error("\(reason)") }

  /// An event the broker will never take is done with too: sending it again would not help.
  func published(_ token: UInt64, _ receipt: Receipt) {
    if case .refused(let reason) = receipt { log.error("the broker refuses an event: \(reason)") }
    _ = inbox.put(.delivered(event: Int64(token)))
  }

  // MARK: Publisher

  var isUp: Bool { isSubscribed.load(ordering: .relaxed) }

  func publish(_ message: OutgoingMessage) -> Bool {
    let publication = Publication(
      topic: message.topic, payload: message.body, qos: message.isCertain ? .atLeastOnce : .atMostOnce,
      retain: message.isRetained, correlationData: message.correlation)
    switch link.publish(publication, token: message.eventNumber.map { UInt64($0) }) {
    case .queued: return true
    case .notConnected, .queueFull: return false
    case .refused(let reason):
      // Trying again would not help; what is ours is well-formed, so this is somebody's response topic.
      log.warning("a message to \(message.topic.prefix(200)) cannot be published: \(reason)")
      return true
    }
  }
}

/// One round of messages that are committed together: the link waits for all of them.
final class Ticket: Sendable {
  private let group = DispatchGroup()
  private let hasFailed = Mutex(false)

  func enter() { group.enter() }

  func leave(isCommitted: Bool) {
    if !isCommitted { hasFailed.withLock { $0 = true } }
    group.leave()
  }

  /// Whether everything is on disk.
  func wait(_ limit: DispatchTimeInterval) -> Bool {
    guard group.wait(timeout: .now() + limit) == .success else { return false }
    return !hasFailed.withLock { $0 }
  }
}

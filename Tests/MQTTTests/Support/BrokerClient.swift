public import MQTT
import Synchronization

/// A small MQTT client on our own link, for the simulator's operators and billing service and for tests.
/// Messages gather in a mailbox until someone takes them.
public final class BrokerClient: LinkHandler {
  public let link: Link
  private let mailbox = Mutex(Mailbox())

  private struct Waiter {
    var id: UInt64
    var matches: @Sendable (Message) -> Bool
    var resume: CheckedContinuation<Message?, Never>
  }

  private struct Mailbox {
    var messages: [Message] = []
    var waiters: [Waiter] = []
    var nextID: UInt64 = 0
    var isSubscribed = false
    var receiptWaiters: [UInt64: CheckedContinuation<Receipt?, Never>] = [:]
    var subscribedWaiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    var lastError: LinkError?
  }

  /// Unread messages kept; then the oldest goes.
  private static let mailboxLimit = 100_000

  /// Connects at once, and again whenever the connection ends.
  public init(_ settings: LinkSettings) throws(LinkError) {
    link = try Link(settings)
    try link.start(self)
  }

  /// A client of a private broker, with quick retries.
  public convenience init(
    _ broker: PrivateBroker, id: String, _ filters: String..., qos: QualityOfService = .atLeastOnce,
    username: String? = nil, password: String? = nil
  ) throws(LinkError) {
    var settings = LinkSettings(
      name: id, host: "127.0.0.1", port: broker.port, username: username, password: password, clientID: id,
      session: .clean, subscriptions: filters.map { Subscription($0, qos: qos) })
    settings.backoff = Backoff(minimumMilliseconds: 20, maximumMilliseconds: 500)
    try self.init(settings)
  }

  /// Ends the link. Must be called; the link's thread holds the client until then.
  public func close() { link.stop(graceMilliseconds: 500) }

  /// Waits until the subscriptions stand; false when the time is up.
  public func ready(within time: Duration = .seconds(10)) async -> Bool {
    let id = nextID()
    return await withDeadline(time) { continuation in
      self.mailbox.withLock { box in
        if box.isSubscribed { return true }
        box.subscribedWaiters[id] = continuation
        return nil
      }
    } expired: {
      self.mailbox.withLock { $0.subscribedWaiters.removeValue(forKey: id) }?.resume(returning: false)
    }
  }

  /// Publishes and waits for the broker's PUBACK (QoS 0: until it is sent); nil when the time is up or the
  /// connection ended.
  @discardableResult
  public func publish(_ publication: Publication, within time: Duration = .seconds(10)) async -> Receipt? {
    guard await ready(within: time) else { return nil }
    let id = nextID()
    return await withDeadline(time) { continuation in
      self.mailbox.withLock { $0.receiptWaiters[id] = continuation }
      let outcome = self.link.publish(publication, token: id)
      if outcome == .queued { return nil }
      guard self.mailbox.withLock({ $0.receiptWaiters.removeValue(forKey: id) }) != nil else { return nil }
      if case .refused(let text) = outcome { return .some(.refused(text)) }
      return .some(nil)
    } expired: {
      self.mailbox.withLock { $0.receiptWaiters.removeValue(forKey: id) }?.resume(returning: nil)
    }
  }

  /// Publishes text.
  @discardableResult
  public func publish(
    _ topic: String, _ text: String, qos: QualityOfService = .atLeastOnce, retain: Bool = false
  ) async -> Receipt? {
    await publish(Publication(topic: topic, payload: [UInt8](text.utf8), qos: qos, retain: retain))
  }

  /// Takes the oldest message that matches out of the mailbox, waiting for it; nil when the time is up.
  public func next(
    within time: Duration = .seconds(10), where matches: @escaping @Sendable (Message) -> Bool = { _ in true }
  ) async -> Message? {
    let id = nextID()
    return await withDeadline(time) { continuation in
      self.mailbox.withLock { box in
        if let index = box.messages.firstIndex(where: matches) {
          return .some(box.messages.remove(at: index))
        }
        box.waiters.append(Waiter(id: id, matches: matches, resume: continuation))
        return nil
      }
    } expired: {
      let waiter = self.mailbox.withLock { box -> Waiter? in
        guard let index = box.waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return box.waiters.remove(at: index)
      }
      waiter?.resume.resume(returning: nil)
    }
  }

  /// Takes the oldest message on a topic out of the mailbox.
  public func next(on topic: String, within time: Duration = .seconds(10)) async -> Message? {
    await next(within: time) { $0.topic == topic }
  }

  /// The messages nobody has taken yet.
  public var unread: [Message] { mailbox.withLock { $0.messages } }

  /// Why the link is, or last was, down.
  public var lastError: LinkError? { mailbox.withLock { $0.lastError } }

  private func nextID() -> UInt64 {
    mailbox.withLock { box in
      box.nextID += 1
      return box.nextID
    }
  }

  /// Suspends until `begin` returns a value at once, someone resumes the continuation, or the time is up.
  private func withDeadline<Value: Sendable>(
    _ time: Duration, begin: @escaping @Sendable (CheckedContinuation<Value, Never>) -> Value?,
    expired: @escaping @Sendable () -> Void
  ) async -> Value {
    let timer = Task {
      try? await Task.sleep(for: time)
      if !Task.isCancelled { expired() }
    }
    defer { timer.cancel() }
    return await withCheckedContinuation { continuation in
      if let value = begin(continuation) { continuation.resume(returning: value) }
    }
  }
}

// On the link's thread.
extension BrokerClient {
  public func received(_ batch: [Message]) -> Disposition {
    for message in batch {
      let waiter = mailbox.withLock { box -> Waiter? in
        if let index = box.waiters.firstIndex(where: { $0.matches(message) }) {
          return box.waiters.remove(at: index)
        }
        box.messages.append(message)
        if box.messages.count > Self.mailboxLimit { box.messages.removeFirst() }
        return nil
      }
      waiter?.resume.resume(returning: message)
    }
    return .commit
  }

  public func subscribed() {
    let waiters = mailbox.withLock { box in
      box.isSubscribed = true
      defer { box.subscribedWaiters = [:] }
      return box.subscribedWaiters
    }
    for waiter in waiters.values { waiter.resume(returning: true) }
  }

  public func published(_ token: UInt64, _ receipt: Receipt) {
    mailbox.withLock { $0.receiptWaiters.removeValue(forKey: token) }?.resume(returning: receipt)
  }

  public func disconnected(_ reason: LinkError) {
    let lost = mailbox.withLock { box in
      box.isSubscribed = false
      box.lastError = reason
      defer { box.receiptWaiters = [:] }
      return box.receiptWaiters
    }
    for waiter in lost.values { waiter.resume(returning: nil) }
  }
}

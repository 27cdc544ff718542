internal import Foundation
public import MQTT
internal import Synchronization

/// A program on the broker: publishes, and waits for messages. On a ``Link``, as the gateway's own are.
public final class BrokerClient: Sendable {
  private struct Seen: Sendable {
    var isUp = false
    var connects = 0
    var problem: String?
    /// What came and nobody has taken yet.
    var waiting: [Message] = []
    /// The newest of each topic; an empty payload is the end of a retained one.
    var latest: [String: Message] = [:]
    /// What became of publications whose senders still wait.
    var receipts: [UInt64: Receipt] = [:]
    var dropped = 0
  }

  /// At most so many messages wait to be taken; then the oldest go, counted.
  public static let limit = 20_000

  public let settings: LinkSettings
  private let seen = Watched(Seen())
  public let link: Link
  private let tokens = Atomic<UInt64>(0)

  /// Connects in the background, again and again.
  /// - Parameters:
  ///   - onMessages: called on the link's thread with everything that came in one round, before it is
  ///     acknowledged; `false` drops the connection unacknowledged.
  ///   - onConnect: called on the link's thread each time it is connected and subscribed.
  public init(
    _ settings: LinkSettings, onMessages: @escaping @Sendable ([Message]) -> Bool = { _ in true },
    onConnect: @escaping @Sendable () -> Void = {}
  ) {
    self.settings = settings
    do {
      link = try Link(settings)
      try link.start(Handler(seen: seen, onMessages: onMessages, onConnect: onConnect))
    } catch {
      // The simulator writes its settings itself: this is its own mistake, or a machine without threads.
      preconditionFailure("\(error)")
    }
  }

  /// A client with a clean session on a broker of the loopback.
  public convenience init(
    _ name: String, port: UInt16, filters: [String], wantsRetained: Bool = true, login: Login? = nil
  ) {
    self.init(Self.settings(name, port: port, filters: filters, wantsRetained: wantsRetained, login: login))
  }

  /// A login at the broker.
  public struct Login: Sendable, Hashable {
    public let username: String
    public let password: String

    public init(username: String, password: String) {
      self.username = username
      self.password = password
    }
  }

  /// Settings that suit a broker of one's own: it is tried again without much waiting.
  public static func settings(
    _ name: String, port: UInt16, filters: [String], wantsRetained: Bool = true, login: Login? = nil,
    session: Session = .clean
  ) -> LinkSettings {
    var settings = LinkSettings(name: name, host: "127.0.0.1", port: port, clientID: name, session: session)
    settings.subscriptions = filters.map { filter in
      Subscription(
        filter, qos: .atLeastOnce, retained: wantsRetained ? .always : .never, retainAsPublished: true)
    }
    settings.backoff = Backoff(minimumMilliseconds: 50, maximumMilliseconds: 1000)
    settings.username = login?.username
    settings.password = login?.password
    return settings
  }

  deinit { link.stop(graceMilliseconds: 200) }

  /// Says goodbye; what was published before still leaves.
  public func close() { link.stop(graceMilliseconds: 1000) }

  /// Drops the connection without a goodbye; it connects again by itself.
  public func cut() { link.cut() }

  public var isUp: Bool { seen.value.isUp }
  /// Goes up with every connection: whoever publishes retained state says it anew.
  public var connects: Int { seen.value.connects }

  /// Waits until it is connected and subscribed.
  public func connected(within limit: Duration = .seconds(10)) async throws {
    let what = "the connection of \(settings.name) to \(settings.broker)"
    try await seen.wait(for: "\(what) (\(self.seen.value.problem ?? "no answer"))", within: limit) { seen in
      seen.isUp ? () : nil
    }
  }

  // MARK: Publishing

  /// Hands a message to the link.
  /// - Returns: `false` while the broker is away: nothing is kept.
  @discardableResult
  public func publish(
    _ topic: String, _ payload: [UInt8], qos: MQTT.QualityOfService = .atLeastOnce, isRetained: Bool = false
  ) -> Bool {
    link.publish(Publication(topic: topic, payload: payload, qos: qos, retain: isRetained)) == .queued
  }

  @discardableResult
  public func publish(
    _ topic: String, _ text: String, qos: MQTT.QualityOfService = .atLeastOnce, isRetained: Bool = false
  ) -> Bool {
    publish(topic, Array(text.utf8), qos: qos, isRetained: isRetained)
  }

  /// Publishes in QoS 1 and waits for the broker's acknowledgment.
  /// - Throws: ``BrokerError`` if the broker refuses it or is lost, ``WaitError``.
  public func deliver(_ message: Publication, within limit: Duration = .seconds(10)) async throws {
    var message = message
    message.qos = .atLeastOnce
    if case .refused(let text) = try await send(message, within: limit) {
      throw BrokerError("the broker refuses what \(settings.name) publishes to \(message.topic): \(text)")
    }
  }

  /// Publishes and waits for what becomes of it: in QoS 1 the broker's answer, in QoS 0 that it left.
  /// - Throws: ``BrokerError`` if the connection is lost, ``WaitError``.
  @discardableResult
  public func send(_ message: Publication, within limit: Duration = .seconds(10)) async throws -> Receipt {
    let token = tokens.wrappingAdd(1, ordering: .relaxed).newValue
    let topic = message.topic
    try await connected(within: limit)
    switch link.publish(message, token: token) {
    case .queued: break
    case .refused(let text): return .refused(text)
    case .notConnected, .queueFull:
      throw BrokerError("\(settings.name) lost its connection while publishing to \(topic)")
    }
    return try await seen.wait(for: "the broker's acknowledgment of \(topic)", within: limit) { seen in
      seen.receipts.removeValue(forKey: token)
    }
  }

  // MARK: Waiting

  /// Takes the first message that fits, of those that came and were not taken yet, or that still come.
  public func next(
    _ what: String, within limit: Duration = .seconds(10), where fits: @escaping @Sendable (Message) -> Bool
  ) async throws -> Message {
    try await seen.wait(for: what, within: limit) { seen in
      seen.waiting.firstIndex(where: fits).map { seen.waiting.remove(at: $0) }
    }
  }

  /// Takes the first message on a topic.
  public func next(on topic: String, within limit: Duration = .seconds(10)) async throws -> Message {
    try await next("a message on \(topic)", within: limit) { $0.topic == topic }
  }

  /// What came and nobody has taken yet.
  public var unread: [Message] { seen.value.waiting }

  /// The newest message of a topic.
  public func latest(_ topic: String) -> Message? { seen.value.latest[topic] }

  /// The newest payload of a topic.
  public func latestPayload(of topic: String) -> [UInt8]? { seen.value.latest[topic]?.payload }

  /// The newest payload of every topic below a prefix, by topic.
  public func latestPayloads(below prefix: String) -> [String: [UInt8]] {
    seen.value.latest.filter { $0.key.hasPrefix(prefix) }.mapValues(\.payload)
  }

  /// Waits until the newest message of a topic fits, be it the one that is there.
  @discardableResult
  public func state(
    of topic: String, _ what: String, within limit: Duration = .seconds(10),
    where fits: @escaping @Sendable (Message) -> Bool
  ) async throws -> Message {
    try await seen.wait(for: "\(what) on \(topic)", within: limit) { seen in
      seen.latest[topic].flatMap { fits($0) ? $0 : nil }
    }
  }

  private final class Handler: LinkHandler {
    let seen: Watched<Seen>
    let onMessages: @Sendable ([Message]) -> Bool
    let onConnect: @Sendable () -> Void

    init(
      seen: Watched<Seen>, onMessages: @escaping @Sendable ([Message]) -> Bool,
      onConnect: @escaping @Sendable () -> Void
    ) {
      self.seen = seen
      self.onMessages = onMessages
      self.onConnect = onConnect
    }

    func received(_ batch: [Message]) -> Disposition {
      guard onMessages(batch) else { return .drop }
      seen.change { seen in
        seen.waiting += batch
        let excess = seen.waiting.count - BrokerClient.limit
        if excess > 0 {
          seen.waiting.removeFirst(excess)
          seen.dropped += excess
        }
        for message in batch { seen.latest[message.topic] = message }
      }
      return .commit
    }

    func subscribed() {
      onConnect()
      seen.change { seen in
        seen.isUp = true
        seen.connects += 1
        seen.problem = nil
      }
    }

    func disconnected(_ reason: LinkError) {
      seen.change { seen in
        seen.isUp = false
        seen.problem = reason.description
      }
    }

    func published(_ token: UInt64, _ receipt: Receipt) { seen.change { $0.receipts[token] = receipt } }
  }
}

import Glibc
import MQTT
import ShopSimulator
import Synchronization

/// A broker that logs every packet and forgets everything when it ends.
func startBroker(_ change: (inout PrivateBroker.Options) -> Void = { _ in }) async throws -> PrivateBroker {
  var options = PrivateBroker.Options()
  options.isPersistent = false
  options.lines = ["log_type all"]
  change(&options)
  return try await PrivateBroker.start(options)
}

extension BrokerClient {
  convenience init(_ broker: PrivateBroker, id: String, _ filters: String..., login: Login? = nil) {
    self.init(id, port: broker.port, filters: filters, login: login)
  }

  @discardableResult
  func send(
    _ topic: String, _ text: String, qos: QualityOfService = .atLeastOnce, retain: Bool = false
  ) async throws -> Receipt {
    try await send(Publication(topic: topic, payload: [UInt8](text.utf8), qos: qos, retain: retain))
  }
}

/// Settings with quick retries for a port on loopback.
func quickSettings(
  _ port: UInt16, id: String = "gateway", session: Session = .clean, _ filters: String...,
  qos: QualityOfService = .atLeastOnce
) -> LinkSettings {
  var settings = LinkSettings(
    name: "commands", host: "127.0.0.1", port: port, clientID: id, session: session,
    subscriptions: filters.map { Subscription($0, qos: qos, retained: .never, retainAsPublished: true) })
  settings.backoff = Backoff(minimumMilliseconds: 20, maximumMilliseconds: 200)
  return settings
}

/// The gateway's link for commands.
func durableSettings(_ port: UInt16) -> LinkSettings {
  quickSettings(port, session: .durable(expirySeconds: 60), "command/#")
}

/// Runs a body with a started link and stops the link whatever happens.
func withLink<Value>(
  _ settings: LinkSettings, _ handler: Recorder, _ body: (Link) async throws -> Value
) async throws -> Value {
  let link = try Link(settings)
  try link.start(handler)
  defer { link.stop(graceMilliseconds: 1_000) }
  return try await body(link)
}

/// A door that a handler waits at until the test opens it, or forgot to for half a minute.
final class Gate: Sendable {
  private let isOpen = Mutex(false)

  func open() { isOpen.withLock { $0 = true } }

  func pass() {
    let end = ContinuousClock.now + .seconds(30)
    while !isOpen.withLock({ $0 }) && ContinuousClock.now < end { usleep(500) }
  }
}

/// Waits for something that tells nobody when it changes, such as a log file.
func eventually(within time: Duration = .seconds(10), _ condition: () -> Bool) async -> Bool {
  let end = ContinuousClock.now + time
  while !condition() {
    if ContinuousClock.now > end { return false }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return true
}

extension String {
  func occurrences(of text: String) -> Int {
    split(separator: text, omittingEmptySubsequences: false).count - 1
  }
}

func publication(_ topic: String, _ text: String, retain: Bool = false) -> Publication {
  Publication(topic: topic, payload: [UInt8](text.utf8), retain: retain)
}

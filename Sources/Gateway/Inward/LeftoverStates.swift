import Contract
import MQTT
import ServiceLifecycle
import Synchronization

/// Looks once, after a start, at what the broker still holds below `state/`: a job that ended while the broker was
/// away, and then the daemon, would stand on every panel for ever.
///
/// On a connection of its own, so that a thousand retained states come before nobody's command.
final class LeftoverStates: LinkHandler, Service {
  /// More than any shop has; the next start finds the rest.
  private static let limit = 65_536

  private let link: Link
  private let inbox: Inbox
  private let topics = Mutex<[String]>([])
  private let isDone: AsyncStream<Never>
  private let done: AsyncStream<Never>.Continuation

  /// - Parameter settings: another clean link's, for the broker and the login.
  init(like settings: LinkSettings, topics: Topics, inbox: Inbox) throws {
    var settings = settings
    settings.name = "leftovers"
    settings.clientID = "chargehand-\(topics.gateway)-leftovers"
    settings.fenceTopic = topics.fence("leftovers")
    settings.subscriptions = [Subscription(topics.stateFilter, qos: .atMostOnce)]
    link = try Link(settings)
    self.inbox = inbox
    (isDone, done) = AsyncStream<Never>.makeStream()
  }

  func received(_ batch: [Message]) -> Disposition {
    let held = batch.filter { $0.retained && !$0.payload.isEmpty }.map(\.topic)
    topics.withLock { $0 += held.prefix(max(0, Self.limit - $0.count)) }
    return .commit
  }

  /// A new connection is told everything again.
  func connected(sessionPresent: Bool) { topics.withLock { $0.removeAll() } }

  /// The broker has sent all it holds.
  func fencePassed() {
    _ = inbox.put(.retainedStates(topics: topics.withLock { $0 }))
    done.finish()
  }

  func run() async throws {
    try link.start(self)
    await cancelWhenGracefulShutdown { for await _ in self.isDone {} }
    await onThread("stop-leftovers", stackBytes: 128 << 10) { self.link.stop(graceMilliseconds: 0) }
    try? await gracefulShutdown()
  }
}

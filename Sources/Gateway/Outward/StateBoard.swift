import Configuration
import Contract
import Costing
import Jobs
import Measures
import Metering

/// The retained state of every job, work center, usage, alarm and device, and the ledger: published in full when it
/// changed, at most once a second each, and anew on every connect.
///
/// Safe to share because only the engine's thread touches it.
final class StateBoard: @unchecked Sendable {
  static let pace = Span.seconds(1)
  /// At most so many messages a round, and none while a command waits: a thousand devices never hold up a reply.
  static let burst = 200

  enum Subject: Hashable {
    case status, catalog, ledger
    case job(JobID)
    case workCenter(WorkCenterID)
    case usage(UsageID)
    case alarm(AlarmID)
    case device(DeviceID)
    /// What the broker still holds of something that is over.
    case leftover(String)
  }

  private let topics: Topics
  private var dirty: Set<Subject> = []
  /// In the order they became dirty: nobody starves.
  private var queue: [Subject] = []
  private var published: [Subject: Span] = [:]
  private var needsEverything = false

  init(topics: Topics) { self.topics = topics }

  func touchEverything() { needsEverything = true }

  func touch(_ subject: Subject) {
    if dirty.insert(subject).inserted { queue.append(subject) }
  }

  /// Touches what a commit changed.
  func touch(_ shop: Shop, since before: Shop) {
    for id in before.jobs.touched { touch(.job(id)) }
    for id in before.workCenters.touched { touch(.workCenter(id)) }
    for id in before.usages.touched { touch(.usage(id)) }
    for id in before.alarms.touched { touch(.alarm(id)) }
    for id in before.runs.touched {
      guard let run = shop.runs[id] else { continue }
      touch(.workCenter(run.workCenter))
      for job in run.work.jobs { touch(.job(job)) }
    }
    if shop.counters.inForce != before.counters.inForce || !before.rules.touched.isEmpty { touch(.catalog) }
  }

  func publish(at now: Moment, from engine: Engine, through publisher: any Publisher) {
    if needsEverything { gather(engine) }
    for id in engine.live.takeChanged() { touch(.device(id)) }
    // A run's tallies move without a commit; whoever watches wants to see them move.
    for (id, center) in engine.state.books.shop.workCenters.rows where center.run != nil {
      touch(.workCenter(id))
    }
    var later: [Subject] = []
    var sent = 0
    for subject in queue {
      let isTooSoon = published[subject].map { now.uptime - $0 < Self.pace } ?? false
      guard !isTooSoon, sent < Self.burst, !engine.inbox.hasCommand else {
        later.append(subject)
        continue
      }
      let message = message(for: subject, engine, at: now)
      guard publisher.publish(message) else {
        later.append(subject)
        continue
      }
      sent += 1
      dirty.remove(subject)
      published[subject] = message.body.isEmpty ? nil : now.uptime
    }
    queue = later
  }

  private func gather(_ engine: Engine) {
    needsEverything = false
    published.removeAll(keepingCapacity: true)
    touch(.status)
    for subject in Self.everything(of: engine) { touch(subject) }
  }

  /// The broker keeps what it was told, be the daemon away when it ended: whatever is not of today is cleared.
  ///
  /// - Parameter found: topics below `state/` that the broker holds something under.
  func clearLeftovers(_ found: [String], of engine: Engine) {
    let known = Set(Self.everything(of: engine).map(topic(of:)))
    for topic in found where !known.contains(topic) { touch(.leftover(topic)) }
  }

  /// All that has a state now.
  private static func everything(of engine: Engine) -> [Subject] {
    let shop = engine.state.books.shop
    return [.catalog, .ledger] + shop.workCenters.ids.map(Subject.workCenter)
      + shop.jobs.ids.filter { shop.jobs[$0]?.isPublished ?? false }.map(Subject.job)
      + shop.usages.ids.filter { shop.usages[$0]?.decision == nil }.map(Subject.usage)
      + shop.alarms.ids.map(Subject.alarm)
      + engine.live.devices.keys.sorted().map(Subject.device)
  }

  private func message(for subject: Subject, _ engine: Engine, at now: Moment) -> OutgoingMessage {
    OutgoingMessage(
      topic: topic(of: subject), body: body(of: subject, engine, at: now),
      isCertain: subject == .status || subject == .ledger,
      isRetained: true)
  }

  private func topic(of subject: Subject) -> String {
    switch subject {
    case .status: topics.status
    case .catalog: topics.catalog
    case .ledger: topics.ledger
    case .job(let id): topics.state(job: id)
    case .workCenter(let id): topics.state(workCenter: id)
    case .usage(let id): topics.state(usage: id)
    case .alarm(let id): topics.state(alarm: id)
    case .device(let id): topics.state(device: id)
    case .leftover(let topic): topic
    }
  }

  /// Empty where it is over.
  private func body(of subject: Subject, _ engine: Engine, at now: Moment) -> [UInt8] {
    let shop = engine.state.books.shop
    return switch subject {
    case .status: engine.statusPayload(at: now)
    case .ledger: engine.ledgerPayload(at: now)
    case .catalog: StatePayloads.catalog(engine.configuration.rules)
    case .job(let id): shop.jobs[id].map { $0.isPublished ? StatePayloads.job($0, shop: shop) : [] } ?? []
    case .workCenter(let id): engine.payload(ofWorkCenter: id)
    case .usage(let id): shop.usages[id].map { $0.decision == nil ? StatePayloads.usage($0) : [] } ?? []
    case .alarm(let id): shop.alarms[id].map { StatePayloads.alarm(id, $0) } ?? []
    case .device(let id): engine.payload(ofDevice: id)
    case .leftover: []
    }
  }
}

extension Job {
  /// A job stays on the board until it is paid, or canceled and not billed.
  var isPublished: Bool {
    // What billing has not answered is not over, whatever else it says.
    guard isClosed, !drafts.contains(where: { $0.state == .pending }) else { return true }
    return switch billing {
    case .paid, .void: false
    case .unbilled: production != .canceled
    default: true
    }
  }
}

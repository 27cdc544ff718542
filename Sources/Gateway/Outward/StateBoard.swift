import Configuration
import Contract
import Costing
import Jobs
import Measures
import Metering

/// The retained state of every job, work center, usage, alarm and device: published in full when it changed,
/// at most once a second each, and anew on every connect.
///
/// Safe to share because only the engine's thread touches it.
final class StateBoard: @unchecked Sendable {
  static let pace = Span.seconds(1)
  /// At most so many messages a round, so that a thousand devices never hold up a reply.
  static let burst = 200

  enum Subject: Hashable {
    case status, catalog
    case job(JobID)
    case workCenter(WorkCenterID)
    case usage(UsageID)
    case alarm(AlarmID)
    case device(DeviceID)
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
      touch(.job(run.job))
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
      guard !isTooSoon, sent < Self.burst, let message = message(for: subject, engine, at: now),
        publisher.publish(message)
      else {
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
    let shop = engine.state.books.shop
    touch(.status)
    touch(.catalog)
    for id in shop.workCenters.ids { touch(.workCenter(id)) }
    for id in shop.jobs.ids where shop.jobs[id]?.isPublished ?? false { touch(.job(id)) }
    for id in shop.usages.ids { touch(.usage(id)) }
    for id in shop.alarms.ids { touch(.alarm(id)) }
    for id in engine.live.devices.keys.sorted() { touch(.device(id)) }
  }

  private func message(for subject: Subject, _ engine: Engine, at now: Moment) -> OutgoingMessage? {
    let shop = engine.state.books.shop
    let topic: String
    let body: [UInt8]
    switch subject {
    case .status: (topic, body) = (topics.status, engine.statusPayload(at: now))
    case .catalog: (topic, body) = (topics.catalog, StatePayloads.catalog(engine.configuration.rules))
    case .job(let id):
      (topic, body) = (
        topics.state(job: id),
        shop.jobs[id].map { $0.isPublished ? StatePayloads.job($0, shop: shop) : [] } ?? []
      )
    case .workCenter(let id): (topic, body) = (topics.state(workCenter: id), engine.payload(ofWorkCenter: id))
    case .usage(let id):
      (topic, body) = (topics.state(usage: id), shop.usages[id].map(StatePayloads.usage) ?? [])
    case .alarm(let id):
      (topic, body) = (topics.state(alarm: id), shop.alarms[id].map { StatePayloads.alarm(id, $0) } ?? [])
    case .device(let id): (topic, body) = (topics.state(device: id), engine.payload(ofDevice: id))
    }
    return OutgoingMessage(topic: topic, body: body, isCertain: subject == .status, isRetained: true)
  }
}

extension Job {
  /// A job stays on the board until it is paid, or canceled and not billed.
  var isPublished: Bool {
    guard isClosed else { return true }
    return switch billing {
    case .paid, .void: false
    case .unbilled: production != .canceled
    default: true
    }
  }
}

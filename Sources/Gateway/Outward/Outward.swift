import Configuration
import Contract
import Jobs
import Journal
import JSON
import Logging
import Measures
import Metering

/// Everything on its way out: replies, drafts until acknowledged, events until delivered, state as the
/// latest per topic. Touched on the engine's thread only; nothing here makes the engine wait.
///
/// Safe to share because only the engine's thread touches it once it runs.
final class Outward: @unchecked Sendable {
  let topics: Topics
  private let log: Logger
  var publisher: (any Publisher)?
  let board: StateBoard
  private var drafts = DraftSchedule()
  private var events = EventQueue()
  /// Replies that the link did not take yet: a command that waited at the broker comes before the link is up.
  private var replies: [OutgoingReply] = []
  /// Beyond it the oldest go: the same command again gets its reply again.
  static let replyLimit = 1_000

  init(topics: Topics, log: Logger) {
    self.topics = topics
    self.log = log
    board = StateBoard(topics: topics)
  }

  /// What was still under way when the daemon last stopped.
  func adopt(pending: [DraftRow], events waiting: [EventRow]) {
    for row in pending {
      guard let id = DraftID(row.draftID) else { continue }
      drafts.add(Sending(key: DraftKey(id: id, revision: Int(row.revision)), sequence: row.sequence))
    }
    for row in waiting { events.add(OutgoingEvent(number: row.number, topic: row.topic, body: row.body)) }
  }

  func forget(events numbers: [Int64]) { events.remove(numbers) }

  /// What a committed round brought about.
  func take(_ done: Aftermath, feedback: [WorkCenterID: Feedback]) {
    for key in done.settled { drafts.remove(key) }
    for sending in done.drafts { drafts.add(sending) }
    for event in done.events { events.add(event) }
    if done.isLedgerDue { board.touch(.ledger) }
    replies += done.replies
    if replies.count > Self.replyLimit {
      let excess = replies.count - Self.replyLimit
      log.warning("\(excess) replies were dropped; the same commands again get theirs again")
      replies.removeFirst(excess)
    }
    guard let publisher, publisher.isUp else { return }
    sendReplies(through: publisher)
    for (place, action) in done.feedback {
      guard let lamp = feedback[place] else { continue }
      guard let word = action.ok ? lamp.ok : lamp.refused else { continue }
      _ = publisher.publish(OutgoingMessage(topic: lamp.topic, body: Array(word.utf8), isCertain: false))
    }
  }

  private func sendReplies(through publisher: any Publisher) {
    let rest = replies.firstIndex { reply in
      let message = OutgoingMessage(topic: reply.topic, body: reply.body, correlation: reply.correlation)
      return !publisher.publish(message)
    }
    replies.removeFirst(rest ?? replies.count)
  }

  /// The commands link is up with its subscriptions: everything is said anew.
  func linkUp() {
    drafts.sendAllNow()
    events.sendAllNow()
    board.touchEverything()
  }

  func linkDown() { events.sendAllNow() }

  func delivered(event: Int64) { events.remove([event]) }

  /// Sends the drafts and events that are due, as far as the link takes them.
  func send(at now: Moment, from store: JournalStore) {
    guard let publisher, publisher.isUp else { return }
    sendReplies(through: publisher)
    for sending in drafts.due(at: now.uptime) {
      let key = sending.key
      let found: DraftRow?
      do {
        found = try store.draft(key.text)
      } catch {
        // It stays on the list: what cannot be read now may be read in a while.
        log.error("reading draft \(key.text): \(error)")
        drafts.sent(sending, at: now.uptime)
        continue
      }
      // One that was acknowledged is here because somebody asked for it.
      guard let row = found, row.state == .pending || row.state == .acknowledged else {
        drafts.remove(key)
        continue
      }
      guard publisher.publish(OutgoingMessage(topic: row.topic, body: row.body)) else { break }
      drafts.sent(sending, at: now.uptime)
    }
    for event in events.unsent() {
      guard
        publisher.publish(OutgoingMessage(topic: event.topic, body: event.body, eventNumber: event.number))
      else { break }
      events.sent(event.number)
    }
  }

  /// Publishes state that changed; on the engine's tick.
  func publishState(at now: Moment, from engine: Engine) {
    guard let publisher, publisher.isUp else { return }
    board.publish(at: now, from: engine, through: publisher)
  }

  var draftsWaiting: Int { drafts.count }
}

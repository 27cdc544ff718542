import Costing
import Jobs
import Journal
import Measures
import Metering

/// Everything that a commit makes durable, as one value: a round works on it, and a failed commit puts the
/// value from before back, so that memory and disk always agree.
struct EngineState: Sendable {
  var books: Books
  var meters: Meters
  /// What the next commit will store.
  var batch: Batch
  /// The counters as they are on disk: they are stored only when they changed.
  var storedCounters: Shop.Counters
}

/// What is done once a round is on disk.
struct Aftermath: Sendable {
  var replies: [OutgoingReply] = []
  /// New ones, and those that are sent again.
  var drafts: [Sending] = []
  var settled: [DraftKey] = []
  var feedback: [(WorkCenterID, LastAction)] = []
  var events: [OutgoingEvent] = []
  var isLedgerDue = false
  var finish: [@Sendable (_ isCommitted: Bool) -> Void] = []
}

struct OutgoingReply: Sendable {
  let topic: String
  let correlation: [UInt8]?
  let body: [UInt8]
}

struct OutgoingEvent: Sendable {
  let number: Int64
  let topic: String
  let body: [UInt8]
}

/// A revision that is to be sent, and its place in the order of all.
struct Sending: Hashable, Sendable {
  let key: DraftKey
  let sequence: Int64
}

/// One revision of a draft: what every de-duplication goes by.
struct DraftKey: Hashable, Sendable {
  let id: DraftID
  let revision: Int

  var text: String { DraftRow.key(id.text, Int64(revision)) }
}

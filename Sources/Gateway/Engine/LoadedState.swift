import Contract
import Jobs
import Journal
import Measures
import Metering

/// What the journal file held when the daemon started: nothing is replayed.
struct LoadedState {
  let shop: Shop
  let checkpoints: [ChannelID: Meter]
  /// Of the runs that go on.
  let traces: [(run: RunID, trace: Trace)]
  /// Channels of such runs whose traces are there, and cannot be read.
  let unreadableTraces: [(channel: ChannelID, fault: String)]

  /// - Throws: a sentence naming the row that this version cannot read; nothing is guessed at. A trace that cannot be
  ///   read is no reason to stop: nothing is billed from it.
  init(_ store: JournalStore) throws {
    let rows = try store.load().states
    let records = try rows.map { row in
      guard let kind = StateRecord.Kind(rawValue: row.kind) else {
        throw UnknownState(kind: row.kind, id: row.id)
      }
      return StateRecord(kind: kind, id: row.id, bytes: row.body)
    }
    var checkpoints: [ChannelID: Meter] = [:]
    for record in records where record.kind == .meter {
      let meter = try record.meter()
      checkpoints[meter.channel] = meter
    }
    shop = try Shop(records: records)
    self.checkpoints = checkpoints
    var traces: [(run: RunID, trace: Trace)] = []
    var unreadable: [(channel: ChannelID, fault: String)] = []
    for meter in checkpoints.values {
      guard let run = meter.account.run else { continue }
      for channel in Traces.channels(of: meter.channel) {
        do {
          let rows = try store.traces(run: run.text, channel: channel.description)
          guard !rows.isEmpty else { continue }
          let stored = try TraceRecord.stored(rows.map { ($0.number, $0.body) })
          traces.append((run: run, trace: Trace(stored.head, stored: stored.chunks)))
        } catch {
          unreadable.append((channel: channel, fault: "\(error)"))
        }
      }
    }
    self.traces = traces
    unreadableTraces = unreadable
  }
}

/// A row of state of a kind that this version does not know.
struct UnknownState: Error, CustomStringConvertible {
  let kind: String
  let id: String

  var description: String {
    "the state row \(kind) \(id) is of a kind this version does not know; run the version that wrote it"
  }
}

import Contract
import Jobs
import Journal
import Metering

/// What the journal file held when the daemon started: nothing is replayed.
struct LoadedState {
  let shop: Shop
  let checkpoints: [ChannelID: Meter]

  /// - Throws: a sentence naming the row that this version cannot read; nothing is guessed at.
  init(_ rows: [StateRow]) throws {
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

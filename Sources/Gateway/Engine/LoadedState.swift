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
    var checkpoints: [ChannelID: Meter] = [:]
    var shopRows: [(kind: String, id: String, body: [UInt8])] = []
    for row in rows {
      if row.kind == StateRecord.meterKind {
        let meter = try StateRecord.decodeMeter(row.body)
        checkpoints[meter.channel] = meter
      } else {
        shopRows.append((row.kind, row.id, row.body))
      }
    }
    shop = try Shop.load(shopRows)
    self.checkpoints = checkpoints
  }
}

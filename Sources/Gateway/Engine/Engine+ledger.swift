import Contract
import Costing
import Jobs
import Journal
import Measures

// What billing compares its own books with.
extension Engine {
  /// Made anew whenever it is said, so that it is true of its own time. Drafts change with a commit only, and so does
  /// the head of the chain.
  func ledgerPayload(at moment: Moment) -> [UInt8] {
    let shop = state.books.shop
    // The engine began by putting a configuration in force.
    guard let currency = shop.currentRules?.priceList.currency else { return [] }
    return LedgerMessage(
      series: shop.counters.series, drafts: shop.draftSum(in: currency), auditHead: store.head.text,
      at: moment.wall
    ).bytes
  }
}

public import Contract
public import Jobs
public import Journal
public import Measures

/// The shop and its drafts as a state directory holds them, with the daemon running or stopped.
public enum StoredShop {
  public static func read(directory: String) throws -> Shop {
    try shop(in: JournalReader(directory: directory).snapshot())
  }

  /// Every draft as each of its jobs remembers it, in the order they were made; of one moment with the shop.
  public static func records(
    directory: String
  ) throws -> (shop: Shop, drafts: [(job: Job, record: DraftRecord)]) {
    let shop = try read(directory: directory)
    let drafts = shop.jobs.rows.values.flatMap { job in job.drafts.map { (job: job, record: $0) } }
    return (shop, drafts.sorted { ($0.record.sequence, $0.job.id) < ($1.record.sequence, $1.job.id) })
  }

  /// The message that a daemon would publish; `nil` before its first start.
  public static func ledger(directory: String, at now: WallTime) throws -> LedgerMessage? {
    let snapshot = try JournalReader(directory: directory).snapshot()
    let shop = try shop(in: snapshot)
    guard let currency = shop.currentRules?.priceList.currency else { return nil }
    return LedgerMessage(
      series: shop.counters.series, drafts: shop.draftSum(in: currency), auditHead: snapshot.head.text,
      at: now)
  }

  private static func shop(in snapshot: JournalReader.Snapshot) throws -> Shop {
    try Shop(
      records: snapshot.states.compactMap { row in
        StateRecord.Kind(rawValue: row.kind).map { StateRecord(kind: $0, id: row.id, bytes: row.body) }
      })
  }

  public static func drafts(directory: String) throws -> [DraftRow] {
    try JournalReader(directory: directory).drafts()
  }
}

import Contract
public import Jobs
public import Journal

/// The shop and its drafts as a state directory holds them, with the daemon running or stopped.
public enum StoredShop {
  public static func read(directory: String) throws -> Shop {
    let snapshot = try JournalReader(directory: directory).snapshot()
    return try Shop(
      records: snapshot.states.compactMap { row in
        StateRecord.Kind(rawValue: row.kind).map { StateRecord(kind: $0, id: row.id, bytes: row.body) }
      })
  }

  public static func drafts(directory: String) throws -> [DraftRow] {
    try JournalReader(directory: directory).drafts()
  }
}

import Contract
import Costing
import Jobs
import Measures
public import Journal
import JSON
import Metering

/// Proves a state directory from its journal alone: the audit chain is whole, folding the journal from the
/// beginning arrives at the identical state, and every draft is what was decided and is as it was sent.
public struct Verification: Sendable {
  public let rows: Int64
  public let jobs: Int
  public let drafts: Int
  public let head: AuditHead
  /// What is wrong, each as a sentence; empty when everything holds.
  public let faults: [String]

  public var isClean: Bool { faults.isEmpty }

  /// At most so many faults are listed: after the first few, more say nothing new.
  public static let faultLimit = 50

  /// - Parameter progress: rows done, and rows there are.
  /// - Throws: when the journal cannot be read at all.
  public static func run(
    directory: String, progress: (_ done: Int64, _ of: Int64) -> Void = { _, _ in }
  ) throws -> Verification {
    let reader = try JournalReader(directory: directory)
    // The state is taken first, of one moment; the journal is then read up to that moment, in short pages.
    let snapshot = try reader.snapshot()
    var walk = Walk(reader: reader, snapshot: snapshot)
    try walk.fold(progress)
    try walk.compareState()
    walk.compareDrafts()
    return Verification(
      rows: snapshot.head.sequence, jobs: walk.books.shop.jobs.rows.count, drafts: snapshot.drafts.count,
      head: snapshot.head, faults: Array(walk.faults.prefix(faultLimit)))
  }
}

/// One pass over the journal.
private struct Walk {
  let reader: JournalReader
  let snapshot: JournalReader.Snapshot
  var books = Books()
  var faults: [String] = []
  /// Drafts that the fold made and that wait for their row, and the rows that were found for them.
  private var made: [InvoiceDraft] = []
  private var recorded: [String: String] = [:]

  init(reader: JournalReader, snapshot: JournalReader.Snapshot) {
    self.reader = reader
    self.snapshot = snapshot
  }

  mutating func fold(_ progress: (Int64, Int64) -> Void) throws {
    var chain = ChainCheck()
    let last = snapshot.head.sequence
    var isChainWhole = true
    try reader.forEachRow(upTo: last) { row in
      if isChainWhole, let fault = chain.next(row) {
        faults.append("\(fault); everything after it is unproven")
        isChainWhole = false
      }
      take(row)
      if row.sequence % 1000 == 0 || row.sequence == last { progress(row.sequence, last) }
    }
    for draft in made { faults.append("draft \(draft.id) revision \(draft.revision) has no journal row") }
  }

  private mutating func take(_ row: JournalRow) {
    if row.kind == DraftNote.kind {
      takeDraft(row)
      return
    }
    guard EventRecord.Kind(rawValue: row.kind) != nil else { return }
    do {
      let event = try EventRecord.decode(kind: row.kind, version: Int(row.version), bytes: row.body)
      for outcome in books.apply(event) {
        if case .draft(let draft) = outcome { made.append(draft) }
      }
    } catch {
      faults.append("journal row \(row.sequence) (\(row.kind)) cannot be read: \(error)")
    }
  }

  private mutating func takeDraft(_ row: JournalRow) {
    guard let body = try? DraftNote.decode(version: Int(row.version), row.body) else {
      faults.append("journal row \(row.sequence) (draft) cannot be read")
      return
    }
    recorded["\(body.id)/\(body.revision)"] = body.contentSHA256
    guard let index = made.firstIndex(where: { $0.id.text == body.id && $0.revision == body.revision }) else {
      faults.append(
        "journal row \(row.sequence): draft \(body.id) revision \(body.revision) does not follow from the journal"
      )
      return
    }
    let draft = made.remove(at: index)
    if draft.sequence != body.sequence || draft.totals.payable.text(in: draft.currency) != body.payable {
      faults.append(
        "journal row \(row.sequence): draft \(body.id) revision \(body.revision) was recorded as \(body.payable), "
          + "but the journal comes to \(draft.totals.payable.text(in: draft.currency))")
    }
  }

  /// The stored state against the folded one, byte for byte.
  mutating func compareState() throws {
    var expected: [String: [UInt8]] = [:]
    for record in try books.shop.allStateRecords() {
      expected["\(record.kind.rawValue) \(record.id)"] = record.bytes
    }
    for row in snapshot.states where row.kind != StateRecord.Kind.meter.rawValue {
      let name = "\(row.kind) \(row.id)"
      guard let body = expected.removeValue(forKey: name) else {
        faults.append("the state has \(name), which does not follow from the journal")
        continue
      }
      if body != row.body { faults.append("the state of \(name) is not what the journal comes to") }
    }
    for name in expected.keys.sorted() {
      faults.append("the state lacks \(name), which follows from the journal")
    }
  }

  /// The bytes that are sent against their hash, and the hash against the journal's.
  mutating func compareDrafts() {
    let present = Set(snapshot.drafts.map(\.key))
    for key in recorded.keys.sorted() where !present.contains(key) {
      faults.append("draft \(key) is in the journal, but the bytes that were sent are gone")
    }
    var sequences: [String: Int64] = [:]
    for row in snapshot.drafts {
      let name = "draft \(row.draftID) revision \(row.revision)"
      if !DraftDocument.isIntact(row.body, digest: SHA256.hexDigest) {
        faults.append("\(name): its bytes do not match the hash they carry")
      }
      if recorded[row.key] != row.contentSHA256 {
        faults.append("\(name): its hash is not the one in the journal")
      }
      let expected = sequences[row.series, default: 0] + 1
      if row.sequence != expected {
        faults.append("\(name): sequence \(row.sequence) where \(expected) was due")
      }
      sequences[row.series] = row.sequence
      compareState(of: row, name)
    }
  }

  /// Where the outbox says a revision stands, against what the journal says came of it.
  private mutating func compareState(of row: DraftRow, _ name: String) {
    // A revision that no journal row knows is named above.
    guard let id = DraftID(row.draftID),
      let record = books.shop.jobs(ofDraft: id).first?.drafts.first(where: {
        $0.id == id && $0.revision == row.revision
      })
    else { return }
    let expected: DraftState =
      switch record.state {
      case .pending: .pending
      case .accepted, .credited: .acknowledged
      case .rejected: .rejected
      case .superseded: .superseded
      }
    if row.state != expected {
      faults.append(
        "\(name): it is kept as \(row.state.rawValue), but by the journal it is \(expected.rawValue)")
    }
  }
}

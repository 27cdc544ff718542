import Foundation
import Glibc
@testable import Journal

/// A state directory of its own for one test, gone with it.
final class Scratch {
  let path: String

  init() throws {
    var template = Array((NSTemporaryDirectory() + "/journal-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      .replacingOccurrences(of: "//", with: "/")
  }

  deinit {
    chmod(path, 0o700)
    try? FileManager.default.removeItem(atPath: path)
  }

  var database: String { path + "/chargehand.sqlite" }

  /// A test that starts a program in this very moment holds, between fork and exec, a copy of the lock that was just
  /// given back: that lasts no longer than the moment.
  func open() throws -> JournalStore {
    for _ in 0..<1_000 {
      let opened = Result { () throws(JournalError) in try JournalStore(directory: path) }
      if case .failure(let error) = opened, error.kind == .inUse(processID: getpid()) {
        usleep(5_000)
      } else {
        return try opened.get()
      }
    }
    return try JournalStore(directory: path)
  }

  /// Changes the file behind the program's back, triggers out of the way.
  func tamper(_ sql: String) throws {
    let file = try DatabaseFile(path: database, access: .readWrite)
    try file.execute("DROP TRIGGER IF EXISTS journal_never_changes", to: "tamper")
    try file.execute("DROP TRIGGER IF EXISTS journal_never_shrinks", to: "tamper")
    try file.execute(sql, to: "tamper")
    try file.close()
  }

  func bytes(_ name: String = "chargehand.sqlite") throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }
}

extension Batch {
  /// A row about `subject` with a body of its own.
  @discardableResult
  mutating func appendSample(_ number: Int, subject: String = "run-1") -> AuditHead {
    append(
      kind: number.isMultiple(of: 2) ? "fact" : "command", subject: subject, version: 1,
      configuration: "c0ffee", at: "2026-01-02T03:04:05.678Z", body: Array("body \(number)".utf8))
  }
}

extension JournalStore {
  /// Commits `count` rows, each in a batch of its own or all in one.
  func fill(_ count: Int, oneBatch: Bool = true) throws {
    var batch = newBatch()
    for number in 0..<count {
      batch.appendSample(number)
      if !oneBatch {
        try commit(batch)
        batch = newBatch()
      }
    }
    try commit(batch)
  }
}

func draft(_ id: String, _ revision: Int64 = 1, sequence: Int64, state: DraftState = .pending) -> DraftRow {
  let body = Array("{\"draft_id\":\"\(id)\",\"revision\":\(revision)}".utf8)
  return DraftRow(
    draftID: id, revision: revision, series: "ABC123", sequence: sequence,
    topic: "chargehand/shop-1/billing/draft", body: body, contentSHA256: SHA256.hexDigest(body),
    state: state, createdMilliseconds: 1_767_323_045_678)
}

/// The error that `body` throws, or nil.
func journalError(_ body: () throws -> Void) -> JournalError? {
  do {
    try body()
    return nil
  } catch {
    return error as? JournalError
  }
}

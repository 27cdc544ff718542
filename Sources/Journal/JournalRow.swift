/// One row of the journal: a command, a fact or a decision, as bytes that are never migrated.
public struct JournalRow: Sendable, Hashable {
  /// From 1, without gaps.
  public let sequence: Int64
  /// When it was recorded, RFC 3339 in UTC. A label: order is by `sequence`.
  public let at: String
  /// What sort of row it is; the caller's vocabulary.
  public let kind: String
  /// What it is about (a run, a job, a draft …), or empty.
  public let subject: String
  /// The version of the encoding of `body`, so that old rows stay readable.
  public let version: Int64
  /// The hash that names the configuration it was judged by, or empty.
  public let configuration: String
  /// The caller's bytes.
  public let body: [UInt8]
  /// SHA-256 of the previous row's hash followed by this row's ``canonicalBytes``; 32 bytes.
  public let hash: [UInt8]

  /// The head of the chain once this is its newest row.
  public var head: AuditHead { AuditHead(sequence: sequence, hash: hash) }
}

extension JournalRow {
  /// A row that follows `previous`, its hash computed.
  init(
    after previous: AuditHead, at: String, kind: String, subject: String, version: Int64,
    configuration: String, body: [UInt8]
  ) {
    let unhashed = JournalRow(
      sequence: previous.sequence + 1, at: at, kind: kind, subject: subject, version: version,
      configuration: configuration, body: body, hash: [])
    self.init(
      sequence: unhashed.sequence, at: at, kind: kind, subject: subject, version: version,
      configuration: configuration, body: body, hash: unhashed.expectedHash(after: previous.hash))
  }

  /// The bytes that the hash covers: the byte 1 (this encoding's version), then each field in the order
  /// of the table. Integers are 8 bytes, big-endian; texts (UTF-8) and the body come after their length
  /// in bytes, as such an integer. So no two different rows have the same bytes.
  ///
  /// Frozen: a change here makes every journal in the field look tampered with.
  public var canonicalBytes: [UInt8] {
    var bytes: [UInt8] = [1]
    bytes.reserveCapacity(
      72 + at.utf8.count + kind.utf8.count + subject.utf8.count + configuration.utf8.count + body.count)
    func put(_ integer: Int64) {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: integer >> Int64(shift)))
      }
    }
    func put(_ content: some Collection<UInt8>) {
      put(Int64(content.count))
      bytes.append(contentsOf: content)
    }
    put(sequence)
    put(at.utf8)
    put(kind.utf8)
    put(subject.utf8)
    put(version)
    put(configuration.utf8)
    put(body)
    return bytes
  }

  /// The hash that this row must have if the row before it has the hash `previous`.
  public func expectedHash(after previous: [UInt8]) -> [UInt8] {
    SHA256.digest(previous + canonicalBytes)
  }
}

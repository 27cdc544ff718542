/// The current state of one thing (a job, a run, a meter …), as the caller's bytes.
public struct StateRow: Sendable, Hashable {
  public let kind: String
  public let id: String
  public let body: [UInt8]

  public init(kind: String, id: String, body: [UInt8]) {
    self.kind = kind
    self.id = id
    self.body = body
  }
}

/// A piece of what was read on a channel during a run, as the caller's bytes. Kept beside the journal to be looked at;
/// nothing is billed from it, and the audit chain does not cover it.
public struct TraceRow: Sendable, Hashable {
  public let run: String
  public let channel: String
  /// From 0, in order.
  public let number: Int64
  public let body: [UInt8]

  public init(run: String, channel: String, number: Int64, body: [UInt8]) {
    self.run = run
    self.channel = channel
    self.number = number
    self.body = body
  }
}

/// The reply that a command got; kept so that the same command again gets the same reply.
public struct ReplyRow: Sendable, Hashable {
  /// Who sent the command: the topic's actor or the socket's peer.
  public let actor: String
  /// The command's id, unique for each actor.
  public let id: String
  /// SHA-256 of the command's raw bytes; another hash under the same id is `id_reused`.
  public let contentHash: [UInt8]
  public let verb: String
  /// The reply's bytes.
  public let body: [UInt8]
  /// When it was answered: UTC, milliseconds since 1970.
  public let atMilliseconds: Int64

  public init(
    actor: String, id: String, contentHash: [UInt8], verb: String, body: [UInt8], atMilliseconds: Int64
  ) {
    self.actor = actor
    self.id = id
    self.contentHash = contentHash
    self.verb = verb
    self.body = body
    self.atMilliseconds = atMilliseconds
  }
}

/// An event that waits for its PUBACK.
public struct EventRow: Sendable, Hashable {
  /// Names it to ``Batch/removeEvent(_:)``; increasing, the oldest first.
  public let number: Int64
  public let topic: String
  public let body: [UInt8]
  /// UTC, milliseconds since 1970.
  public let createdMilliseconds: Int64
}

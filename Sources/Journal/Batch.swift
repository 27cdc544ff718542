/// Everything that one commit stores, gathered in memory. Made by ``JournalStore/newBatch()``; valid for
/// that store until another batch is committed. A batch whose commit failed may be committed again.
public struct Batch: Sendable {
  /// The head of the chain after the rows appended so far. A draft carries it before its own row is
  /// appended.
  public private(set) var head: AuditHead

  /// The head when the batch was made: the store's head must be this at the commit.
  let base: AuditHead
  private(set) var rows: [JournalRow] = []
  private(set) var states: [StateKey: [UInt8]?] = [:]
  private(set) var replies: [ReplyKey: ReplyRow] = [:]
  private(set) var steps: [Step] = []
  private var nextEvent: Int64

  struct StateKey: Hashable {
    let kind: String
    let id: String
  }

  struct ReplyKey: Hashable {
    let actor: String
    let id: String
  }

  /// What is done in the order it was asked for.
  enum Step {
    case insertDraft(DraftRow)
    case markDraft(key: String, state: DraftState, reference: String?, reason: String?, atMilliseconds: Int64)
    case insertEvent(EventRow)
    case removeEvent(Int64)
    case pruneReplies(beforeMilliseconds: Int64, limit: Int)
    case setMeta(key: String, value: String)
    case putTrace(TraceRow)
    case cutTrace(run: String, channel: String, count: Int64)
  }

  init(base: AuditHead, nextEvent: Int64) {
    self.base = base
    head = base
    self.nextEvent = nextEvent
  }

  /// True while there is nothing to store; committing it then touches no disk.
  public var isEmpty: Bool { rows.isEmpty && states.isEmpty && replies.isEmpty && steps.isEmpty }

  /// Appends a row to the journal and returns the head of the chain with it. See ``JournalRow`` for what
  /// the fields mean. No text may contain a NUL; the commit refuses it.
  @discardableResult
  public mutating func append(
    kind: String, subject: String, version: Int64, configuration: String, at: String, body: [UInt8]
  ) -> AuditHead {
    let row = JournalRow(
      after: head, at: at, kind: kind, subject: subject, version: version, configuration: configuration,
      body: body)
    rows.append(row)
    head = row.head
    return head
  }

  /// Sets the state of one thing; the last one set in a batch wins. Nil deletes it.
  public mutating func put(state kind: String, id: String, body: [UInt8]?) {
    states.updateValue(body, forKey: StateKey(kind: kind, id: id))
  }

  /// Keeps the reply to a command. A second reply for the same actor and id makes the commit fail, so
  /// look first: ``JournalStore/reply(actor:id:)`` and ``reply(actor:id:)``.
  public mutating func put(reply: ReplyRow) {
    replies[ReplyKey(actor: reply.actor, id: reply.id)] = reply
  }

  /// The reply that this batch, not committed yet, holds for a command.
  public func reply(actor: String, id: String) -> ReplyRow? {
    replies[ReplyKey(actor: actor, id: id)]
  }

  /// Deletes at most `limit` of the oldest replies from before a time (UTC, milliseconds since 1970). A
  /// small limit keeps the commit short; ask again with the next batch.
  public mutating func pruneReplies(beforeMilliseconds: Int64, limit: Int = 200) {
    steps.append(.pruneReplies(beforeMilliseconds: beforeMilliseconds, limit: limit))
  }

  /// Stores a draft. A key or a sequence used before makes the commit fail.
  public mutating func insert(draft: DraftRow) {
    steps.append(.insertDraft(draft))
  }

  /// Changes where a draft stands. A reference or reason of nil keeps the one it has.
  ///
  /// The commit fails for an unknown key, and for any other state after `acknowledged`.
  public mutating func mark(
    draft key: String, _ state: DraftState, reference: String? = nil, reason: String? = nil,
    atMilliseconds: Int64
  ) {
    steps.append(
      .markDraft(
        key: key, state: state, reference: reference, reason: reason, atMilliseconds: atMilliseconds))
  }

  /// Queues an event until its PUBACK and returns its number. Beyond ``JournalStore/eventLimit`` the
  /// oldest are dropped and counted.
  @discardableResult
  public mutating func insertEvent(topic: String, body: [UInt8], createdMilliseconds: Int64) -> Int64 {
    let number = nextEvent
    nextEvent += 1
    steps.append(
      .insertEvent(
        EventRow(number: number, topic: topic, body: body, createdMilliseconds: createdMilliseconds)))
    return number
  }

  /// Removes an event that was acknowledged; no matter if it was dropped already.
  public mutating func removeEvent(_ number: Int64) {
    steps.append(.removeEvent(number))
  }

  /// Keeps a piece of a trace; the last one put under its number wins.
  public mutating func put(trace row: TraceRow) {
    steps.append(.putTrace(row))
  }

  /// Deletes all but the first pieces of a trace, which became shorter.
  public mutating func cutTrace(run: String, channel: String, to count: Int64) {
    steps.append(.cutTrace(run: run, channel: channel, count: count))
  }

  /// Sets a value of the file itself, such as `series` after a restore.
  public mutating func put(meta key: String, value: String) {
    steps.append(.setMeta(key: key, value: value))
  }
}

extension Batch {
  var hasTraces: Bool { steps.contains(where: \.isOfTrace) }

  /// The same, and nothing that is only to be looked at.
  var withoutTraces: Batch {
    var batch = self
    batch.steps.removeAll(where: \.isOfTrace)
    return batch
  }

  /// What holds the first text with a NUL in it, for a message; nil if none does.
  var firstTextWithNUL: String? {
    func spoiled(_ texts: [String?]) -> Bool { texts.contains { $0?.utf8.contains(0) == true } }
    for row in rows where spoiled([row.at, row.kind, row.subject, row.configuration]) {
      return "a text of journal row \(row.sequence)"
    }
    for key in states.keys where spoiled([key.kind, key.id]) { return "the name of a state" }
    for reply in replies.values where spoiled([reply.actor, reply.id, reply.verb]) {
      return "the name of a reply"
    }
    for step in steps where spoiled(step.texts) { return "a text of a draft, an event or a setting" }
    return nil
  }
}

extension Batch.Step {
  fileprivate var isOfTrace: Bool {
    switch self {
    case .putTrace, .cutTrace: true
    case .insertDraft, .markDraft, .insertEvent, .removeEvent, .pruneReplies, .setMeta: false
    }
  }

  fileprivate var texts: [String?] {
    switch self {
    case .insertDraft(let draft):
      [
        draft.draftID, draft.series, draft.topic, draft.contentSHA256, draft.reference, draft.reason,
      ]
    case .markDraft(let key, _, let reference, let reason, _): [key, reference, reason]
    case .insertEvent(let event): [event.topic]
    case .setMeta(let key, let value): [key, value]
    case .putTrace(let row): [row.run, row.channel]
    case .cutTrace(let run, let channel, _): [run, channel]
    case .removeEvent, .pruneReplies: []
    }
  }
}

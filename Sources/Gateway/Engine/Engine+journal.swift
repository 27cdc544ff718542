import Configuration
import Contract
import Costing
import Jobs
import Journal
import Logging
import Measures
import Metering

// What goes into the journal, and into the outboxes, with an event.
extension Engine {
  func journal(_ event: Event) {
    let record = written { () throws(ContractError) in try EventRecord.encode(event) }
    append(
      kind: record.kind.rawValue, subject: EventRecord.subject(of: event), version: record.version,
      at: event.at,
      body: record.bytes)
  }

  /// Every record is made of integers, ids and texts, all of which can be written: failing here is a mistake in the
  /// program, and going on would lose what happened.
  func written<Value>(_ record: () throws(ContractError) -> Value) -> Value {
    do {
      return try record()
    } catch {
      preconditionFailure("a record cannot be written: \(error)")
    }
  }

  func append(kind: String, subject: String, version: Int, at moment: Moment, body: [UInt8]) {
    state.batch.append(
      kind: kind, subject: subject, version: Int64(version), configuration: configuration.version.text,
      at: moment.wall.description, body: body)
  }

  /// What was read for the open runs goes with a commit that happens anyway.
  func putTraces(into batch: inout Batch) {
    for (run, trace) in state.meters.traces.unstored {
      let pieces = written { () throws(ContractError) in try TraceRecord.pieces(of: trace) }
      let channel = trace.head.channel.description
      if let last = pieces.last, pieces.first?.number == 0 {
        batch.cutTrace(run: run.text, channel: channel, to: last.number + 1)
      }
      for (number, bytes) in pieces {
        batch.put(trace: TraceRow(run: run.text, channel: channel, number: number, body: bytes))
      }
    }
  }

  /// Evidence that cannot be stored holds nothing up.
  func noteTraces(_ error: JournalError?) {
    guard let error else {
      state.meters.traces.markStored()
      return
    }
    state.meters.traces.forgetEnded()
    guard !isTraceRefused else { return }
    isTraceRefused = true
    log.error("\(error); what is read is not kept for a look at it later, and everything else goes on")
  }

  /// A draft becomes canonical bytes, once: what is stored here is what every retry sends.
  func store(_ draft: InvoiceDraft) {
    let gateway = configuration.gateway
    let document: (bytes: [UInt8], contentSHA256: String)
    do {
      document = try DraftDocument.encode(
        draft, gateway: DraftDocument.Gateway(id: gateway.id, name: gateway.name),
        auditHead: state.batch.head.text,
        evidenceDigest: { self.digest(of: $0) }, digest: SHA256.hexDigest)
    } catch {
      // Every number in a draft is a string or a small integer, so this cannot be reached by any input.
      log.critical("draft \(draft.id) could not be written: \(error)")
      return
    }
    let key = DraftKey(id: draft.id, revision: draft.revision)
    let now = draft.emittedAt.wall.milliseconds
    if let earlier = draft.revision > 1 ? DraftKey(id: draft.id, revision: draft.revision - 1) : nil {
      state.batch.mark(draft: earlier.text, .superseded, atMilliseconds: now)
      aftermath.settled.append(earlier)
    }
    state.batch.insert(
      draft: DraftRow(
        draftID: draft.id.text, revision: Int64(draft.revision), series: draft.series,
        sequence: draft.sequence,
        topic: topics.draft, body: document.bytes, contentSHA256: document.contentSHA256, state: .pending,
        reference: nil, reason: nil, createdMilliseconds: now, changedMilliseconds: now))
    append(
      kind: DraftNote.kind, subject: "draft/\(draft.id)", version: DraftNote.version, at: draft.emittedAt,
      body: written { () throws(ContractError) in
        try DraftNote(draft, contentSHA256: document.contentSHA256).encoded()
      })
    aftermath.drafts.append(Sending(key: key, sequence: draft.sequence))
    log.info(
      "draft \(draft.id) revision \(draft.revision): \(draft.totals.payable.text(in: draft.currency)) \(draft.currency)"
    )
  }

  /// What was rejected waits in the outbox again, with the bytes that it has.
  func resend(_ key: DraftKey) {
    state.batch.mark(draft: key.text, .pending, atMilliseconds: GatewayClock.wall().milliseconds)
    sendAgain(key)
  }

  /// As it is stored. What was acknowledged stays so: that it waits for another answer is kept in memory only.
  func sendAgain(_ key: DraftKey) {
    let drafts = state.books.shop.jobs(ofDraft: key.id).first?.drafts ?? []
    guard let draft = drafts.first(where: { $0.id == key.id && $0.revision == key.revision }) else { return }
    aftermath.drafts.append(Sending(key: key, sequence: draft.sequence))
  }

  /// The hash of the journal rows that a line's quantity was summed from, in their order.
  private func digest(of evidence: MeasuredEvidence) -> String {
    do {
      let rows = try store.rows(subject: EvidenceRows.subject(of: evidence.run))
      return try SHA256.hexDigest(
        EvidenceRows.bytes(rows.map { ($0.kind, Int($0.version), $0.body) }, evidence.channel))
    } catch {
      // An empty hash matches nothing: `explain` will say that the rows cannot be proven.
      log.error("the evidence of run \(evidence.run) cannot be read: \(error)")
      return ""
    }
  }

  // MARK: Events for people

  func announce(usage id: UsageID) {
    guard let usage = state.books.shop.usages[id] else { return }
    queue(topics.unattributedUsageEvent, StatePayloads.usage(usage), at: usage.to)
  }

  func announce(alarm id: AlarmID) {
    guard let alarm = state.books.shop.alarms[id] else { return }
    log.warning("\(alarm.message)")
    queue(topics.alarmEvent, StatePayloads.alarm(id, alarm), at: alarm.since)
  }

  private func queue(_ topic: String, _ body: [UInt8], at moment: Moment) {
    let number = state.batch.insertEvent(
      topic: topic, body: body, createdMilliseconds: moment.wall.milliseconds)
    aftermath.events.append(OutgoingEvent(number: number, topic: topic, body: body))
  }
}

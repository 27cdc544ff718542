import Contract
import Costing
import Jobs
import Journal
import Measures
import Metering

// What goes into the journal, and into the outboxes, with an event.
extension Engine {
  func journal(_ event: Event) {
    let record = EventRecord.encode(event)
    append(kind: record.kind, subject: subject(of: event), version: record.version, at: event.at, body: record.bytes)
  }

  func append(kind: String, subject: String, version: Int, at moment: Moment, body: [UInt8]) {
    state.batch.append(
      kind: kind, subject: subject, version: Int64(version), configuration: configuration.version.text,
      at: moment.wall.description, body: body)
  }

  /// What the journal files it under, so that all about a run is found again.
  private func subject(of event: Event) -> String {
    switch event {
    case .fact(let fact): fact.run?.text ?? fact.channel.description
    case .command(_, let actor, _): actor.text
    case .pressed(let device, _, _): device.text
    case .acknowledged(let draft, _, _, _): draft.text
    case .billingStatus(let status, _): status.draft.text
    case .configured(let rules, _): rules.version.text
    case .founded, .deadline: ""
    }
  }

  /// A draft becomes canonical bytes, once: what is stored here is what every retry sends.
  func store(_ draft: InvoiceDraft) {
    let gateway = configuration.gateway
    let document: (bytes: [UInt8], contentSHA256: String)
    do {
      document = try DraftDocument.encode(
        draft, gateway: (gateway.id, gateway.name), auditHead: state.batch.head.text,
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
        draftID: draft.id.text, revision: Int64(draft.revision), series: draft.series, sequence: draft.sequence,
        topic: topics.draft, body: document.bytes, contentSHA256: document.contentSHA256, state: .pending,
        reference: nil, reason: nil, createdMilliseconds: now, changedMilliseconds: now))
    append(
      kind: "draft", subject: draft.id.text, version: 1, at: draft.emittedAt,
      body: DraftRecordBody.encode(draft, contentSHA256: document.contentSHA256))
    aftermath.drafts.append(key)
    log.info("draft \(draft.id) revision \(draft.revision): \(draft.totals.payable.text(in: draft.currency)) \(draft.currency)")
  }

  /// The hash of the journal rows that a line's quantity was summed from, in their order.
  private func digest(of evidence: MeasuredEvidence) -> String {
    let rows = (try? store.rows(subject: evidence.run.text)) ?? []
    let channel = evidence.channel.description
    var bytes: [UInt8] = []
    for row in rows where row.kind == "segment" || row.kind == "stretch" {
      guard EventRecord.channel(ofBody: row.body) == channel else { continue }
      bytes += row.body
    }
    return SHA256.hexDigest(bytes)
  }

  // MARK: Events for people

  func announce(usage id: UsageID) {
    guard let usage = state.books.shop.usages[id] else { return }
    queue(topics.unattributedUsageEvent, StatePayloads.unattributedUsage(usage), at: usage.to)
  }

  func announce(alarm id: AlarmID) {
    guard let alarm = state.books.shop.alarms[id] else { return }
    log.warning("\(alarm.message)")
    queue(topics.alarmEvent, StatePayloads.alarm(id, alarm), at: alarm.since)
  }

  private func queue(_ topic: String, _ body: [UInt8], at moment: Moment) {
    let number = state.batch.insertEvent(topic: topic, body: body, createdMilliseconds: moment.wall.milliseconds)
    aftermath.events.append(OutgoingEvent(number: number, topic: topic, body: body))
  }
}

import Configuration
import Contract
import Costing
import Jobs
import Journal
import Logging
import Measures
import Metering

// What the billing service says: believed only for a draft we sent, with the hash we sent.
extension Engine {
  func take(_ message: BillingMessage, at moment: Moment) {
    switch message.kind {
    case .ack:
      switch BillingAck.decode(message.payload) {
      case .success(let ack):
        do {
          take(ack, for: try store.draft(ack.key.text), at: moment)
        } catch {
          // Not knowing is not refusing: unacknowledged, the broker delivers it again.
          log.error("looking up draft \(ack.draft): \(error); the acknowledgment is asked for again")
          message.finish(false)
          return
        }
      case .failure(let refusal): audit("ack_refused", "", refusal.message, message.payload, at: moment)
      }
    case .status:
      switch BillingStatusMessage.decode(message.payload) {
      case .success(let status): take(status, message.payload, at: moment)
      case .failure(let refusal): audit("status_refused", "", refusal.message, message.payload, at: moment)
      }
    }
    aftermath.finish.append(message.finish)
  }

  private func take(_ ack: BillingAck, for row: DraftRow?, at moment: Moment) {
    let key = ack.key
    guard let row, row.contentSHA256 == ack.contentSHA256 else {
      let name = "draft \(ack.draft) revision \(ack.revision)"
      let reason = row == nil ? "\(name) was never sent" : "the hash of \(name) is not the one that was sent"
      audit("ack_refused", ack.draft.text, reason, ack.bytes, at: moment)
      return
    }
    // Whatever it says, it is the answer that this revision is repeated for.
    aftermath.settled.append(key)
    // By the books, which know what this very round has decided; the row knows only what is on the disk.
    // Each job of a batch has it as accepted, or has its share credited since.
    let job = state.books.shop.jobs(ofDraft: ack.draft).first
    let standing = job?.drafts.last { $0.id == ack.draft && $0.revision == ack.revision }?.state
    switch ack.outcome {
    case .accepted, .duplicate:
      if row.state == .acknowledged || standing == .accepted || standing == .credited { return }
      if let job, job.hasAccepted(ack.draft) {
        let reason = "another revision of draft \(ack.draft) than \(ack.revision) was accepted already"
        audit("ack_refused", ack.draft.text, reason, ack.bytes, at: moment)
        // Somebody has to look whether billing bills both: the shop raises an alarm.
        apply(.acknowledged(ack.draft, revision: ack.revision, ack.acknowledgment, at: moment))
        return
      }
      apply(.acknowledged(ack.draft, revision: ack.revision, ack.acknowledgment, at: moment))
      state.batch.mark(
        draft: key.text, .acknowledged, reference: ack.reference, atMilliseconds: moment.wall.milliseconds)
    case .rejected:
      if standing == .accepted || standing == .credited {
        let reason =
          "draft \(ack.draft) revision \(ack.revision) was accepted before; what becomes of it is said in billing/status"
        audit("ack_refused", ack.draft.text, reason, ack.bytes, at: moment)
      }
      guard standing == .pending else { return }
      apply(.acknowledged(ack.draft, revision: ack.revision, ack.acknowledgment, at: moment))
      state.batch.mark(
        draft: key.text, .rejected, reason: ack.reason, atMilliseconds: moment.wall.milliseconds)
    }
  }

  /// An earlier revision was accepted late: this one leaves the schedule, and billing is not asked for it again.
  func supersede(_ key: DraftKey) {
    state.batch.mark(draft: key.text, .superseded, atMilliseconds: GatewayClock.wall().milliseconds)
    aftermath.settled.append(key)
  }

  private func take(_ message: BillingStatusMessage, _ payload: [UInt8], at moment: Moment) {
    guard let job = state.books.shop.jobs(ofDraft: message.draft).first else {
      audit(
        "status_refused", message.draft.text, "draft \(message.draft) was never sent", payload, at: moment)
      return
    }
    if let revision = message.revision,
      !job.drafts.contains(where: { $0.id == message.draft && $0.revision == revision })
    {
      audit(
        "status_refused", message.draft.text, "draft \(message.draft) revision \(revision) was never sent",
        payload, at: moment)
      return
    }
    let status = message.status
    guard !job.knows(status) else { return }
    apply(.billingStatus(status, at: moment))
  }

  private func audit(
    _ kind: String, _ subject: String, _ reason: String, _ payload: [UInt8], at moment: Moment
  ) {
    log.warning("billing: \(reason)")
    append(
      kind: RefusalNote.kind, subject: "draft/\(subject.prefix(64))", version: RefusalNote.version,
      at: moment,
      body: note(Refusal(.invalidArgument, reason), verb: kind, id: nil, payload: payload))
  }
}

extension BillingAck {
  fileprivate var key: DraftKey { DraftKey(id: draft, revision: revision) }
}

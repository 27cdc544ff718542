import Contract
import Jobs
import Journal
import Measures

// What the billing service says: believed only for a draft we sent, with the hash we sent.
extension Engine {
  func take(_ message: BillingMessage, at moment: Moment) {
    aftermath.finish.append(message.finish)
    switch message.kind {
    case .ack:
      switch BillingAck.decode(message.payload) {
      case .success(let ack): take(ack, at: moment)
      case .failure(let refusal): audit("ack_refused", "", refusal.message, message.payload, at: moment)
      }
    case .status:
      switch BillingStatusMessage.decode(message.payload) {
      case .success(let status): take(status, message.payload, at: moment)
      case .failure(let refusal): audit("status_refused", "", refusal.message, message.payload, at: moment)
      }
    }
  }

  private func take(_ ack: BillingAck, at moment: Moment) {
    guard let id = DraftID(ack.draftID), let row = draftRow(ack), row.contentSHA256 == ack.contentSHA256 else {
      let reason =
        draftRow(ack) == nil
        ? "draft \(ack.draftID) revision \(ack.revision) was never sent"
        : "the hash of draft \(ack.draftID) revision \(ack.revision) is not the one that was sent"
      audit("ack_refused", ack.draftID, reason, BillingAck.encode(ack), at: moment)
      return
    }
    let key = DraftKey(id: id, revision: ack.revision)
    switch ack.result {
    case .accepted, .duplicate:
      if row.state == .acknowledged { return }
      apply(.acknowledged(id, revision: ack.revision, .accepted(reference: ack.reference), at: moment))
      state.batch.mark(
        draft: key.text, .acknowledged, reference: ack.reference, atMilliseconds: moment.wall.milliseconds)
    case .rejected:
      guard row.state == .pending else { return }
      apply(.acknowledged(id, revision: ack.revision, .rejected(reason: ack.reason), at: moment))
      state.batch.mark(draft: key.text, .rejected, reason: ack.reason, atMilliseconds: moment.wall.milliseconds)
    }
    aftermath.settled.append(key)
  }

  private func draftRow(_ ack: BillingAck) -> DraftRow? {
    guard let id = DraftID(ack.draftID) else { return nil }
    do {
      return try store.draft(DraftKey(id: id, revision: ack.revision).text)
    } catch {
      log.error("looking up draft \(ack.draftID): \(error)")
      return nil
    }
  }

  private func take(_ message: BillingStatusMessage, _ payload: [UInt8], at moment: Moment) {
    guard let id = DraftID(message.draftID), let job = state.books.shop.job(ofDraft: id) else {
      audit("status_refused", message.draftID, "draft \(message.draftID) was never sent", payload, at: moment)
      return
    }
    let known = job.drafts.last { $0.id == id }?.events.contains(message.eventID) ?? false
    guard !known else { return }
    apply(.billingStatus(BillingStatus(draft: id, state: message.state, event: message.eventID), at: moment))
  }

  private func audit(_ kind: String, _ subject: String, _ reason: String, _ payload: [UInt8], at moment: Moment) {
    log.warning("billing: \(reason)")
    append(
      kind: kind, subject: String(subject.prefix(64)), version: 1, at: moment,
      body: RefusedRecord.encode(
        verb: kind, id: nil, refusal: Refusal(.invalidArgument, reason), payload: payload, digest: SHA256.hexDigest))
  }
}

internal import Measures

// Drafts that are sent again to a billing service that lost them.
extension Shop {
  /// Everything that stands, from a sequence on, in the order in which it was sent first. It changes nothing: what was
  /// accepted stays so, whatever comes back.
  func resend(from sequence: Int64, _ effects: inout [Effect]) throws(Refusal) -> Receipt {
    guard counters.sequence > 0 else { throw Refusal(.unknownDraft, "nothing was sent yet") }
    guard sequence <= counters.sequence else {
      throw Refusal(
        .unknownDraft, "there is no draft of sequence \(sequence); the newest is of \(counters.sequence)")
    }
    // By its sequence: several jobs may share a draft.
    var standing: [Int64: Effect] = [:]
    for (_, job) in jobs.all where job.drafts.contains(where: { $0.sequence >= sequence }) {
      for draft in job.standingDrafts where draft.sequence >= sequence {
        standing[draft.sequence] = .again(draft.id, revision: draft.revision)
      }
    }
    effects += standing.sorted { $0.key < $1.key }.map(\.value)
    var receipt = Receipt()
    receipt.count = standing.count
    if standing.isEmpty { receipt.message = "nothing from sequence \(sequence) on stands" }
    return receipt
  }
}

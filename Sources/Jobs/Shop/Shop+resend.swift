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
    var standing: [DraftRecord] = []
    for (_, job) in jobs.all where job.drafts.contains(where: { $0.sequence >= sequence }) {
      standing += job.standingDrafts.filter { $0.sequence >= sequence }
    }
    standing.sort { $0.sequence < $1.sequence }
    effects += standing.map { .again($0.id, revision: $0.revision) }
    var receipt = Receipt()
    receipt.count = standing.count
    if standing.isEmpty { receipt.message = "nothing from sequence \(sequence) on stands" }
    return receipt
  }
}

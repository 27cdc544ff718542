public import Measures
public import Metering

/// What keeps a settling job from its draft.
public enum Wait: Hashable, Sendable {
  /// The last reading of a run that ended; then the newest one there is will do.
  case reading(ChannelID, until: Moment)
  /// The grace after a completion, in which a reopening goes unseen.
  case grace(until: Moment)
  /// Billing's answer to a draft that it speaks of already, or to a deposit, draw or release.
  case answer(DraftID)
  /// Other jobs on the same draft, which is replaced as a whole.
  case companions([JobID])

  /// When it is over at the latest; `nil` where that is for others to say.
  public var until: Moment? {
    switch self {
    case .reading(_, let until), .grace(let until): until
    case .answer, .companions: nil
    }
  }
}

extension Shop {
  /// What a settling job waits for; nothing for any other.
  public func waits(of job: Job) -> [Wait] {
    guard job.billing == .settling else { return [] }
    var waits = job.runs.compactMap { runs[$0] }.flatMap { run in
      run.endedAt.map { ended in
        run.awaiting.map { Wait.reading($0, until: ended.advanced(by: Meter.settleLimit)) }
      } ?? []
    }
    if let delay = currentRules?.draftDelay, delay > .zero, let completed = job.completedAt {
      waits.append(.grace(until: completed.advanced(by: delay)))
    }
    if let draft = job.unansweredDraft { waits.append(.answer(draft)) }
    let others = companions(of: job).filter { !$0.isClosed || $0.billing == .held }
    if !others.isEmpty { waits.append(.companions(others.map(\.id))) }
    return waits
  }

  /// For people; `nil` where it is billed by itself.
  func story(ofBatch job: Job) -> String? {
    guard let rule = job.customer.batch, job.standingDraft == nil, job.installments.isEmpty else {
      return nil
    }
    let what = rule == .onCommand ? "billing.batch" : "the \(rule.rawValue) batch"
    return "it is billed together with other jobs of \(job.customer.ref), by \(what)"
  }

  /// For people; `nil` where the draft waits for nothing.
  func story(ofWaits id: JobID) -> String? {
    let waits = jobs[id].map(waits) ?? []
    var parts: [String] = []
    var channels: [String] = []
    for case .reading(let channel, _) in waits {
      channels.append("\(channel.device) (\(channel.kind.words))")
    }
    if !channels.isEmpty, let until = waits.compactMap(\.readingUntil).max() {
      parts.append("for the last reading of \(channels.joined(separator: ", ")), until \(until.wall) at most")
    }
    for case .grace(let until) in waits { parts.append("until \(until.wall) by draft_delay") }
    for case .answer(let draft) in waits {
      parts.append("until billing answers to draft \(draft)")
    }
    for case .companions(let jobs) in waits {
      parts.append(
        "for \(jobs.map(\.text).joined(separator: ", ")) on the same draft to be complete, and not held")
    }
    return parts.isEmpty ? nil : "the draft waits \(parts.joined(separator: ", and "))"
  }
}

extension Wait {
  fileprivate var readingUntil: Moment? { if case .reading(_, let until) = self { until } else { nil } }
}

extension ChannelKind {
  fileprivate var words: String { String(rawValue.map { $0 == "_" ? " " : $0 }) }
}

public import Measures
internal import Metering

// What happens by itself when time has passed.
extension Shop {
  /// When `apply(.deadline)` is due next, as far as anything is.
  public var nextDeadline: Moment? {
    var next: Moment?
    func consider(_ moment: Moment?) {
      guard let moment else { return }
      next = next.map { min($0, moment) } ?? moment
    }
    for (place, center) in workCenters.rows {
      consider(idleDeadline(of: center, at: place))
      for id in center.openUsages { consider(usages[id]?.to.advanced(by: Usage.quietLimit)) }
    }
    if let delay = currentRules?.draftDelay, delay > .zero {
      for id in undrafted { consider(jobs[id]?.completedAt?.advanced(by: delay)) }
    }
    return next
  }

  private func idleDeadline(of center: WorkCenter, at place: WorkCenterID) -> Moment? {
    guard center.run != nil, let idleSince = center.idleSince,
      case .idleFor(let limit) = currentRules?.workCenters[place]?.runEnds
    else { return nil }
    return idleSince.advanced(by: limit)
  }

  mutating func passDeadlines(at now: Moment, effects: inout [Effect]) {
    for place in workCenters.ids {
      guard let center = workCenters[place] else { continue }
      if let deadline = idleDeadline(of: center, at: place), deadline <= now, let run = center.run {
        end(run, .done, at: now, &effects)
      }
      let quiet = center.openUsages.filter { id in
        usages[id].map { $0.to.advanced(by: Usage.quietLimit) <= now } ?? true
      }
      for id in quiet {
        usages[id]?.isOpen = false
        effects.append(.usage(id))
      }
      if !quiet.isEmpty { workCenters[place]?.openUsages.removeAll(where: quiet.contains) }
    }
  }
}

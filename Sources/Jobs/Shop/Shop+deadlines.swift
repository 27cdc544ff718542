public import Measures
internal import Metering

// What happens by itself when time has passed.
extension Shop {
  /// When `apply(.deadline)` is due next, as far as anything is but the drafts: those are `draftable`.
  public var nextDeadline: Moment? {
    var next: Moment?
    func consider(_ moment: Moment?) {
      guard let moment else { return }
      next = next.map { min($0, moment) } ?? moment
    }
    for (place, center) in workCenters.all {
      consider(idleDeadline(of: center, at: place))
      for id in center.openUsages { consider(usages[id].map { usageDeadline(of: $0, at: center) }) }
    }
    return next
  }

  private func idleDeadline(of center: WorkCenter, at place: WorkCenterID) -> Moment? {
    guard center.run != nil, let idleSince = center.idleSince,
      case .idleFor(let limit) = currentRules?.workCenters[place]?.runEnds
    else { return nil }
    return idleSince.advanced(by: limit)
  }

  /// Usage ends once nothing came for ten minutes. Where a run began it ends at once: the meters have handed
  /// over what was nobody's within the same batch.
  private func usageDeadline(of usage: Usage, at center: WorkCenter) -> Moment {
    center.run == nil ? usage.to.advanced(by: Usage.quietLimit) : usage.to
  }

  mutating func passDeadlines(at now: Moment, effects: inout [Effect]) {
    for place in workCenters.ids {
      guard var center = workCenters[place] else { continue }
      if let deadline = idleDeadline(of: center, at: place), deadline <= now, let run = center.run {
        end(run, .done, at: now, &effects)
        center.run = nil
      }
      let quiet = center.openUsages.filter { id in
        usages[id].map { usageDeadline(of: $0, at: center) <= now } ?? true
      }
      for id in quiet {
        usages[id]?.isOpen = false
        effects.append(.usage(id))
      }
      if !quiet.isEmpty { workCenters[place]?.openUsages.removeAll(where: quiet.contains) }
    }
  }
}

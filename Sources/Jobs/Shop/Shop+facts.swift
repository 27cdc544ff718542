internal import Measures
internal import Metering

// What metering concluded, put where it belongs: on a run, or on unattributed usage.
extension Shop {
  mutating func take(_ fact: Fact, effects: inout [Effect]) {
    switch fact {
    case .segment(let segment): take(segment, &effects)
    case .stretch(let stretch): take(stretch, &effects)
    case .changed(let channel, let from, let to, let at):
      change(channel, from: from, to: to, at: at, &effects)
    case .loaded(let channel, _, let at): assumeLoad(on: channel, at: at)
    case .settled(let channel, let id, _):
      guard let run = runs[id], run.awaiting.contains(channel) else { return }
      runs[id]?.awaiting.removeAll { $0 == channel }
    }
  }

  private mutating func take(_ segment: Segment, _ effects: inout [Effect]) {
    guard let id = segment.account.run, let run = runs[id] else {
      guard segment.amount > 0, isUsage(segment.channel) else { return }
      let kind: Usage.Kind = segment.channel.kind == .energy ? .energy : .material
      grow(
        kind, on: segment.channel, by: segment.amount, material: segment.account.material, from: segment.from,
        to: segment.to, isMeasured: segment.estimated == 0, &effects)
      return
    }
    switch segment.channel.kind {
    case .energy: runs[id]?.energy = run.energy.adding(segment)
    case .materialUsed: runs[id]?.reportedMaterial = run.reportedMaterial.adding(segment)
    case .pieces: runs[id]?.pieces = run.pieces.adding(segment)
    case .weight: weigh(segment, for: run, &effects)
    case .power, .runningTime, .runState, .action, .task: break
    }
  }

  /// Pieces are made, not used; and where a scale tells what was used, the machine's own word would be the same again.
  private func isUsage(_ channel: ChannelID) -> Bool {
    switch channel.kind {
    case .pieces: false
    case .materialUsed:
      place(of: channel).flatMap { currentRules?.workCenters[$0] }?.scales.isEmpty ?? true
    default: true
    }
  }

  private mutating func weigh(_ segment: Segment, for run: Run, _ effects: inout [Effect]) {
    let id = run.id
    let index = run.materials.firstIndex { $0.belongsWith(segment) } ?? run.materials.count
    if index < run.materials.count {
      runs[id]?.materials[index].add(segment)
    } else {
      runs[id]?.materials.append(QuantityTally(segment))
    }
    if loads[segment.channel.device]?.isAssumed ?? false { runs[id]?.materials[index].add(.materialAssumed) }
    if segment.removed != nil {
      effects += announceRemoval(from: segment.channel.device, during: id, at: segment.to)
    }
  }

  private mutating func take(_ stretch: Stretch, _ effects: inout [Effect]) {
    if let id = stretch.account.run, runs[id] != nil {
      runs[id]?.time.add(stretch)
    } else if stretch.state.isBusy, let span = stretch.span {
      grow(
        .machineTime, on: stretch.channel, by: span.base, material: nil, from: stretch.from, to: stretch.to,
        isMeasured: stretch.gap == nil, &effects)
    }
  }

  /// Nobody said what the new load is: the same material is assumed, and the line says so.
  private mutating func assumeLoad(on channel: ChannelID, at moment: Moment) {
    if let load = loads[channel.device] {
      if moment.since(load.at).map({ $0 <= Load.grace }) ?? false { return }
      loads[channel.device]?.isAssumed = true
    }
    guard let place = place(of: channel), let run = workCenters[place]?.run,
      let index = runs[run]?.materials.lastIndex(where: { $0.channel == channel })
    else { return }
    runs[run]?.materials[index].add(.materialAssumed)
  }

  private mutating func change(
    _ channel: ChannelID, from: MachineState, to: MachineState, at moment: Moment, _ effects: inout [Effect]
  ) {
    guard let place = place(of: channel), let rules = currentRules?.workCenters[place] else { return }
    workCenters[place]?.machine = to
    if !(workCenters[place]?.isAtRest ?? false) {
      workCenters[place]?.idleSince = nil
    } else if workCenters[place]?.idleSince == nil {
      workCenters[place]?.idleSince = moment
    }
    // A level that is only adopted, after a start or a silence, is no beginning.
    if to.isBusy, !from.isBusy, from != .paused, from != .unknown {
      noteBusy(at: place, moment, &effects)
    } else if !to.isBusy, to != .paused {
      workCenters[place]?.busySince = nil
    }
    guard rules.runEnds == .done, to.isEnded, from != .unknown else { return }
    if from.isEnded {
      amendOutcome(at: place, to, moment)
    } else if let run = workCenters[place]?.run {
      end(run, to == .done ? .done : to == .failed ? .failed : .canceled, at: moment, &effects)
      if to == .done, let ended = runs[run] { completeByItself(ended, channel.device, at: moment, &effects) }
    }
  }

  /// A machine may say that it failed and then why: that somebody canceled it.
  private mutating func amendOutcome(at place: WorkCenterID, _ to: MachineState, _ moment: Moment) {
    guard to == .canceled, let id = workCenters[place]?.lastRun, let run = runs[id], run.outcome == .failed,
      let ended = run.endedAt, moment.since(ended).map({ $0 <= Self.taskGrace }) ?? false
    else { return }
    conclude(id, .canceled)
  }

  func place(of channel: ChannelID) -> WorkCenterID? { wiring.placeOfChannel[channel] }

  // MARK: Unattributed usage

  private mutating func grow(
    _ kind: Usage.Kind, on channel: ChannelID, by amount: Int64, material: MaterialID?, from: Moment,
    to: Moment,
    isMeasured: Bool, _ effects: inout [Effect]
  ) {
    let place = place(of: channel)
    let open = place.flatMap { workCenters[$0]?.openUsages } ?? []
    let same = open.first { id in
      guard let usage = usages[id] else { return false }
      return usage.kind == kind && usage.device == channel.device && usage.material == material
    }
    if let id = same {
      let sum = Span(base: usages[id]?.quantity ?? 0) + Span(base: amount)
      usages[id]?.quantity = sum.base
      usages[id]?.to = to
      if !isMeasured { usages[id]?.isMeasured = false }
      announceIfDue(id, at: to, &effects)
      return
    }
    var usage = Usage(
      id: nextID("U", \.usages), workCenter: place, device: channel.device, kind: kind, material: material,
      quantity: amount, from: from, to: to, isMeasured: isMeasured)
    usage.announcedAt = from
    usage.isOpen = place != nil
    if let place { workCenters[place]?.openUsages.append(usage.id) }
    usages[usage.id] = usage
    if usage.isOpen { announceIfDue(usage.id, at: to, &effects) } else { effects.append(.usage(usage.id)) }
  }

  /// While it goes on it is announced every ten minutes.
  private mutating func announceIfDue(_ id: UsageID, at moment: Moment, _ effects: inout [Effect]) {
    guard let last = usages[id]?.announcedAt, moment.since(last).map({ $0 >= Usage.quietLimit }) ?? true
    else {
      return
    }
    usages[id]?.announcedAt = moment
    effects.append(.usage(id))
  }
}

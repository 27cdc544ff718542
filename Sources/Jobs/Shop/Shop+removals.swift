internal import Measures
internal import Metering

// Grams that left a scale too fast for use: nobody is billed for them, so somebody must look before the draft goes out.
extension Shop {
  /// The alarm stands until the draft is made, whose line then says the same.
  mutating func announceRemoval(from scale: DeviceID, during run: RunID, at moment: Moment) -> [Effect] {
    guard let message = story(ofRemoval: scale, during: run) else { return [] }
    return raise(removalAlarm(scale, run), kind: "material_removed", message, at: moment)
  }

  mutating func lowerRemovals(of job: JobID) {
    for run in (jobs[job]?.runs ?? []).compactMap({ runs[$0] }) {
      for tally in run.materials where tally.removed != nil {
        lower(removalAlarm(tally.channel.device, run.id))
      }
    }
  }

  /// The run is another job's now: what was said of it must name that one.
  mutating func renameRemovals(of run: RunID) {
    for tally in runs[run]?.materials ?? [] where tally.removed != nil {
      let scale = tally.channel.device
      guard let id = removalAlarm(scale, run), let alarm = alarms[id],
        let message = story(ofRemoval: scale, during: run)
      else { continue }
      alarms[id] = Alarm(kind: alarm.kind, message: message, since: alarm.since)
    }
  }

  private func story(ofRemoval scale: DeviceID, during id: RunID) -> String? {
    guard let run = runs[id], let place = rules[run.rules]?.workCenters[run.workCenter] else { return nil }
    let removed = run.materials.filter { $0.channel.device == scale }.reduce(Mass.zero) { sum, tally in
      sum + Mass(base: tally.removed ?? 0)
    }
    return "\(removed) left \(scale) at once during run \(id) of job \(run.job): too fast for use "
      + "(max_use_rate is \(place.maxUseRate)), so nobody is billed for it; if it was use, add it with "
      + "material.record, and set max_use_rate of \(run.workCenter) for the next time"
  }

  private func removalAlarm(_ scale: DeviceID, _ run: RunID) -> AlarmID? {
    AlarmID(bounded: "removed.\(run).\(scale)")
  }
}

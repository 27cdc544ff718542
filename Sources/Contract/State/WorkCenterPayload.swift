internal import JSON
public import Jobs
public import Measures
internal import Metering

extension StatePayloads {
  /// - Parameters:
  ///   - run: the run under way there, if any.
  ///   - tallies: its live tallies, given together with it.
  public static func workCenter(
    _ id: WorkCenterID, _ center: WorkCenter, rules: WorkCenterRules?, run: Run?, tallies: LiveTallies?
  ) -> [UInt8] {
    var payload = Payload()
    payload.set("work_center", id)
    payload.set("name", rules?.name)
    payload.set("run_state", center.machine.rawValue)
    payload.set("task", center.task?.text)
    if let run {
      payload.set("run", run.id)
      payload.set("job", run.job)
      payload.set("part", run.part)
      payload["plate"] = plate(run)
      payload.set("started_at", run.startedAt)
      payload.set("started_by", run.startedBy)
      payload["tallies"] = (tallies ?? LiveTallies(run)).payload
    }
    if let paused = center.paused {
      var item = Payload()
      item.set("job", paused.job)
      item.set("part", paused.part)
      payload["paused"] = item.value
    }
    if let last = center.lastAction {
      var item = Payload()
      item.set("at", last.at)
      item.set("action", last.action)
      item.set("ok", last.ok)
      item.set("code", last.code?.rawValue)
      item.set("message", last.message)
      payload["last_action"] = item.value
    }
    payload.set("usages", center.openUsages.map { .string($0.text) })
    return payload.bytes
  }

  /// Who shares a plate, and by how much; `nil` of a run of one part.
  static func plate(_ run: Run) -> JSONValue? {
    guard !run.plate.isEmpty else { return nil }
    return .array(
      run.plate.map { share in
        var item = Payload()
        item.set("job", share.job)
        item.set("part", share.part)
        item.set("share", share.decimal)
        return item.value
      })
  }
}

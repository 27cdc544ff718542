import Devices
import Jobs
import Measures
import Metering

/// How a work center answers a button press: a lamp, a beeper.
public struct Feedback: Hashable, Sendable {
  public var topic: String
  /// The payload for a press that was carried out; `nil`: none is sent.
  public var ok: String?
  /// The payload for a press that was refused.
  public var refused: String?
}

extension ConfigurationReader {
  struct WorkCenters {
    var rules: [WorkCenterID: WorkCenterRules] = [:]
    var feedback: [WorkCenterID: Feedback] = [:]
    var tasks: [ChannelID: TaskPattern] = [:]
  }

  func workCenters(_ cursor: Cursor?) -> WorkCenters {
    var centers = WorkCenters()
    guard let cursor else { return centers }
    var ids = Names(list: "work_centers")
    var users: [ChannelID: String] = [:]
    for item in cursor.items() {
      guard let section = item.section() else { continue }
      let id: WorkCenterID? = name(section, as: &ids)
      let rules = workCenter(section, id?.text ?? item.path, &users)
      let feedback = section.optional("feedback").flatMap(self.feedback)
      let task = section.optional("task").flatMap { self.task($0, rules, id?.text ?? item.path, &users) }
      section.finish()
      guard let id else { continue }
      if let task { centers.tasks[task.channel] = TaskPattern(workCenter: id, text: task.pattern) }
      centers.rules[id] = rules
      centers.feedback[id] = feedback
    }
    return centers
  }

  private func workCenter(_ section: Section, _ name: String, _ users: inout [ChannelID: String])
    -> WorkCenterRules
  {
    var rules = WorkCenterRules()
    rules.name = section.optional("name")?.line()
    rules.runState = section.optional("run_state").flatMap { channel(.runState, $0, name, &users) }
    rules.scales = section.optional("scales")?.items().compactMap { channel(.weight, $0, name, &users) } ?? []
    rules.energy = section.optional("energy").flatMap { channel(.energy, $0, name, &users) }
    rules.materialUsed = section.optional("material_used").flatMap {
      channel(.materialUsed, $0, name, &users)
    }
    rules.pieces = section.optional("pieces").flatMap { channel(.pieces, $0, name, &users) }
    let buttons = section.optional("buttons")?.items().compactMap { channel(.action, $0, name, &users) }
    rules.buttons = buttons?.map(\.device) ?? []
    rules.machineRate = section.optional("machine_rate")?.reference(
      to: declared.machines, in: "price_list.machines", "machine rate")
    rules.runEnds = runEnds(section, rules.runState)
    if let cursor = section.optional("billable") {
      rules.billable = Set(cursor.items().compactMap(billableState)).sorted { $0.rawValue < $1.rawValue }
    }
    if let cursor = section.optional("on_gap"), let policy = cursor.choice(GapPolicy.self) {
      rules.onGap = policy
    }
    if let cursor = section.optional("max_use_rate"), let rate = massRate(cursor) { rules.maxUseRate = rate }
    return rules
  }

  private func billableState(_ cursor: Cursor) -> MachineState? {
    guard let state = cursor.choice(MachineState.self) else { return nil }
    guard state == .unknown else { return state }
    cursor.mistake(
      "a time without data cannot be billed as a state, for a gap that is held would be billed twice; "
        + "say on_gap: bill (found \(cursor.tree.shown))")
    return nil
  }

  /// A device that must have the channel, for this work center alone: what two of them share would be
  /// charged twice.
  func channel(
    _ kind: ChannelKind, _ cursor: Cursor, _ center: String, _ users: inout [ChannelID: String]
  ) -> ChannelID? {
    guard let id = cursor.reference(to: Array(declared.devices.keys), in: "devices", "device") else {
      return nil
    }
    guard declared.devices[id]?.mayOffer(kind) ?? false else {
      cursor.mistake("the device \(id) has no \(kind.rawValue) channel (found \(id.text.shown))")
      return nil
    }
    let channel = ChannelID(id, kind)
    if let other = users[channel] {
      cursor.mistake(
        "the \(kind.rawValue) of \(id) is used by the work center \(other) already and would be counted "
          + "twice (found \(id.text.shown))")
      return nil
    }
    users[channel] = center
    return channel
  }

  private func runEnds(_ section: Section, _ runState: ChannelID?) -> WorkCenterRules.RunEnd {
    let device = runState.flatMap { declared.devices[$0.device]?.description }
    let reports = device?.reportsEnds ?? false
    guard let cursor = section.optional("run_ends") else { return reports ? .done : .command }
    var end: WorkCenterRules.RunEnd?
    if case .mapping = cursor.tree.content, let mapping = cursor.section() {
      end = mapping.required("idle_for")?.span(.seconds(1)...(.hours(168))).map { .idleFor($0) }
      mapping.finish()
    } else if let text = cursor.text,
      let word = ["done": .done, "command": .command][text] as WorkCenterRules.RunEnd?
    {
      end = word
    } else {
      cursor.expected("done, command or {idle_for: 10min}")
    }
    guard let end, end != .command else { return end ?? .command }
    if !section.has("run_state") {
      cursor.mistake(
        "a run can end by itself only where run_state names a device (found \(cursor.tree.shown))")
    } else if end == .done, device != nil, !reports {
      cursor.warning("no state of the device means done, canceled or failed, so no run will end by itself")
    }
    return end
  }

  /// `500g/min`, `2kg/h`.
  private func massRate(_ cursor: Cursor) -> MassRate? {
    cursor.read("a rate above 0 of mass by min or h, such as 500g/min") { MassRate(text: $0) }
  }

  private func feedback(_ cursor: Cursor) -> Feedback? {
    guard let section = cursor.section() else { return nil }
    let topic = section.required("topic")?.topic()
    let ok = section.optional("ok").flatMap { $0.line(maximum: 4096) }
    let refused = section.optional("refused").flatMap { $0.line(maximum: 4096) }
    section.finish()
    return topic.map { Feedback(topic: $0, ok: ok, refused: refused) }
  }
}

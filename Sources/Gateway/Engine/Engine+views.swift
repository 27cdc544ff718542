import Configuration
import Contract
import Costing
import Jobs
import JSON
import Logging
import Measures
import Metering

// What others see of the live state: the retained topics, and the answers on the control socket.
extension Engine {
  func statusPayload(at moment: Moment) -> [UInt8] {
    StatePayloads.online(version: Version.text, since: startedAt, at: moment)
  }

  func payload(ofWorkCenter id: WorkCenterID) -> [UInt8] {
    let shop = state.books.shop
    guard let center = shop.workCenters[id], let rules = configuration.rules.workCenters[id] else {
      return []
    }
    let run = center.run.flatMap { shop.runs[$0] }
    return StatePayloads.workCenter(
      id, center, rules: rules, run: run, tallies: run.map { tallies(of: $0, rules) })
  }

  /// The run's tallies with what its meters have open: what the operator sees move.
  func tallies(of run: Run, _ rules: WorkCenterRules) -> LiveTallies {
    var live = LiveTallies(run)
    if run.time.isManual, let span = clock.now().since(run.startedAt) { live.add(span, in: .running) }
    if let channel = rules.runState, let open = state.meters.openStretch(channel, at: clock.now()) {
      live.add(open.span, in: open.state)
    }
    for channel in rules.scales {
      let account = state.meters.account(channel)
      live.add(
        Mass(base: state.meters.openAmount(channel)), on: channel.device, material: account.material,
        lot: account.lot)
    }
    if let channel = rules.energy { live.add(Energy(base: state.meters.openAmount(channel))) }
    if let channel = rules.materialUsed {
      live.add(reported: Mass(base: state.meters.openAmount(channel)))
    }
    if let channel = rules.pieces { live.add(pieces: state.meters.openAmount(channel)) }
    return live
  }

  func payload(ofDevice id: DeviceID) -> [UInt8] {
    guard let device = live.devices[id] else { return [] }
    let unheard = device.kinds.filter { device.channels[$0] == nil }.map { kind in
      judged(ChannelID(id, kind), by: device.channels[.power])
        ?? DeviceState.Channel(kind: kind, quality: device.doubts[kind].map { .bad($0) } ?? .waiting)
    }
    let channels = device.channels.map { kind, channel in
      var shown = DeviceState.Channel(
        Reading(channel: ChannelID(id, kind), at: channel.at, value: channel.value))
      if let doubt = channel.doubt { shown.quality = .bad(doubt) }
      // A press is an event: its word, kept, might be taken for another press.
      if kind == .action { shown.value = nil }
      return shown
    }
    return StatePayloads.device(
      DeviceState(
        device: id, isOnline: device.isOnline, channels: channels + unheard, errors: device.errors,
        reach: device.reach)
    )
  }

  /// A run state that is judged by power has no samples of its own: it is what its meter makes of them.
  private func judged(_ channel: ChannelID, by power: LiveDevices.Channel?) -> DeviceState.Channel? {
    guard channel.kind == .runState, let power, let judged = state.meters.state(of: channel),
      judged != .unknown || power.doubt != nil
    else { return nil }
    let isKnown = judged != .unknown
    return DeviceState.Channel(
      kind: .runState, value: isKnown ? judged.rawValue : nil,
      quality: power.doubt.map { .bad($0) } ?? .good, at: isKnown ? power.at : nil)
  }

  func answer(_ subject: Question.Subject, at moment: Moment) -> JSONValue {
    switch subject {
    case .devices:
      return .object(
        JSONObject(live.devices.keys.sorted().map { id in (id.text, parsed(payload(ofDevice: id))) }))
    case .status:
      let shop = state.books.shop
      let centers = shop.workCenters.ids.map { id in (id.text, parsed(payload(ofWorkCenter: id))) }
      let alarms = shop.alarms.ids.compactMap { id in
        shop.alarms[id].map { (id.text, JSONValue.string($0.message)) }
      }
      return [
        "state": "online", "gateway": .string(configuration.gateway.id),
        "broker": .string(outward.publisher?.isUp ?? false ? "connected" : "not connected"),
        "at": .string(moment.wall.description), "work_centers": .object(JSONObject(centers)),
        "alarms": .object(JSONObject(alarms)),
        "drafts_waiting": .number(outward.draftsWaiting),
        "usages_open": .number(shop.usages.rows.count { $0.value.decision == nil }),
        "commands_unanswered": .number(unanswered.count),
      ]
    }
  }

  private func parsed(_ payload: [UInt8]) -> JSONValue {
    (try? JSONScanner.parse(payload, limits: .trusted)) ?? .null
  }
}

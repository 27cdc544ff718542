internal import JSON
public import Jobs
public import Measures
public import Metering

/// A run's tallies with what is still open in its meters: what an operator sees growing.
public struct LiveTallies: Hashable, Sendable {
  public struct Material: Hashable, Sendable {
    public let scale: DeviceID
    public let material: MaterialID?
    public let lot: String?
    public var mass: Mass
    /// What a hand took from the scale: nobody's use, and not in `mass`.
    public var removed = Mass.zero
  }

  public private(set) var materials: [Material] = []
  public private(set) var time: [MachineState: Span] = [:]
  public private(set) var energy: Energy?
  /// What the machine itself says it used.
  public private(set) var reportedMaterial: Mass?
  public private(set) var pieces: Int64?

  public init() {}

  /// What the run has booked; add to it what its meters still hold.
  public init(_ run: Run) {
    for tally in run.materials where tally.channel.kind == .weight {
      add(
        tally.mass, removed: Mass(base: tally.removed ?? 0), on: tally.channel.device,
        material: tally.material, lot: tally.lot)
    }
    time = run.time.states
    energy = run.energy?.energy
    reportedMaterial = run.reportedMaterial?.mass
    pieces = run.pieces?.amount
  }

  public mutating func add(
    _ mass: Mass, removed: Mass = .zero, on scale: DeviceID, material: MaterialID?, lot: String?
  ) {
    let same = materials.firstIndex { $0.scale == scale && $0.material == material && $0.lot == lot }
    if let same {
      materials[same].mass += mass
      materials[same].removed += removed
    } else {
      materials.append(Material(scale: scale, material: material, lot: lot, mass: mass, removed: removed))
    }
  }

  public mutating func add(_ span: Span, in state: MachineState) { time[state, default: .zero] += span }
  public mutating func add(_ more: Energy) { energy = (energy ?? .zero) + more }
  public mutating func add(reported more: Mass) { reportedMaterial = (reportedMaterial ?? .zero) + more }
  public mutating func add(pieces more: Int64) { pieces = (pieces ?? 0) + more }

  /// Grams, seconds per state and kWh, all as decimal strings.
  var payload: JSONValue {
    var payload = Payload()
    payload.set(
      "materials",
      materials.map { tally in
        var item = Payload()
        item.set("device", tally.scale)
        item.set("material", tally.material)
        item.set("lot", tally.lot)
        item.set("quantity", tally.mass.grams)
        if tally.removed > .zero { item.set("removed", tally.removed.grams) }
        item.set("unit", "g")
        return item.value
      })
    var seconds = Payload()
    for (state, span) in time.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      seconds.set(state.rawValue, span.seconds)
    }
    payload["seconds"] = seconds.value
    payload.set("kwh", energy?.kilowattHours)
    payload.set("reported_grams", reportedMaterial?.grams)
    payload.set("pieces", pieces.map { Decimal($0) })
    return payload.value
  }
}

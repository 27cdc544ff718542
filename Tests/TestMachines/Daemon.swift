import Foundation
import Measures
public import Metering

/// Plays a day to a meter as the engine does: ticks, commits, heartbeats, and what is left after a kill.
public struct Daemon {
  /// A day, played otherwise than it was.
  public struct Otherwise: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// The wall clock is never off.
    public static let wallRight = Otherwise(rawValue: 1)
    /// The daemon is never killed; a power cut stays one.
    public static let neverKilled = Otherwise(rawValue: 2)
  }

  static let tickEvery: Int64 = 1000
  static let commitEvery: Int64 = 5000

  private var meter: Meter
  private var facts: [Fact] = []
  private var stored: (meter: Meter, facts: Int, at: Int64)
  private var lastAlive: Moment?
  private var isAway = false
  private let otherwise: Otherwise
  private let day: FloorDay

  private init(_ day: FloorDay, _ meter: Meter, _ otherwise: Otherwise) {
    self.day = day
    self.meter = meter
    self.otherwise = otherwise
    stored = (meter, 0, 0)
  }

  /// What a meter that starts out so makes of the day.
  public static func facts(of day: FloorDay, meter: Meter, otherwise: Otherwise = []) -> [Fact] {
    var daemon = Daemon(day, meter, otherwise)
    daemon.play()
    return daemon.facts
  }

  private mutating func play() {
    var ticked: Int64 = 0
    for step in day.steps {
      while ticked + Self.tickEvery <= step.at {
        ticked += Self.tickEvery
        if !isAway { tick(ticked) }
      }
      take(step)
    }
    // What is still under way is told, too.
    if let end = day.steps.last?.at { meter.charge(.nobody, at: moment(end), into: &facts) }
  }

  private func moment(_ time: Int64) -> Moment {
    day.clock.moment(time, isWallRight: otherwise.contains(.wallRight))
  }

  private mutating func tick(_ time: Int64) {
    let now = moment(time)
    // As the engine's: nothing after the last agreement with the disk is vouched for.
    if stored.meter.generation == meter.generation, stored.facts == facts.count { lastAlive = now }
    meter.tick(now, into: &facts)
    let hasChange = facts[stored.facts...].contains { if case .changed = $0 { true } else { false } }
    if hasChange || time - stored.at >= Self.commitEvery { commit(time) }
  }

  private mutating func commit(_ time: Int64) {
    stored = (meter, facts.count, time)
  }

  private mutating func take(_ step: FloorDay.Step) {
    let now = moment(step.at)
    switch step.event {
    case .said(let value):
      guard !isAway else { return }
      meter.apply(Reading(channel: day.channel, at: moment(step.takenAt), value: value), into: &facts)
    case .opened(let number):
      meter.charge(Account(run: RunID("R\(number)")), at: now, into: &facts)
      commit(step.at)
    case .closed(let number):
      if let run = RunID("R\(number)") { meter.settle(run, at: now, into: &facts) }
      commit(step.at)
    case .slept: isAway = true
    case .woke: isAway = false
    case .killed:
      if otherwise.contains(.neverKilled) { return }
      die()
    case .cut:
      die()
      // The runtime directory is in memory.
      lastAlive = nil
    case .started:
      guard isAway else { return }
      isAway = false
      meter.resume(lastAlive: lastAlive, into: &facts)
      commit(step.at)
    }
  }

  private mutating func die() {
    isAway = true
    facts.removeSubrange(stored.facts...)
    do {
      meter = try JSONDecoder().decode(Meter.self, from: JSONEncoder().encode(stored.meter))
    } catch {
      fatalError("a checkpoint does not come back: \(error)")
    }
  }
}

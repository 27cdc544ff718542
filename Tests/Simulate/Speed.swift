import CAllocations
import Foundation
import Glibc
import Measures
import Metering
import TestShop

/// How fast the meters take readings that are decoded already, and what memory they ask for meanwhile.
enum Speed {
  private static let warmUp = 100_000
  private static let count = 5_000_000

  static func measure() {
    let dice = SeededGenerator(seed: 1)
    scale(dice)
    run()
    counter()
    trace(dice)
  }

  /// Five readings a second with noise, of a spool in use; ticked once a second, as in the daemon.
  private static func scale(_ dice: SeededGenerator) {
    guard let channel = ChannelID("scale/weight") else { return }
    var dice = dice
    let noise = (0..<1009).map { _ in dice.int(-60...60) }
    var meter = ScaleMeter(channel: channel, parameters: ScaleParameters(division: Mass(milligrams: 100)))
    report("scale") { index, facts in
      let at = moment(index * 200)
      let load = 900_000_000 - Int64(index) * 2 + noise[index % noise.count]
      meter.apply(Mass(milligrams: load / 100 * 100), stable: true, at: at, into: &facts)
      if index % 5 == 0 { meter.tick(at, into: &facts) }
    }
  }

  private static func run() {
    guard let channel = ChannelID("mill/run_state") else { return }
    var meter = RunMeter(channel: channel)
    report("run state") { index, facts in
      let at = moment(index * 200)
      meter.apply(.running, at: at, into: &facts)
      if index % 5 == 0 { meter.tick(at, into: &facts) }
    }
  }

  private static func counter() {
    guard let channel = ChannelID("plug/energy") else { return }
    var meter = CounterMeter(channel: channel)
    report("counter") { index, facts in
      let at = moment(index * 200)
      meter.apply(Int64(index) * 20, at: at, into: &facts)
      if index % 5 == 0 { meter.tick(at, into: &facts) }
    }
  }

  /// What is kept of the same scale's readings, stored every five seconds as the daemon does.
  private static func trace(_ dice: SeededGenerator) {
    guard let channel = ChannelID("scale/weight") else { return }
    var dice = dice
    let noise = (0..<1009).map { _ in dice.int(-60...60) }
    let parameters = MeterParameters.scale(ScaleParameters(division: Mass(milligrams: 100)))
    var recorder = TraceRecorder(channel: channel, parameters: parameters)
    recorder.begin("R1")
    report("evidence") { index, _ in
      let load = 900_000_000 - Int64(index) * 2 + noise[index % noise.count]
      let value = ReadingValue.weight(Mass(milligrams: load / 100 * 100), stable: true)
      recorder.take(Reading(channel: channel, at: moment(index * 200), value: value))
      if index % 25 == 0 { recorder.markStored() }
    }
  }

  private static func report(_ name: String, _ take: (Int, inout [Fact]) -> Void) {
    var facts: [Fact] = []
    for index in 0..<warmUp { take(index, &facts) }
    facts.removeAll()
    facts.reserveCapacity(count / 1000)
    let before = allocations()
    let span = ContinuousClock().measure {
      for index in warmUp..<warmUp + count { take(index, &facts) }
    }
    let asked = allocations() - before
    let seconds = Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
    let pace = String(format: "%.2f million readings a second", Double(count) / seconds / 1e6)
    print("speed: \(name): \(pace); \(asked) allocations and \(facts.count) facts in \(count) readings")
    // A fact may ask for memory, and a chunk of a trace, one in ten thousand readings; a reading does not.
    if Int(asked) > facts.count * 10 + count / 10_000 {
      print("FAILED a reading of a \(name) asks for memory")
      exit(1)
    }
  }

  private static func moment(_ milliseconds: Int) -> Moment {
    Moment(
      boot: 1, uptime: .milliseconds(Int64(milliseconds)),
      wall: WallTime(milliseconds: 1_795_000_000_000 + Int64(milliseconds)), isWallTrusted: true)
  }
}

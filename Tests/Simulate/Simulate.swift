import Glibc
import TestScales
import TestShop

/// Runs many seeds of the core's simulation: random commands and readings, duplicates, crashes and replay, with
/// every invariant audited. Built for release, where thousands take seconds.
///
/// `simulate [SEEDS [STEPS [FIRST]]]`; a failing seed is printed, and runs again alone as FIRST with SEEDS 1.
/// `simulate speed` says how many readings a second the meters take, and what memory they ask for.
/// `simulate machines [DAYS [FIRST]]` plays days at machines that are timed and counted.
/// `simulate scales [DAYS [FIRST [FAULT|several]]]` plays days at scales, and measures the meter against the truth.
@main
enum Simulate {
  static func main() {
    if CommandLine.arguments.dropFirst().first == "scales" {
      let numbers = CommandLine.arguments.dropFirst(2).compactMap { UInt64($0) }
      let fault = CommandLine.arguments.last.flatMap(ScaleDay.Fault.init)
      Scales.play(
        days: numbers.first ?? 1000, first: numbers.dropFirst().first ?? 1, listing: fault,
        isListing: CommandLine.arguments.last == "several")
      return
    }
    if CommandLine.arguments.dropFirst().first == "machines" {
      let numbers = CommandLine.arguments.dropFirst(2).compactMap { UInt64($0) }
      return Machines.play(days: numbers.first ?? 1000, first: numbers.dropFirst().first ?? 1)
    }
    if CommandLine.arguments.dropFirst() == ["speed"] { return Speed.measure() }
    let numbers = CommandLine.arguments.dropFirst().map { UInt64($0) }
    guard !numbers.contains(nil), numbers.count <= 3 else {
      print(
        """
        usage: simulate [SEEDS [STEPS [FIRST]]], simulate speed, simulate machines [DAYS [FIRST]],
        or simulate scales [DAYS [FIRST [FAULT|several]]]
        """
      )
      exit(64)
    }
    let given = numbers.compactMap { $0 }
    let seeds = given.first ?? 2000
    let steps = given.dropFirst().first ?? 500
    let first = given.dropFirst(2).first ?? 1
    let clock = ContinuousClock()
    var combined: UInt64 = 0
    var failures = 0
    let elapsed = clock.measure {
      for seed in first..<first + seeds {
        do {
          combined = combined &* 31 &+ (try simulate(seed: seed, steps: Int(steps)))
        } catch {
          failures += 1
          print("FAILED \(error)")
        }
      }
    }
    print("simulation: \(seeds) seeds × \(steps) events in \(elapsed), \(failures) failed, trace \(combined)")
    if failures > 0 { exit(1) }
  }
}

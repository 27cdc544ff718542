import ArgumentParser
import Gateway

/// What chargehand-clock.service runs; not in the list of commands, since no person needs it.
struct ClockWatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock-watch",
    abstract: "Keep noting in a file whether the kernel considers the clock synchronized.",
    shouldDisplay: false)
  @Option(help: "The file to keep.") var file: String
  @Flag(help: "Note it once and end.") var once = false

  func run() throws {
    let watch = ClockWatch(path: file)
    if once { try watch.ask() } else { try watch.run() }
  }
}

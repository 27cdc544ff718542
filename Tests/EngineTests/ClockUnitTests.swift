import Foundation
import Gateway
import Testing

/// The two units have to agree on the place of the file.
struct ClockUnitTests {
  private func unit(_ name: String) throws -> [String] {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("systemd/\(name)"), encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
  }

  @Test("the file that the daemon's unit names is the one that the watcher's unit keeps")
  func sameFile() throws {
    let daemon = try unit("chargehand.service")
    let prefix = "Environment=\(ClockWatch.variable)="
    let line = try #require(daemon.first { $0.hasPrefix(prefix) })
    let path = String(line.dropFirst(prefix.count))
    let watcher = try unit("chargehand-clock.service")
    let given = try #require(watcher.first { $0.hasPrefix("RuntimeDirectory=") })
    let directory = given.dropFirst("RuntimeDirectory=".count)
    #expect(path.hasPrefix("/run/\(directory)/"))
    let starts = watcher.filter { $0.hasPrefix("ExecStart") }
    #expect(starts.count == 2)
    for start in starts { #expect(start.hasSuffix(" --file \(path)")) }
  }

  @Test("only the watcher's unit lets the kernel be asked")
  func oneAsks() throws {
    let daemon = try unit("chargehand.service")
    #expect(daemon.contains("ProtectClock=yes"))
    #expect(daemon.contains("Wants=chargehand-clock.service"))
    #expect(daemon.contains("After=chargehand-clock.service"))
    #expect(!daemon.contains { $0.hasPrefix("SystemCallFilter=") && $0.contains("adjtimex") })
    #expect(try unit("chargehand-clock.service").contains("SystemCallFilter=adjtimex clock_adjtime"))
  }
}

import CLinux
import Foundation
import Glibc
import ServiceLifecycle

/// Gives back, once, what only starting up has used: freed heap, and pages of code that ran for the first and last
/// time. On a machine with half a gigabyte that is worth a dozen megabytes.
struct SettlingInService: Service {
  func run() async throws {
    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(10)) }
    Self.giveMemoryBack()
    try? await gracefulShutdown()
  }

  static func giveMemoryBack() {
    give_freed_heap_back()
    guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
    for line in maps.split(separator: "\n") {
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      // Only code, which is never written to: the pages come back from the file when they are run again. Other
      // read-only pages may hold what the loader wrote into them.
      guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { continue }
      let range = fields[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
      guard range.count == 2, range[1] > range[0] else { continue }
      madvise(UnsafeMutableRawPointer(bitPattern: range[0]), Int(range[1] - range[0]), CInt(MADV_DONTNEED))
    }
  }
}

import CLinux
import Foundation
import Measures
import Testing

@testable import Gateway

/// Trust by way of the watcher's file, on real files.
final class ClockFileTests {
  private let folder: URL
  private var path: String { folder.appendingPathComponent("word").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("clock-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func say(_ isSynchronized: Bool, at asked: Span) throws {
    try ClockWatch(path: path).write(ClockWord(isSynchronized: isSynchronized, asked: asked))
  }

  private func isTrusted(_ environment: [String: String], kernel: Bool) -> Bool {
    GatewayClock(boot: 1, environment: environment, kernel: { kernel }).now().isWallTrusted
  }

  @Test("a file that is named is believed, whatever the kernel says")
  func named() throws {
    try say(true, at: GatewayClock.uptime())
    #expect(isTrusted([ClockWatch.variable: path], kernel: false))
    try say(false, at: GatewayClock.uptime())
    #expect(!isTrusted([ClockWatch.variable: path], kernel: true))
    try FileManager.default.removeItem(atPath: path)
    #expect(!isTrusted([ClockWatch.variable: path], kernel: true), "a missing file is no reason to ask")
  }

  @Test("with no file named, the kernel is asked", arguments: [true, false])
  func fallback(kernel: Bool) {
    #expect(isTrusted([:], kernel: kernel) == kernel)
    #expect(isTrusted([ClockWatch.variable: ""], kernel: kernel) == kernel)
    let answer = clock_is_synchronized() == 1
    #expect(GatewayClock(boot: 1, environment: [:]).now().isWallTrusted == answer)
  }

  @Test("the watcher leaves the kernel's answer", arguments: [0, 1] as [Int32])
  func asked(answer: Int32) throws {
    let before = GatewayClock.uptime()
    try ClockWatch(path: path, kernel: { answer }).ask()
    let word = try #require(ClockWord(Array(Data(contentsOf: URL(fileURLWithPath: path)))))
    #expect(word.isSynchronized == (answer == 1))
    #expect(word.asked >= before && word.asked <= GatewayClock.uptime())
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["word"], "a draft was left")
  }

  @Test("what is missing, no file, too long or garbled is untrusted until it is put right")
  func unreadable() throws {
    let now = Span.seconds(1000)
    #expect(!ClockFile(path: path, now: now).isTrusted(at: now), "missing")
    for text in ["", "synchronized 1000000", "synchronized 1000000\n" + String(repeating: "\n", count: 64)] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(!ClockFile(path: path, now: now).isTrusted(at: now), "\(text)")
    }
    try FileManager.default.removeItem(atPath: path)
    try #require(mkfifo(path, 0o600) == 0)
    #expect(!ClockFile(path: path, now: now).isTrusted(at: now), "a pipe, which nobody writes")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let file = ClockFile(path: path, now: now)
    #expect(!file.isTrusted(at: now), "a directory")
    try FileManager.default.removeItem(atPath: path)
    try say(true, at: now)
    #expect(file.isTrusted(at: now + .seconds(1)), "it must recover by itself")
  }

  @Test("the file is looked at once a second at most")
  func cached() throws {
    try say(true, at: .seconds(1000))
    let file = ClockFile(path: path, now: .seconds(1000))
    try say(false, at: .seconds(1000))
    #expect(file.isTrusted(at: .seconds(1000)))
    #expect(file.isTrusted(at: .milliseconds(1_000_999)))
    #expect(!file.isTrusted(at: .seconds(1001)))
    try say(true, at: .seconds(1001))
    #expect(!file.isTrusted(at: .milliseconds(1_001_999)))
    #expect(file.isTrusted(at: .seconds(1002)))
  }

  @Test("a dead watcher's last word is trusted for thirty seconds and no longer")
  func deadWatcher() throws {
    try say(true, at: .seconds(1000))
    let file = ClockFile(path: path, now: .seconds(1000))
    for second in 1000...1030 { #expect(file.isTrusted(at: .seconds(Int64(second)))) }
    #expect(!file.isTrusted(at: .milliseconds(1_030_001)), "between two looks, too")
    #expect(!file.isTrusted(at: .seconds(1031)))
    try say(true, at: .seconds(1031))
    #expect(file.isTrusted(at: .seconds(1032)))
  }

  @Test("a word from another boot, ahead of this one, is not trusted")
  func otherBoot() throws {
    try say(true, at: .seconds(90_000))
    #expect(!ClockFile(path: path, now: .seconds(20)).isTrusted(at: .seconds(20)))
  }

  @Test("many threads ask while the watcher writes, and none ever loses a good word")
  func threads() throws {
    let word = ClockWord(isSynchronized: true, asked: .seconds(1000))
    let watch = ClockWatch(path: path)
    try watch.write(word)
    let file = ClockFile(path: path, now: .seconds(1000))
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for step in 0..<5000 as Range<Int64> {
        let now = Span.seconds(1000) + .milliseconds(step * 5)
        if thread == 0, step % 100 == 0 {
          #expect(throws: Never.self) { try watch.write(word) }
        }
        if !file.isTrusted(at: now) { Issue.record("untrusted at \(now.milliseconds)") }
      }
    }
  }

  @Test("a watcher that may not ask says so, and what it left grows old")
  func refused() throws {
    try say(true, at: .seconds(1000))
    let watch = ClockWatch(path: path) {
      errno = EPERM
      return -1
    }
    #expect(throws: ClockWatchError.refused(code: EPERM)) { try watch.ask() }
    let file = ClockFile(path: path, now: .seconds(1031))
    #expect(!file.isTrusted(at: .seconds(1031)))
  }

  @Test("a watcher that cannot write names the place and what to do")
  func unwritable() {
    let missing = folder.appendingPathComponent("none/word").path
    #expect(throws: ClockWatchError.unwritable(path: missing + ".new", code: ENOENT)) {
      try ClockWatch(path: missing).ask()
    }
  }
}

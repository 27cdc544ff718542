import Measures
import Testing

@testable import Gateway

/// The line between the watcher and the daemon.
struct ClockWordTests {
  @Test("a word reads back as it was written", arguments: [true, false])
  func roundTrip(isSynchronized: Bool) {
    for milliseconds in [0, 1, 5_123_456, 999_999_999_999_999] as [Int64] {
      let word = ClockWord(isSynchronized: isSynchronized, asked: .milliseconds(milliseconds))
      #expect(ClockWord(word.line.utf8) == word)
      #expect(word.line.utf8.count <= ClockWord.limit)
    }
  }

  @Test(
    "a garbled word is none",
    arguments: [
      "", "\n", "synchronized", "synchronized\n", "synchronized \n", "synchronized 5", "synchronized  5\n",
      " synchronized 5\n", "synchronized 5\n\n", "synchronized 5\nsynchronized 6\n", "synchronized 5 \n",
      "synchronized -5\n", "synchronized +5\n", "synchronized 5.0\n", "synchronized 0x5\n",
      "Synchronized 5\n", "synchronised 5\n", "unsynchronize 5\n", "synchronized 5\r\n", "synchronized 5\0\n",
      "5 synchronized\n", "synchronized ٥\n", "synchronized 1000000000000000\n",
      "synchronized 99999999999999999999\n",
    ])
  func garbled(line: String) {
    #expect(ClockWord(line.utf8) == nil)
  }

  @Test("a word is trusted for thirty seconds, and not before it was said")
  func ageing() {
    let word = ClockWord(isSynchronized: true, asked: .seconds(100))
    #expect(word.isTrusted(at: .seconds(100)))
    #expect(word.isTrusted(at: .seconds(130)))
    #expect(!word.isTrusted(at: .milliseconds(130_001)))
    #expect(word.isTrusted(at: .seconds(99)), "the leeway of a now taken before the file was read")
    #expect(!word.isTrusted(at: .milliseconds(98_999)), "a word from another boot")
    #expect(!ClockWord(isSynchronized: false, asked: .seconds(100)).isTrusted(at: .seconds(100)))
  }

  @Test("the watcher writes several times within a reader's patience")
  func intervals() {
    #expect(ClockWatch.interval * 3 <= ClockWord.patience)
  }
}

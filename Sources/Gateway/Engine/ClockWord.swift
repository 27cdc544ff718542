import Measures

/// What the clock watcher leaves behind: one line, the word and the BOOTTIME in milliseconds at which the kernel
/// was asked, as in `synchronized 5123456`.
struct ClockWord: Equatable, Sendable {
  /// A word older than this comes from a watcher that is dead.
  static let patience = Span.seconds(30)
  /// A word may be this much younger than the `now` it is compared with, which was taken before the file was
  /// read. More comes from another boot.
  static let leeway = Span.seconds(1)
  /// Every word is shorter, in bytes: what fills it is none.
  static let limit = 64

  let isSynchronized: Bool
  /// BOOTTIME.
  let asked: Span

  init(isSynchronized: Bool, asked: Span) {
    self.isSynchronized = isSynchronized
    self.asked = asked
  }

  /// Exactly what `line` writes; anything else, and be it a missing line end, is `nil`.
  init?(_ line: some Sequence<UInt8>) {
    var word: [UInt8] = []
    var digits: [UInt8] = []
    var part = 0
    for byte in line {
      switch (part, byte) {
      case (0, UInt8(ascii: "a")...UInt8(ascii: "z")): word.append(byte)
      case (0, UInt8(ascii: " ")): part = 1
      case (1, UInt8(ascii: "0")...UInt8(ascii: "9")): digits.append(byte)
      case (1, UInt8(ascii: "\n")): part = 2
      default: return nil
      }
    }
    // Fifteen digits are thirty thousand years, and far from an overflow.
    guard part == 2, (1...15).contains(digits.count) else { return nil }
    switch String(decoding: word, as: UTF8.self) {
    case "synchronized": isSynchronized = true
    case "unsynchronized": isSynchronized = false
    default: return nil
    }
    asked = .milliseconds(digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) })
  }

  var line: String { "\(isSynchronized ? "synchronized" : "unsynchronized") \(asked.milliseconds)\n" }

  /// Whether the wall clock may be believed at `now` (BOOTTIME) on the strength of this word.
  func isTrusted(at now: Span) -> Bool {
    isSynchronized && asked <= now + Self.leeway && now - asked <= Self.patience
  }
}

internal import Glibc

/// Why one sweep of one device gave nothing: what, where, how often, and when it is tried again.
public struct BusError: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// Nothing, or not all of a reply, came in time.
    case noReply(withinMilliseconds: Int)
    /// The device answered rightly, with an exception: it is there, the bus is in step, it will not serve
    /// this read. The code is that of the protocol, 1 … 255.
    case exception(code: UInt8)
    /// Another make of device answers there: what its identity registers hold, and what they should.
    case wrongDevice(found: [UInt16], expected: [[UInt16]])
    /// The reply failed its checksum.
    case badChecksum
    /// Another unit than the one asked answered.
    case wrongUnit(UInt8)
    /// A reply with the wrong function, length, count or transaction.
    case wrongReply(String)
    /// More bytes followed a complete reply: someone answers twice, or late.
    case strayBytes
    /// The serial line did not fall silent after an error: something babbles.
    case neverSilent
    /// The endpoint could not be opened; `errno`, or a sentence where there is none.
    case cannotOpen(endpoint: String, why: String)
    /// The connection or the serial line went away under the read; `errno`.
    case lost(errno: Int32)

    /// The name under which failures are counted.
    public var kind: Kind {
      switch self {
      case .noReply: .noReply
      case .exception: .exception
      case .wrongDevice: .wrongDevice
      case .badChecksum: .badChecksum
      case .wrongUnit: .wrongUnit
      case .wrongReply: .wrongReply
      case .strayBytes: .strayBytes
      case .neverSilent: .neverSilent
      case .cannotOpen: .cannotOpen
      case .lost: .lost
      }
    }
  }

  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case noReply, exception, wrongDevice, badChecksum, wrongUnit, wrongReply, strayBytes, neverSilent,
      cannotOpen, lost
  }

  public let bus: String
  public let device: String
  public let unit: UInt8
  /// The read that failed; nil if the bus could not be opened, or did not fall silent.
  public let block: Block?
  public let reason: Reason
  /// How many times in a row, this one included.
  public let failuresInARow: Int
  /// How long until this device is asked again.
  public let nextTryMilliseconds: Int
}

extension BusError: CustomStringConvertible {
  /// `bus floor, unit 3, holding 7: no reply within 1 s (3rd time; next try in 8 s)`.
  public var description: String {
    let place = block.map { ", \($0)" } ?? ""
    let next = "next try in \(BusError.span(nextTryMilliseconds))"
    let times = failuresInARow > 1 ? "\(BusError.ordinal(failuresInARow)) time; \(next)" : next
    return "bus \(bus), unit \(unit)\(place): \(reason) (\(times))"
  }

  /// `250 ms`, `1 s`, `1.5 s`.
  static func span(_ milliseconds: Int) -> String {
    guard milliseconds >= 1_000 else { return "\(max(milliseconds, 0)) ms" }
    let tenths = milliseconds / 100
    return tenths % 10 == 0 || tenths >= 100 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }

  static func ordinal(_ number: Int) -> String {
    switch (number % 10, number % 100) {
    case (_, 11...13): "\(number)th"
    case (1, _): "\(number)st"
    case (2, _): "\(number)nd"
    case (3, _): "\(number)rd"
    default: "\(number)th"
    }
  }
}

extension BusError.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noReply(let milliseconds): "no reply within \(BusError.span(milliseconds))"
    case .exception(let code): "the device refuses: \(BusError.Reason.exceptionName(code))"
    case .wrongDevice(let found, let expected):
      "another device answers: found \(Self.words(found)), expected "
        + expected.map(Self.words).joined(separator: " or ") + "; check the unit number and the profile"
    case .badChecksum: "the reply failed its checksum; check wiring, termination and baud rate"
    case .wrongUnit(let unit): "unit \(unit) answered instead"
    case .wrongReply(let what): "not a reply to this request: \(what)"
    case .strayBytes: "more bytes followed the reply; look for two devices with one unit number"
    case .neverSilent: "the line does not fall silent; look for a device that babbles or a second master"
    case .cannotOpen(let endpoint, let why): "cannot open \(endpoint): \(why)"
    case .lost(let errno): "the connection is gone: \(BusError.text(errno))"
    }
  }

  private static func words(_ registers: [UInt16]) -> String {
    registers.map { "0x" + String($0, radix: 16, uppercase: true) }.joined(separator: " ")
  }

  /// The device itself spoke, in step with its question. A gateway that waited in vain for a device behind it says 10 or
  /// 11: then nobody did.
  var isAnAnswer: Bool {
    switch self {
    case .exception(let code): code < 10
    case .wrongDevice: true
    default: false
    }
  }

  /// Lost on the way, or damaged: the same question may be answered next time.
  var isWorthARetry: Bool {
    switch self {
    case .noReply, .badChecksum, .wrongReply, .wrongUnit, .strayBytes, .lost: true
    case .exception, .wrongDevice, .neverSilent, .cannotOpen: false
    }
  }

  private static func exceptionName(_ code: UInt8) -> String {
    switch code {
    case 1: "illegal function (exception 1)"
    case 2: "illegal data address (exception 2)"
    case 3: "illegal data value (exception 3)"
    case 4: "device failure (exception 4)"
    case 5: "acknowledged, not ready (exception 5)"
    case 6: "device busy (exception 6)"
    case 8: "memory parity error (exception 8)"
    case 10: "gateway path unavailable (exception 10)"
    case 11: "no answer behind the gateway (exception 11)"
    default: "exception \(code)"
    }
  }
}

extension BusError {
  /// The system's words for `errno`; thread-safe since glibc 2.32.
  static func text(_ errno: Int32) -> String {
    guard let words = strerror(errno) else { return "error \(errno)" }
    return String(cString: words)
  }
}

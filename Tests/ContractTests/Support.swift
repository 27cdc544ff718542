import Contract
import Costing
import JSON
import Jobs
import Measures
import Metering
import Testing

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}

extension Identifier {
  /// For ids written in a test.
  static func named(_ text: String) throws -> Self { try #require(Self(text)) }
}

func decimal(_ text: String) throws -> Decimal { try #require(Decimal(text)) }

/// Seconds after 2026-11-21T08:00:00Z, in boot 1.
func at(_ seconds: Int64, trusted: Bool = true) -> Moment {
  Moment(
    boot: 1, uptime: .seconds(1000 + seconds),
    wall: WallTime(milliseconds: 1_795_248_000_000 + seconds * 1000),
    isWallTrusted: trusted)
}

func decoded(_ verb: String, _ json: String) -> CommandMessage.Decoded {
  CommandMessage.decode(verb: verb, payload: Array(json.utf8))
}

/// A command's arguments, with an id before them.
func command(_ verb: String, _ arguments: String) throws -> Command {
  let separator = arguments.isEmpty ? "" : ","
  return try decoded(verb, #"{"id":"c-1"\#(separator)\#(arguments)}"#).command.get()
}

/// Same seed, same sequence.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

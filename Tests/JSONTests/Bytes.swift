import JSON

/// What the scanner makes of a text.
func parse(_ text: String, _ limits: JSONLimits = .command) throws(JSONError) -> JSONValue {
  try JSONScanner.parse(text.utf8, limits: limits)
}

/// Why the scanner refuses bytes; nil if it accepts them.
func refusal(_ bytes: some Collection<UInt8>, _ limits: JSONLimits = .command) -> JSONError? {
  do {
    _ = try JSONScanner.parse(bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
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

/// Packets a broker may send, each with a few bytes changed by chance; the same seed gives the same packets.
///
/// The identifiers and lengths of properties stay whole: Debian 12's libmosquitto (2.0.11) ends the process on a
/// property it does not know (`log__printf: Assertion 'mosq' failed`), and no caller can prevent it.
struct MutatedPackets {
  private struct Whole {
    let bytes: [UInt8]
    /// The indices of bytes that may change.
    let soft: [Int]

    init(_ bytes: [UInt8], soft: [Int]) {
      self.bytes = bytes
      self.soft = soft
    }
  }

  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private static let whole = [
    // PUBLISH, QoS 0: topic, response topic, correlation data, content type, payload.
    Whole(
      [
        0x30, 26, 0, 3, 0x61, 0x2F, 0x62, 17, 0x08, 0, 3, 0x72, 0x2F, 0x31, 0x09, 0, 2, 1, 2, 0x03, 0, 3,
        0x61, 0x2F, 0x6A, 0x78, 0x79, 0x7A,
      ], soft: [4, 5, 6, 9, 11, 12, 13, 15, 17, 18, 20, 22, 23, 24, 25, 26, 27]),
    // PUBLISH, QoS 1 and 2, without properties; the packet id may become anything.
    Whole([0x32, 9, 0, 3, 0x61, 0x2F, 0x62, 0, 7, 0, 0x78], soft: [4, 5, 6, 7, 8, 10]),
    Whole([0x34, 9, 0, 3, 0x61, 0x2F, 0x62, 0, 7, 0, 0x78], soft: [4, 5, 6, 7, 8, 10]),
    // SUBACK, PUBACK, PUBREL, DISCONNECT, PINGRESP, and what a broker never sends: PINGREQ, SUBSCRIBE.
    Whole([0x90, 4, 0, 1, 0, 1], soft: [2, 3, 5]),
    Whole([0x40, 4, 0, 1, 0x10, 0], soft: [2, 3, 4]),
    Whole([0x62, 2, 0, 7], soft: [1, 2, 3]),
    Whole([0xE0, 2, 0x8B, 0], soft: [2]),
    Whole([0xD0, 0], soft: [0, 1]),
    Whole([0xC0, 0], soft: [0, 1]),
    Whole([0x82, 7, 0, 1, 0, 0, 1, 0x23, 1], soft: [2, 3, 7]),
    // A packet of 256 MB, announced.
    Whole([0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 3, 0x61], soft: [5, 6, 7]),
  ]

  mutating func next() -> [UInt8] {
    let whole = Self.whole[chance(Self.whole.count)]
    var packet = whole.bytes
    for _ in 0..<chance(4) {
      let index = whole.soft[chance(whole.soft.count)]
      packet[index] = chance(2) == 0 ? UInt8(chance(256)) : packet[index] ^ 1 << UInt8(chance(8))
    }
    if chance(8) == 0 { packet.removeLast(chance(packet.count)) }
    return packet
  }

  /// SplitMix64.
  private mutating func chance(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }
}

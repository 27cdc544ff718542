/// Packets a broker may send, each with a few bytes changed by chance; the same seed gives the same packets.
struct MutatedPackets {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private static let whole: [[UInt8]] = [
    // PUBLISH, QoS 0: topic, response topic, correlation data, content type, payload.
    [
      0x30, 26, 0, 3, 0x61, 0x2F, 0x62, 17, 0x08, 0, 3, 0x72, 0x2F, 0x31, 0x09, 0, 2, 1, 2, 0x03, 0, 3, 0x61,
      0x2F, 0x6A, 0x78, 0x79, 0x7A,
    ],
    // PUBLISH, QoS 1 and 2; SUBACK; PUBACK; DISCONNECT; PINGRESP; AUTH.
    [0x32, 9, 0, 3, 0x61, 0x2F, 0x62, 0, 7, 0, 0x78],
    [0x34, 9, 0, 3, 0x61, 0x2F, 0x62, 0, 7, 0, 0x78],
    [0x90, 4, 0, 1, 0, 1],
    [0x40, 4, 0, 1, 0x10, 0],
    [0xE0, 2, 0x8B, 0],
    [0xD0, 0],
    [0xF0, 2, 0x18, 0],
  ]

  mutating func next() -> [UInt8] {
    var packet = Self.whole[chance(Self.whole.count)]
    for _ in 0..<chance(4) {
      switch chance(4) {
      case 0: packet[chance(packet.count)] = UInt8(chance(256))
      case 1: packet[chance(packet.count)] ^= 1 << UInt8(chance(8))
      case 2: packet.insert(UInt8(chance(256)), at: chance(packet.count))
      default: if packet.count > 1 { packet.remove(at: chance(packet.count)) }
      }
    }
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

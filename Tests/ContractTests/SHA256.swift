/// FIPS 180-4, for tests only: the room itself is handed its digest.
enum SHA256 {
  static func hex(_ message: [UInt8]) -> String {
    var state: [UInt32] = fractions(of: primes.prefix(8), root: 2)
    let constants = fractions(of: primes.prefix(64), root: 3)
    var bytes = message + [0x80]
    while bytes.count % 64 != 56 { bytes.append(0) }
    let bits = UInt64(message.count) * 8
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
    for block in stride(from: 0, to: bytes.count, by: 64) {
      compress(bytes[block..<block + 64], into: &state, constants)
    }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32], _ k: [UInt32]) {
    var w = [UInt32](repeating: 0, count: 64)
    for (index, byte) in block.enumerated() { w[index / 4] = w[index / 4] << 8 | UInt32(byte) }
    for t in 16..<64 {
      let s0 = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ (w[t - 15] >> 3)
      let s1 = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ (w[t - 2] >> 10)
      w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
    }
    var v = state
    for t in 0..<64 {
      let s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)
      let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
      let first = v[7] &+ s1 &+ choice &+ k[t] &+ w[t]
      let s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)
      let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
      v = [first &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
    }
    for index in 0..<8 { state[index] &+= v[index] }
  }

  private static func turn(_ word: UInt32, _ by: UInt32) -> UInt32 { word >> by | word << (32 - by) }

  private static let primes = (2...311).filter { n in !(2..<n).contains { n % $0 == 0 } }

  /// The first 32 bits of the fractional parts of square or cube roots of primes, found in integers.
  private static func fractions(of primes: ArraySlice<Int>, root: Int) -> [UInt32] {
    primes.map { prime in
      // The largest x with x^root ≤ prime · 2^(32 · root); its low 32 bits are the fraction.
      var x: UInt64 = 0
      for bit in (0..<37).reversed() {
        let candidate = x | 1 << UInt64(bit)
        let wide = UInt128(candidate)
        let power = root == 2 ? wide * wide : wide * wide * wide
        if power <= UInt128(prime) << UInt128(32 * root) { x = candidate }
      }
      return UInt32(truncatingIfNeeded: x)
    }
  }
}

internal import CCrypto

/// SHA-256 by libcrypto's one-shot function, over bytes in memory.
public enum SHA256 {
  /// The number of bytes of a digest.
  public static let byteCount = 32

  /// The 32 bytes of the digest of `bytes`, which may be empty.
  public static func digest(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      _ = bytes.withUnsafeBufferPointer { CCrypto.SHA256($0.baseAddress, $0.count, buffer.baseAddress) }
      count = byteCount
    }
  }

  /// The digest of `bytes` as 64 lower-case hexadecimal digits.
  public static func hexDigest(_ bytes: [UInt8]) -> String {
    hex(digest(bytes))
  }

  /// Any bytes as lower-case hexadecimal digits, two for each.
  public static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
      for (index, byte) in bytes.enumerated() {
        buffer[index * 2] = digits[Int(byte >> 4)]
        buffer[index * 2 + 1] = digits[Int(byte & 15)]
      }
      return bytes.count * 2
    }
  }
}

/// The answer to one read request, checked in full. libmodbus's own check leaves holes on TCP (it compares
/// neither the unit nor the announced length, and only half the protocol number), so the frame it received
/// is checked here.
enum Reply: Hashable {
  enum Values: Hashable {
    case registers([UInt16])
    case bits([Bool])
  }

  case values(Values)
  /// A right answer of the device: it will not serve this read.
  case exception(UInt8)

  /// - Parameters:
  ///   - frame: `unit, function, byte count, data …, CRC, CRC`, the CRC already checked.
  static func fromSerial(_ frame: ArraySlice<UInt8>, unit: UInt8, block: Block) throws(Fault) -> Reply {
    guard let first = frame.first else { throw Fault(.wrongReply("an empty frame"), block) }
    guard first == unit else { throw Fault(.wrongUnit(first), block) }
    return try read(pdu: frame.dropFirst().dropLast(2), block: block)
  }

  /// - Parameters:
  ///   - frame: `transaction ×2, protocol ×2, length ×2, unit, function, byte count, data …`.
  static func fromTCP(
    _ frame: ArraySlice<UInt8>, transaction: UInt16, unit: UInt8, block: Block
  ) throws(Fault) -> Reply {
    let bytes = Array(frame)
    guard bytes.count >= 9 else { throw Fault(.wrongReply("a frame of \(bytes.count) bytes"), block) }
    let answered = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    guard answered == transaction else {
      throw Fault(.wrongReply("transaction \(answered), expected \(transaction)"), block)
    }
    guard bytes[2] == 0, bytes[3] == 0 else { throw Fault(.wrongReply("another protocol"), block) }
    let length = Int(bytes[4]) << 8 | Int(bytes[5])
    guard length == bytes.count - 6 else {
      throw Fault(.wrongReply("length \(length), expected \(bytes.count - 6)"), block)
    }
    guard bytes[6] == unit else { throw Fault(.wrongUnit(bytes[6]), block) }
    return try read(pdu: bytes.dropFirst(7), block: block)
  }

  private static func read(pdu: ArraySlice<UInt8>, block: Block) throws(Fault) -> Reply {
    let pdu = Array(pdu)
    guard pdu.count >= 2 else { throw Fault(.wrongReply("\(pdu.count) bytes"), block) }
    if pdu[0] == block.table.function | 0x80 {
      guard pdu.count == 2 else { throw Fault(.wrongReply("a long exception"), block) }
      return .exception(pdu[1])
    }
    guard pdu[0] == block.table.function else {
      throw Fault(.wrongReply("function \(pdu[0]), expected \(block.table.function)"), block)
    }
    let expected = block.shape.byteCount
    guard Int(pdu[1]) == expected, pdu.count == expected + 2 else {
      throw Fault(.wrongReply("\(pdu[1]) bytes of data, expected \(expected)"), block)
    }
    let places = 0..<Int(block.count)
    if block.table.holdsBits {
      return .values(
        .bits(
          places.map { place in
            let byte: UInt8 = pdu[2 + place / 8]
            return byte >> UInt8(place % 8) & 1 == 1
          }))
    }
    return .values(
      .registers(
        places.map { place in
          let high = UInt16(pdu[2 + place * 2])
          return high << 8 | UInt16(pdu[3 + place * 2])
        }))
  }
}

/// What went wrong in one exchange, before it is known whose and how often.
struct Fault: Error, Hashable {
  var reason: BusError.Reason
  var block: Block?

  init(_ reason: BusError.Reason, _ block: Block?) {
    self.reason = reason
    self.block = block
  }
}

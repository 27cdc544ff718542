import Devices
import Measures

/// What a probe found, for whoever stands before the device.
enum ProbeText {
  static func registers(_ registers: [UInt16], _ table: RegisterTable, from address: UInt16) -> String {
    let rows = registers.enumerated().map { offset, word in
      ["\(Int(address) + offset)", hex(word), "\(word)", "\(Int16(bitPattern: word))", bits(word)]
    }
    return Terminal.table([table.rawValue, "hex", "unsigned", "signed", "bits 15-0"], rows)
  }

  /// Every reading at every place, a place a row.
  static func everything(
    _ words: [UInt16], _ table: RegisterTable, from address: UInt16, _ guesses: [RegisterGuess]
  ) -> String {
    let wide = guesses.filter { $0.type.registerCount == 2 && $0.byteOrder == .highFirst }
    let rows = words.indices.map { offset in
      let place = address &+ UInt16(offset)
      func value(_ type: RegisterType, _ order: WordOrder) -> String {
        wide.first { $0.address == place && $0.type == type && $0.wordOrder == order }
          .map { $0.value.description } ?? ""
      }
      return [
        "\(place)", value(.int32, .highFirst), value(.int32, .lowFirst), value(.float32, .highFirst),
        value(.float32, .lowFirst),
      ]
    }
    let numbers = Terminal.table(
      [table.rawValue, "int32", "int32 low_first", "float32", "float32 low_first"], rows)
    return registers(words, table, from: address) + "\n\n" + numbers
      + "\n\nSay what the display shows by --shows, and only what matches is printed."
  }

  /// At most twenty: beyond, only another load can tell.
  static func matches(_ guesses: [RegisterGuess]) -> String {
    let rows = guesses.prefix(20).map { guess in
      [
        "\(guess.table.rawValue) \(guess.address)", guess.type.rawValue,
        guess.type.registerCount > 1 ? guess.wordOrder.rawValue : "",
        guess.byteOrder == .highFirst ? "" : "bytes swapped", "× \(guess.scale)", "\(guess.value)",
        guess.lacksSign ? "the sign stands in a status bit" : "",
      ]
    }
    let more = guesses.count > 20 ? "\n(and \(guesses.count - 20) more; change the load and probe again)" : ""
    return Terminal.table(["place", "type", "word order", "byte order", "scale", "reads", ""], rows) + more
  }

  /// The lines to paste.
  static func channel(_ guess: RegisterGuess) -> String {
    var lines = [
      "      weight:                    # the likeliest; check it with another load",
      "        \(guess.table.rawValue): \(guess.address)",
      "        type: \(guess.type.rawValue)",
    ]
    if guess.type.registerCount > 1, guess.wordOrder == .lowFirst {
      lines.append("        word_order: low_first")
    }
    if guess.byteOrder == .lowFirst { lines.append("        byte_order: low_first") }
    if guess.scale != .one { lines.append("        scale: \(guess.scale)") }
    lines.append("        unit: g                  # as the display says")
    if guess.lacksSign {
      lines.append("        negative: {\(guess.table.rawValue): …, bit: …}   # where the sign stands")
    }
    return lines.joined(separator: "\n")
  }

  private static func hex(_ word: UInt16) -> String {
    let digits = String(word, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  private static func bits(_ word: UInt16) -> String {
    let digits = String(word, radix: 2)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    return stride(from: 0, to: 16, by: 4).map { start in
      String(padded.dropFirst(start).prefix(4))
    }.joined(separator: " ")
  }
}

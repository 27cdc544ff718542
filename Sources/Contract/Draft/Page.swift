/// Lines of text with columns, `InvoiceText.width` wide.
struct Page {
  private(set) var lines: [String] = []
  private static let width = InvoiceText.width

  mutating func text(_ line: String) { lines.append(Self.trimmed(line)) }
  mutating func rule() { lines.append(String(repeating: "-", count: Self.width)) }

  /// Left and right on one line, or on two where they do not fit.
  mutating func pair(_ left: String, _ right: String) {
    let room = Self.width - left.count - right.count
    if room >= 2 || right.isEmpty || left.isEmpty {
      text(left + String(repeating: " ", count: max(0, room)) + right)
    } else {
      text(left)
      pair("", right)
    }
  }

  /// An id, a name, and three columns that end at the right; a long name goes on below.
  mutating func columns(_ id: String, _ name: String, _ quantity: String, _ price: String, _ amount: String) {
    let right = Self.right(quantity, 14) + Self.right(price, 16) + Self.right(amount, 13)
    let rows = Self.wrapped(name, to: Self.width - 5 - right.count - 1)
    for (index, row) in rows.enumerated() {
      let left = Self.left(index == 0 ? id : "", 5) + row
      if index == 0 {
        pair(left, right)
      } else {
        text(left)
      }
    }
    if rows.isEmpty { pair(id, right) }
  }

  mutating func total(_ name: String, _ amount: String) {
    let rows = Self.wrapped(name, to: 62)
    for row in rows.dropLast() { text(Self.right(row, 64)) }
    text(Self.right(rows.last ?? "", 64) + Self.right(amount, 16))
  }

  /// Broken at spaces; a word longer than a row is cut.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    let width = max(8, width)
    var rows: [String] = []
    var row = ""
    for word in text.split(separator: " ") {
      var word = String(word)
      if !row.isEmpty, row.count + 1 + word.count > width {
        rows.append(row)
        row = ""
      }
      while word.count > width {
        rows.append(String(word.prefix(width)))
        word = String(word.dropFirst(width))
      }
      row += row.isEmpty ? word : " \(word)"
    }
    return row.isEmpty ? rows : rows + [row]
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}

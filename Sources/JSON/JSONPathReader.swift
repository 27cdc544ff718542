/// Reads the text of a path from left to right.
struct JSONPathReader {
  private let path: String
  private let scalars: [Unicode.Scalar]
  private var place = 0

  private static let longest = 64
  private static let largestIndex = 999_999

  init(_ path: String) {
    self.path = path
    scalars = Array(path.unicodeScalars)
  }

  mutating func components() throws(JSONPathError) -> [JSONPath.Component] {
    var components: [JSONPath.Component] = []
    repeat {
      guard components.count < Self.longest else { throw expected("at most \(Self.longest) steps") }
      switch peek {
      case "[":
        components.append(try bracketed())
      case ".":
        guard !components.isEmpty else { throw expected("a name or '['") }
        place += 1
        components.append(.name(try name("a name")))
      default:
        guard components.isEmpty else { throw expected("'.', '[' or the end") }
        components.append(.name(try name("a name or '['")))
      }
    } while place < scalars.count
    return components
  }

  private mutating func name(_ what: String) throws(JSONPathError) -> String {
    var name = String.UnicodeScalarView()
    while let scalar = peek, JSONPath.isPlain(scalar) {
      name.append(scalar)
      place += 1
    }
    guard !name.isEmpty else { throw expected(what) }
    return String(name)
  }

  private mutating func bracketed() throws(JSONPathError) -> JSONPath.Component {
    place += 1
    let component: JSONPath.Component
    if peek == "\"" {
      component = .name(try quoted())
    } else {
      component = .index(try index())
    }
    guard peek == "]" else { throw expected("']'") }
    place += 1
    return component
  }

  private mutating func index() throws(JSONPathError) -> Int {
    let start = place
    var index = 0
    while let scalar = peek, ("0"..."9").contains(scalar) {
      index = index * 10 + Int(scalar.value - 0x30)
      place += 1
      guard index <= Self.largestIndex, place == start + 1 || scalars[start] != "0" else {
        place = start
        throw expected("an index from 0 to \(Self.largestIndex) without leading zeros")
      }
    }
    guard place > start else { throw expected("an index or a name in double quotes") }
    return index
  }

  /// A quoted name is a JSON string: the scanner reads it.
  private mutating func quoted() throws(JSONPathError) -> String {
    let start = place
    place += 1
    while let scalar = peek, scalar != "\"" {
      place += scalar == "\\" ? 2 : 1
    }
    guard peek != nil else {
      place = scalars.count
      throw expected("a closing quote")
    }
    place += 1
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<place])
    let bytes = Array(String(text).utf8)
    do {
      return try JSONScanner.parse(bytes, limits: .command).string ?? ""
    } catch {
      place = start + error.column - 1
      throw expected("a name written like a JSON string")
    }
  }

  private var peek: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private func expected(_ what: String) -> JSONPathError {
    JSONPathError(path: path, column: place + 1, expected: what, found: peek.map { String(Character($0)) })
  }
}

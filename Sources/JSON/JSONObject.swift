/// A JSON object: keys in the order they were added, each once.
///
/// Keys are compared by their Unicode scalars. Equality disregards order, as JSON does.
public struct JSONObject: Sendable {
  public typealias Element = (key: String, value: JSONValue)

  private struct Member: Sendable {
    let key: String
    var value: JSONValue
  }

  private var members: [Member] = []
  /// Where each key stands; kept only for objects too large to look through.
  private var places: [ExactText: Int]?

  private static let lookThrough = 16

  public init() {}

  /// A key that occurs twice keeps its first place and its last value.
  public init(_ elements: some Sequence<(String, JSONValue)>) {
    for (key, value) in elements { self[key] = value }
  }

  public var keys: [String] { members.map(\.key) }

  /// The value under a key. Setting nil removes the key; set `.null` to write a null.
  public subscript(key: String) -> JSONValue? {
    get { place(of: key).map { members[$0].value } }
    set {
      switch (place(of: key), newValue) {
      case (let place?, let value?): members[place].value = value
      case (nil, let value?): append(key, value)
      case (let place?, nil):
        members.remove(at: place)
        places = nil
        indexIfLarge()
      case (nil, nil): break
      }
    }
  }

  public func contains(_ key: String) -> Bool { place(of: key) != nil }

  private func place(of key: String) -> Int? {
    if let places { return places[ExactText(key)] }
    return members.firstIndex { $0.key.isExactly(key) }
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    members.append(Member(key: key, value: value))
    if places != nil {
      places?[ExactText(key)] = members.count - 1
    } else {
      indexIfLarge()
    }
  }

  private mutating func indexIfLarge() {
    guard members.count > Self.lookThrough else { return }
    var places: [ExactText: Int] = [:]
    places.reserveCapacity(members.count * 2)
    for (place, member) in members.enumerated() { places[ExactText(member.key)] = place }
    self.places = places
  }

  /// Opens a place for a key whose value is still to be read; false if the key is there already.
  mutating func open(_ key: String) -> Bool {
    guard place(of: key) == nil else { return false }
    append(key, .null)
    return true
  }

  /// Fills the place opened last.
  mutating func fill(_ value: JSONValue) {
    guard !members.isEmpty else { return }
    members[members.count - 1].value = value
  }
}

extension JSONObject: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { members.count }
  public subscript(position: Int) -> Element { (members[position].key, members[position].value) }
}

extension JSONObject: Hashable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
  }

  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for member in members {
      var one = Hasher()
      one.combine(ExactText(member.key))
      one.combine(member.value)
      sum &+= one.finalize()
    }
    hasher.combine(members.count)
    hasher.combine(sum)
  }
}

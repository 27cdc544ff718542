/// Finds what somebody probably meant.
enum Suggestion {
  /// The nearest of `known` to `name`, if it is near enough to be a slip of the finger.
  static func nearest(to name: String, among known: some Sequence<String>) -> String? {
    // Of a name of one or two letters anything would be near.
    let limit = name.count < 3 ? 0 : max(1, name.count / 3)
    let near = known.map { (name: $0, distance: distance(name, $0)) }.filter { $0.distance <= limit }
    return near.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }

  /// `; did you mean "timezone"?`, or nothing.
  static func text(for name: String, among known: some Sequence<String>) -> String {
    nearest(to: name, among: known).map { "; did you mean \($0.quoted)?" } ?? ""
  }

  /// Letters inserted, dropped, changed, or swapped with their neighbor; capitals do not count.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased().utf8.prefix(80))
    let right = Array(right.lowercased().utf8.prefix(80))
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, a) in left.enumerated() {
      var current = [row + 1]
      for (column, b) in right.enumerated() {
        var cost = min(last[column] + (a == b ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}

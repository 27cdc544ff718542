internal import JSON
internal import Jobs
internal import Measures

extension ArgumentKind {
  /// A job's markup by kind of line.
  static let markupMembers =
    LineKind.allCases.map { ArgumentSpec($0.rawValue, .percent, optional: true, "on such lines") }
    + [ArgumentSpec("others", .percent, optional: true, "on all that are not named")]

  func markup(_ value: JSONValue, _ name: String) throws(Refusal) -> Percentages {
    guard let object = value.object else {
      guard case .decimal(let percent) = try Self.percent.read(value, as: name) else { return Percentages() }
      return Percentages(percent)
    }
    let members = try ArgumentReader.read(object, by: Self.markupMembers, in: "\(name).")
    var markup = Percentages(others: members.optionalDecimal("others"))
    for kind in LineKind.allCases { markup.byKind[kind] = members.optionalDecimal(kind.rawValue) }
    return markup
  }
}

extension CommandVerb {
  /// The verbs and what their arguments take, as two tables of Markdown: `docs/contract.md` holds just these.
  public static var documentation: String {
    let verbs = all.map { verb in
      let arguments = verb.arguments.map { $0.isRequired ? "`\($0.name)`" : "`\($0.name)`?" }
      var notes = [verb.summary]
      if let rule = verb.rule { notes.append("Give \(rule).") }
      return "| `\(verb.name)` | \(arguments.joined(separator: ", ")) | \(notes.joined(separator: " ")) |"
    }
    let arguments = kinds.map { name, uses in
      let takes = uses.map { kind, verbs in
        uses.count == 1
          ? kind.expectation : "\(kind.expectation) (\(verbs.map { "`\($0)`" }.joined(separator: ", ")))"
      }
      return "| `\(name)` | \(takes.joined(separator: "; ")) |"
    }
    let head = ["| verb | arguments | what it does |", "| --- | --- | --- |"]
    let second = ["", "| argument | takes |", "| --- | --- |"]
    return (head + verbs + second + arguments).joined(separator: "\n")
  }

  /// Every argument name with the kinds it has, and the verbs it has each in.
  private static var kinds: [(String, [(ArgumentKind, [String])])] {
    var kinds: [String: [(ArgumentKind, [String])]] = [:]
    for verb in all {
      for argument in verb.arguments {
        if let index = kinds[argument.name]?.firstIndex(where: { $0.0 == argument.kind }) {
          kinds[argument.name]?[index].1.append(verb.name)
        } else {
          kinds[argument.name, default: []].append((argument.kind, [verb.name]))
        }
      }
    }
    return kinds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

import Devices
import Measures

/// Reads one profile's file.
struct ProfileReader {
  let report: Report
  let path: String

  func profile(_ bytes: [UInt8], named name: String) -> Profile? {
    guard let text = report.text(of: bytes, file: path) else { return nil }
    var parser = TreeParser(report: report, file: path)
    guard let tree = parser.parse(text),
      let section = Cursor(tree: tree, path: "", report: report).section()
    else { return nil }
    let given = section.required("profile")?.id(Profile.self)
    if let given, given.text != name {
      section.optional("profile")?.expected("\(name), like the name of the file")
    }
    let title = section.required("title")?.line()
    let make = section.required("make")?.line()
    let evidence = section.required("evidence")?.choice(Profile.Evidence.self)
    let source = section.required("source")?.paragraph()
    let notes = section.optional("notes")?.paragraph()
    let transport = section.required("transport")?.choice([("modbus", true), ("mqtt", false)])
    let parameters = section.optional("parameters").map(self.parameters) ?? []
    let device = section.required("device")
    section.finish()
    for entry in device?.section()?.all() ?? [] where Self.devicesOwn.contains(entry.key) {
      entry.keyCursor.mistake("is for each device itself to say (found \(entry.key.shown))")
    }
    guard let title, let make, let evidence, let source, let transport, let device else { return nil }
    return Profile(
      name: name, title: title, make: make, evidence: evidence, source: source, notes: notes,
      isModbus: transport, parameters: parameters, device: device.tree)
  }

  /// Keys that no profile can know.
  private static let devicesOwn: Set<String> = ["id", "bus", "unit", "broker", "profile", "parameters"]

  private func parameters(_ cursor: Cursor) -> [Profile.Parameter] {
    (cursor.section()?.all() ?? []).compactMap { entry in
      guard entry.key.isParameterName else {
        entry.keyCursor.expected("a name of small letters, digits and _")
        return nil
      }
      guard let section = entry.value.section() else { return nil }
      let about = section.required("about")?.line()
      let fallback = section.optional("default")?.line()
      let example = section.optional("example")?.line()
      let choices = section.optional("choices").map(self.choices) ?? []
      section.finish()
      return about.map {
        Profile.Parameter(
          name: entry.key, about: $0, fallback: fallback, example: example, choices: choices)
      }
    }
  }

  /// A list of words, or a mapping from each word to the values it stands for.
  private func choices(_ cursor: Cursor) -> [(word: String, values: [String: String])] {
    if case .list = cursor.tree.content { return cursor.items().compactMap { $0.line().map { ($0, [:]) } } }
    return (cursor.section()?.all() ?? []).compactMap { entry in
      guard let section = entry.value.section() else { return nil }
      var values: [String: String] = [:]
      for value in section.all() { values[value.key] = value.value.line() }
      return (entry.key, values)
    }
  }
}

extension Cursor {
  /// A text for people that may run over several lines.
  fileprivate func paragraph() -> String? {
    read("a text of 1 to 4000 bytes") { text in
      let joined = text.split(whereSeparator: { $0 == "\n" || $0 == " " }).joined(separator: " ")
      return joined.isLine(maximum: 4000) ? joined : nil
    }
  }
}

extension String {
  var isParameterName: Bool {
    guard let first = utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else {
      return false
    }
    return utf8.count <= 32
      && utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
  }
}

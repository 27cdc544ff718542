import Measures

/// Puts the profiles that devices name in their place, before anything is read: from then on such a device is
/// like one whose channels were written out, and a changed profile is a changed configuration.
struct ProfileExpansion {
  let report: Report
  let library: ProfileLibrary

  func expand(_ root: Tree) -> Tree {
    root.replacing("devices") { devices in
      guard case .list(let items) = devices.content else { return devices }
      return Tree(place: devices.place, content: .list(items.enumerated().map { device($1, at: $0) }))
    }
  }

  private func device(_ tree: Tree, at index: Int) -> Tree {
    guard case .mapping(let entries) = tree.content,
      let named = entries.first(where: { $0.key == "profile" })
    else { return tree }
    let id = entries.first { $0.key == "id" }?.value.text ?? "[\(index)]"
    let own = Tree(
      place: tree.place,
      content: .mapping(entries.filter { $0.key != "profile" && $0.key != "parameters" }))
    let cursor = Cursor(tree: named.value, path: "devices.\(id).profile", report: report)
    guard let name = cursor.id(Profile.self)?.text else { return own.opaque }
    switch library.profile(name) {
    case nil:
      cursor.mistake(
        "there is no profile of this name (found \(name.shown); looked in \(library.places))"
          + Suggestion.text(for: name, among: library.names))
      return own.opaque
    case .some(nil): return own.opaque
    case .some(let profile?):
      let isOnBus = entries.contains { $0.key == "bus" }
      if profile.isModbus != isOnBus {
        cursor.mistake(
          profile.isModbus
            ? "this profile is for devices on a bus; give the device bus: ID and unit: N"
            : "this profile is for devices over MQTT; this one is on a bus")
        return own.opaque
      }
      let given = entries.first { $0.key == "parameters" }
      guard let values = values(of: profile, given?.value, device: "devices.\(id)", at: named.value.place)
      else {
        return own.opaque
      }
      return profile.device.filled(with: values).overridden(by: own)
    }
  }

  /// What stands for each `{name}`; `nil` after a mistake.
  private func values(of profile: Profile, _ given: Tree?, device: String, at place: Place) -> [String:
    String]?
  {
    let section = given.map { Cursor(tree: $0, path: "\(device).parameters", report: report) }?.section()
    var values: [String: String] = [:]
    var isWhole = true
    for parameter in profile.parameters {
      let own = section?.optional(parameter.name)
      guard let word = own.map({ $0.line() }) ?? parameter.fallback else {
        if own == nil {
          let example = parameter.example.map { ", such as \($0)" } ?? ""
          report.note(
            .error, "is missing: the profile \(profile.name) needs to know \(parameter.about)\(example)",
            path: "\(device).parameters.\(parameter.name)", at: given?.place ?? place)
        }
        isWhole = false
        continue
      }
      values[parameter.name] = word
      guard !parameter.choices.isEmpty else { continue }
      guard let choice = parameter.choices.first(where: { $0.word == word }) else {
        own?.expected(parameter.choices.map(\.word).joined(separator: ", "))
        isWhole = false
        continue
      }
      for (name, value) in choice.values { values["\(parameter.name).\(name)"] = value }
    }
    section?.finish()
    return isWhole ? values : nil
  }
}

extension Tree {
  /// Under this key, as `change` gives it.
  fileprivate func replacing(_ key: String, _ change: (Tree) -> Tree) -> Tree {
    guard case .mapping(let entries) = content else { return self }
    return Tree(
      place: place,
      content: .mapping(
        entries.map { $0.key == key ? Entry(key: key, keyPlace: $0.keyPlace, value: change($0.value)) : $0 }))
  }

  fileprivate var text: String? {
    if case .scalar(let text) = content { text } else { nil }
  }

  /// With each `{name}` replaced; braces around anything else are left as they are.
  fileprivate func filled(with values: [String: String]) -> Tree {
    switch content {
    case .scalar(let text): return Tree(place: place, content: .scalar(text.filled(with: values)))
    case .empty: return self
    case .list(let items): return Tree(place: place, content: .list(items.map { $0.filled(with: values) }))
    case .mapping(let entries):
      return Tree(
        place: place,
        content: .mapping(
          entries.map {
            Entry(
              key: $0.key.filled(with: values), keyPlace: $0.keyPlace, value: $0.value.filled(with: values))
          }))
    }
  }

  /// Mappings are merged, all else is replaced; nothing behind a key takes away what the profile has there.
  fileprivate func overridden(by own: Tree) -> Tree {
    guard case .mapping(let base) = content, case .mapping(let changes) = own.content else { return own }
    var entries = base
    for change in changes {
      guard let index = entries.firstIndex(where: { $0.key == change.key }) else {
        entries.append(change)
        continue
      }
      if case .empty = change.value.content {
        entries.remove(at: index)
      } else {
        entries[index] = Entry(
          key: change.key, keyPlace: change.keyPlace,
          value: entries[index].value.overridden(by: change.value))
      }
    }
    return Tree(place: own.place, content: .mapping(entries))
  }

  /// A device whose channels cannot be told, so that nobody misses one.
  fileprivate var opaque: Tree {
    guard case .mapping(let entries) = content else { return self }
    let mark = Entry(key: Self.opaqueKey, keyPlace: place, value: Tree(place: place, content: .empty))
    return Tree(place: place, content: .mapping(entries + [mark]))
  }

  /// No key of a file can be this.
  static let opaqueKey = "\u{0}profile"
}

extension String {
  fileprivate func filled(with values: [String: String]) -> String {
    guard contains("{") else { return self }
    var result = ""
    var rest = Substring(self)
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      guard let close = rest.firstIndex(of: "}") else { break }
      if let value = values[String(rest[rest.index(after: open)..<close])] {
        result += value
        rest = rest[rest.index(after: close)...]
      } else {
        result += "{"
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }
}

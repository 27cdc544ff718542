import Foundation
import JSON
import Measures

/// The daemon's live state for people.
enum StatusText {
  static func render(_ status: JSONValue) -> String {
    var out = [
      "gateway \(text(status["gateway"])), broker \(text(status["broker"])), \(text(status["at"]))", "",
    ]
    let rows = (status["work_centers"]?.object ?? [:]).map { id, center in
      let paused = center["paused"]?["job"]?.string.map { "\($0) (paused)" }
      let last = center["last_action"]
      let action = last?["action"]?.string.map { "\($0): \(text(last?["message"]))" } ?? ""
      return [
        id, text(center["run_state"]), center["job"]?.string ?? paused ?? "-", text(center["part"]),
        tallies(center),
        action,
      ]
    }
    out.append(Terminal.table(["work center", "machine", "job", "part", "tallies", "last action"], rows))
    for (id, message) in status["alarms"]?.object ?? [:] {
      out.append(Terminal.styled("alarm \(id): \(text(message))", .yellow))
    }
    if let count = status["commands_unanswered"], count != .number(0) {
      let text = "\(self.text(count)) commands could not be answered since the start: see the daemon's log"
      out.append(Terminal.styled(text, .yellow))
    }
    return out.joined(separator: "\n")
  }

  private static func tallies(_ center: JSONValue) -> String {
    guard let tallies = center["tallies"] else { return "" }
    var parts = (tallies["materials"]?.array ?? []).map { material in
      let removed = material["removed"]?.string.map { " (and \($0) \(text(material["unit"])) taken by hand)" }
      return "\(text(material["quantity"])) \(text(material["unit"]))\(removed ?? "")"
    }
    if let grams = tallies["reported_grams"]?.string { parts.append("the machine says \(grams) g") }
    if let pieces = tallies["pieces"]?.string { parts.append("\(pieces) pieces") }
    parts += (tallies["seconds"]?.object ?? [:]).map { state, seconds in "\(state) \(text(seconds)) s" }
    if let energy = tallies["kwh"]?.string { parts.append("\(energy) kWh") }
    return parts.joined(separator: ", ")
  }

  /// - Parameter now: what ages are counted up to.
  static func devices(_ devices: JSONValue, now: Date = Date()) -> String {
    var rows: [[String]] = []
    for (id, device) in devices.object ?? [:] {
      let isOnline = device["online"]?.bool ?? false
      var notes = (device["errors"]?.object ?? [:]).map { "\($0.key) \(text($0.value))" }
      if let next = device["next_try"]?.string { notes.append("next try \(next)") }
      if let latency = device["latency"], latency["slow"]?.bool == true {
        notes.append("slow: \(text(latency["p99_ms"])) ms")
      }
      let errors = notes.joined(separator: ", ")
      let channels = device["channels"]?.object ?? [:]
      if channels.isEmpty { rows.append([id, "-", "-", isOnline ? "" : "offline", "", errors]) }
      for (kind, channel) in channels {
        let quality = text(channel["quality"])
        rows.append([
          id, kind, "\(text(channel["value"])) \(text(channel["unit"]))",
          isOnline || quality == "waiting" ? quality : "offline", age(channel["at"], now), errors,
        ])
      }
    }
    return Terminal.table(["device", "channel", "value", "quality", "age", "errors"], rows)
  }

  /// `0.4 s`, `12 min`: how long ago it was read.
  private static func age(_ at: JSONValue?, _ now: Date) -> String {
    guard let text = at?.string, let moment = WallTime(rfc3339: text) else { return "" }
    let milliseconds = Int64(now.timeIntervalSince1970 * 1000) - moment.milliseconds
    // A clock that was set meanwhile is no reason to show an age below zero.
    return Span.milliseconds(max(0, milliseconds)).description
  }

  private static func text(_ value: JSONValue?) -> String {
    guard let value, !value.isNull else { return "" }
    return value.string ?? value.compactText
  }
}

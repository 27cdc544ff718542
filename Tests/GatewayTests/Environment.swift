import Foundation

enum Environment {
  static func has(_ name: String) -> Bool {
    let value = ProcessInfo.processInfo.environment[name] ?? ""
    return !value.isEmpty && value != "0"
  }
}

import ArgumentParser
import Configuration
import Ledger

/// What the program's exit status says, after sysexits(3): the one list that `--help` prints and every command ends by.
enum ExitStatus: Int32, CaseIterable {
  case done = 0
  case refused = 1
  case usage = 64
  case unreachable = 69
  case file = 74
  case configuration = 78

  var meaning: String {
    switch self {
    case .done: "done"
    case .refused: "refused, or faults were found"
    case .usage: "wrong usage"
    case .unreachable: "the daemon (or the demo's broker) cannot be reached"
    case .file: "a file cannot be read or written, is damaged, or is a running daemon's"
    case .configuration: "the configuration has mistakes"
    }
  }

  static var help: String {
    "Exit status: " + allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ") + "."
  }

  /// Of an error that no command has judged itself.
  init(of error: any Error) {
    self =
      switch error {
      case let complaint as Complaint: complaint.status
      case let errors as ConfigurationErrors: errors.isUnread ? .file : .configuration
      case is ExplanationError, is ReplayError: .refused
      // What is left comes of the journal and of what is stored in it.
      default: .file
      }
  }
}

/// Why a command ends without having done what was asked, for ``Chargehand`` to tell.
struct Complaint: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  /// - Parameter message: a sentence; empty where everything is said already.
  init(_ status: ExitStatus, _ message: String = "") {
    self.status = status
    description = message
  }
}

extension Chargehand {
  /// Before every sentence about what went wrong, ArgumentParser's among them.
  static var _errorPrefix: String { "chargehand: " }

  /// Says why, and ends the program with the status that `--help` promises.
  static func end(_ error: any Error) -> Never {
    let judgedByParser = exitCode(for: error)
    if judgedByParser.isSuccess || judgedByParser == .validationFailure { exit(withError: error) }
    // Mistakes of a configuration begin with their places, as a compiler's do.
    let text = "\(error)"
    if !text.isEmpty { Terminal.complain((error is ConfigurationErrors ? "" : _errorPrefix) + text) }
    exit(withError: ExitCode(ExitStatus(of: error).rawValue))
  }
}

import Glibc

/// Runs the small programs a private broker needs.
enum BrokerTool {
  /// Starts a program found in the usual folders of Debian (a daemon's PATH often lacks sbin).
  static func spawn(
    _ arguments: [String], _ actions: inout posix_spawn_file_actions_t, ownGroup: Bool = false
  ) throws(BrokerError) -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The caller's thread may have signals blocked; the child must not inherit that.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var flags = POSIX_SPAWN_SETSIGMASK
    if ownGroup {
      flags |= POSIX_SPAWN_SETPGROUP
      posix_spawnattr_setpgroup(&attributes, 0)
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))
    let path = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"]
    var argv = arguments.map { strdup($0) } + [nil]
    var environment = path.map { strdup($0) } + [nil]
    defer { for text in argv + environment { free(text) } }
    var child = pid_t()
    let program = arguments.first ?? ""
    let file = program.hasPrefix("/") ? program : find(program)
    let code = posix_spawn(&child, file, &actions, &attributes, &argv, &environment)
    if code != 0 { throw BrokerError("cannot run \(program)", code) }
    return child
  }

  /// Runs a program to its end, silently.
  static func run(_ arguments: [String]) throws(BrokerError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let status = wait(try spawn(arguments, &actions))
    if status != 0 { throw BrokerError("'\(arguments.joined(separator: " "))' failed with status \(status)") }
  }

  @discardableResult
  static func wait(_ child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return status
  }

  private static func find(_ program: String) -> String {
    let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"]
    return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 } ?? program
  }
}

/// Small files, without Foundation.
enum BrokerFiles {
  static func write(_ text: String, to path: String) throws(BrokerError) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw BrokerError("cannot write \(path)", errno) }
    defer { close(file) }
    var rest = ArraySlice(text.utf8)
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw BrokerError("cannot write \(path)", errno) }
      rest = rest.dropFirst(count)
    }
  }

  static func read(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Removes a flat folder with its files.
  static func remove(_ folder: String) {
    guard let list = opendir(folder) else { return }
    while let entry = readdir(list) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { unlink("\(folder)/\(name)") }
    }
    closedir(list)
    rmdir(folder)
  }
}

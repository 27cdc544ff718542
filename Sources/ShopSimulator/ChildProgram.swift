internal import Foundation
internal import Synchronization

/// A program of the played shop that cannot outlive this process, however this process ends.
///
/// A shell stands between. It holds the reading end of a pipe whose only writing end is here; when the kernel
/// closes that, be it after SIGKILL, the shell kills the program. Signals of the terminal do not reach it: it has
/// a process group of its own.
public final class ChildProgram: Sendable {
  private struct Ending: Sendable {
    /// The exit status, or 128 plus the number of the signal that ended it.
    var status: Int32?
  }

  /// The program itself, not the shell.
  public let processID: Int32
  /// Where its standard output and standard error go.
  public let logPath: String
  private let ending = Watched(Ending())
  private let leash: Mutex<Int32>

  /// The shell's program. `$1`: the log; the rest: the command. It says when the program started and how it ended.
  private static let script = """
    log=$1; shift; exec 9<&0
    "$@" </dev/null 9<&- >>"$log" 2>&1 &
    child=$!
    echo "$child"
    (cat <&9 >/dev/null; kill -9 "$child") 2>/dev/null &
    guard=$!
    wait "$child"
    status=$?
    kill "$guard"
    echo "$status"
    """

  /// - Parameters:
  ///   - command: the path of the program, and its arguments.
  ///   - log: a file that its output is appended to.
  ///   - environment: variables beside those of this process.
  /// - Throws: ``SimulatorError``.
  public init(_ command: [String], log: String, environment: [String: String] = [:]) throws {
    logPath = log
    let (input, output) = (try Pipe.make(), try Pipe.make())
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.reading, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // Libraries forget close-on-exec: the program would hold their sockets open, and other programs' leashes.
    for descriptor in Self.openDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))
    let words = ["/bin/sh", "-c", Self.script, "sh", log] + command
    let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let variables = all.map { "\($0.key)=\($0.value)" }
    var shell: pid_t = 0
    let code = Self.withCStrings(words) { argv in
      Self.withCStrings(variables) { posix_spawn(&shell, "/bin/sh", &actions, &attributes, argv, $0) }
    }
    close(input.reading)
    close(output.writing)
    leash = Mutex(input.writing)
    let name = command.first ?? ""
    guard code == 0, let child = Self.line(output.reading).flatMap(pid_t.init) else {
      close(input.writing)
      close(output.reading)
      processID = 0
      throw SimulatorError("start of \(name)", code == 0 ? ENOENT : code)
    }
    processID = child
    let (ending, shellID) = (ending, shell)
    let thread = Thread {
      let status = Self.line(output.reading).flatMap(Int32.init)
      close(output.reading)
      waitpid(shellID, nil, 0)
      ending.change { $0.status = status ?? -1 }
    }
    thread.name = "child"
    thread.stackSize = 256 << 10
    thread.start()
  }

  deinit { release() }

  /// How it ended; `nil` while it runs.
  public var status: Int32? { ending.value.status }
  public var isRunning: Bool { status == nil }

  /// Sends a signal, unless it has ended.
  public func send(signal: Int32) {
    if isRunning { Foundation.kill(processID, signal) }
  }

  /// - Returns: its exit status, or 128 plus the signal's number.
  @discardableResult
  public func waitUntilEnded(within limit: Duration = .seconds(15)) async throws -> Int32 {
    try await ending.wait(for: "the end of process \(self.processID)", within: limit) { $0.status }
  }

  /// SIGKILL, and waits until it is gone.
  public func kill() async throws {
    send(signal: SIGKILL)
    try await waitUntilEnded()
  }

  /// SIGKILL, for where nothing can be awaited; it is gone when this returns, but for a machine that is very busy.
  public func killNow() {
    send(signal: SIGKILL)
    for _ in 0..<500 where isRunning { usleep(1000) }
    release()
  }

  /// Ends it without waiting, the way it ends when this process dies.
  public func release() {
    leash.withLock { descriptor in
      guard descriptor >= 0 else { return }
      close(descriptor)
      descriptor = -1
    }
  }

  /// Everything it has written so far.
  public var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  private enum Pipe {
    static func make() throws -> (reading: Int32, writing: Int32) {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { throw SimulatorError("pipe", errno) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return (ends[0], ends[1])
    }
  }

  private static func openDescriptors() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }.filter { $0 > 2 }
  }

  private static func line(_ descriptor: Int32) -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return nil }
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
  }

  private static func withCStrings<T>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T
  ) -> T {
    let copies = texts.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return body(copies)
  }
}

import Glibc

/// The shell that holds one broker process; it removes the folder should we die without ending it. Not for use by several threads at once.
struct BrokerKeeper: Sendable {
  private let shell: pid_t
  private let pipe: Int32

  /// `setpriv` (util-linux, on every Debian) covers the shell's own death; the pipe covers ours.
  /// It closes what it inherited first: libmosquitto's sockets are not close-on-exec, and a broker that holds
  /// one would keep a dead link open. (bash, because dash cannot name descriptors above 9.)
  private static let script = """
    for f in /proc/self/fd/*; do
      n=${f##*/}; if [ "$n" -gt 2 ]; then eval "exec $n>&-"; fi
    done
    ulimit -c 0
    setpriv --pdeathsig KILL mosquitto -c "$1" </dev/null & p=$!
    while read -r s; do
      kill -s "$s" $p
      case $s in
        TERM|KILL) wait $p; exit 0;;
        STOP) until read -r _ _ t _ </proc/$p/stat && [ "$t" = T ]; do :; done;;
      esac
      echo done >&0
    done
    kill -s KILL $p; wait $p
    case $2 in /tmp/chargehand-broker-*) rm -r -- "$2";; esac
    """

  init(folder: String) throws(BrokerError) {
    var ends: [Int32] = [-1, -1]
    // Close-on-exec, or the next child would hold the pipe open and the broker alive.
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw BrokerError("no pipe for the broker", errno)
    }
    pipe = ends[1]
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_addopen(&actions, 1, folder + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let script = ["/bin/bash", "--norc", "--noprofile", "-c", Self.script, "broker"]
    do {
      // A group of its own, so that Ctrl-C in a terminal does not reach the broker before us.
      shell = try BrokerTool.spawn(
        script + [folder + "/mosquitto.conf", folder], &actions, ownGroup: true)
    } catch {
      close(ends[1])
      throw error
    }
  }

  /// Passes a signal on by its name; returns when it has taken effect.
  func pass(_ signal: String) {
    tell(signal)
    var byte: UInt8 = 0
    while recv(pipe, &byte, 1, 0) == 1 && byte != UInt8(ascii: "\n") {}
  }

  private func tell(_ signal: String) {
    let line = [UInt8]((signal + "\n").utf8)
    _ = send(pipe, line, line.count, Int32(MSG_NOSIGNAL))
  }

  /// Passes on the last signal and waits until the broker and the shell are gone.
  func end(_ signal: String) {
    if signal == "TERM" { pass("CONT") }
    tell(signal)
    // The pipe's end kills it in case the broker is frozen or was never there.
    if signal == "KILL" { close(pipe) }
    BrokerTool.wait(shell)
    if signal != "KILL" { close(pipe) }
  }
}

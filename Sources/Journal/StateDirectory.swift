internal import Glibc

/// The state directory, held exclusively by one process for as long as this object lives.
///
/// The hold is an flock on the file `lock` in it: the kernel ends it with the process, however that ends,
/// so there is no stale lock to clean up.
final class StateDirectory {
  let path: String
  private let descriptor: Int32

  /// Creates the directory (mode 0750) if it is missing, and takes the lock.
  init(_ path: String) throws(JournalError) {
    self.path = path
    try Self.create(path)
    let lock = path + "/lock"
    let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard descriptor >= 0 else { throw Self.failure("open", lock, errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      defer { close(descriptor) }
      guard code == EWOULDBLOCK else { throw Self.failure("lock", lock, code) }
      throw Self.inUse(path, by: Self.processID(in: descriptor))
    }
    self.descriptor = descriptor
    // Only a help for people; the lock itself does not need it, so a full disk is no reason to refuse.
    let text = "\(getpid())\n"
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.utf8.count, 0) }
  }

  deinit { close(descriptor) }

  /// Creates an empty file with mode 0640 if there is none, so that SQLite does not choose the mode; its
  /// -wal and -shm files take theirs from it.
  func createFile(_ path: String) throws(JournalError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw Self.failure("open", path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure("examine", path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw JournalError(.unusable, "\(path): is not a regular file; move it out of the state directory")
    }
  }

  private static func create(_ path: String) throws(JournalError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw JournalError(
          .unusable, "\(path): is not a directory; name another state_directory or move that file away")
      }
      return
    }
    guard mkdir(path, 0o750) == 0 else { throw failure("create the state directory", path, errno) }
    // Without this a power cut may take the new directory, and with it what was acknowledged.
    let parent = String(path.split(separator: "/").dropLast().joined(separator: "/"))
    let descriptor = open(path.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func processID(in descriptor: Int32) -> Int32? {
    var buffer = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
  }

  private static func inUse(_ path: String, by process: Int32?) -> JournalError {
    let holder = process.map { "process \($0)" } ?? "another process"
    return JournalError(
      .inUse(processID: process),
      "\(path): \(holder) holds this state directory; stop that daemon first, or name another "
        + "state_directory")
  }

  static func failure(_ action: String, _ path: String, _ code: Int32) -> JournalError {
    let reason = String(cString: strerror(code))
    let (kind, advice): (JournalError.Kind, String) =
      switch code {
      case ENOSPC, EDQUOT: (.full, "free some space")
      case EROFS: (.unusable, "the file system is read-only; mount it read-write (is the disk failing?)")
      case EACCES, EPERM: (.unusable, "give the daemon's user read and write permission there")
      case ENOENT: (.unusable, "create its parent directory, or name another state_directory")
      case EEXIST: (.unusable, "choose a name that is not taken yet")
      case ENOTDIR, ELOOP: (.unusable, "name another state_directory")
      case EIO: (.io, "check the disk (dmesg, smartctl), then start again")
      default: (.unusable, "name another state_directory")
      }
    return JournalError(kind, "\(path): cannot \(action): \(reason); \(advice)")
  }
}

internal import Glibc

extension JournalStore {
  /// Sets a damaged file aside, with its -wal and -shm files, under `chargehand.sqlite.SUFFIX`, so that a
  /// new one can be started. Nothing is deleted: at every instant, also of a crash, each file is there
  /// under one of its names.
  ///
  /// - Parameter suffix: tells this damage from others; a time, say. An existing name is refused.
  /// - Returns: the path of the file's new name.
  /// - Throws: `.inUse` while a daemon holds the directory, `.unusable` if it cannot be renamed.
  public static func setAside(directory path: String, suffix: String) throws(JournalError) -> String {
    let directory = try StateDirectory(path)
    defer { withExtendedLifetime(directory) {} }
    let original = path + "/" + DatabaseFile.name
    let aside = original + "." + suffix
    // SQLite deletes a -wal file that it finds beside a new main file. So every file gets its second name
    // first, and those reach the disk before any first name goes.
    let names = ["", "-wal", "-shm"].filter { access(original + $0, F_OK) == 0 }
    guard names.first == "" else {
      throw JournalError(.unusable, "\(original): there is no such file to set aside")
    }
    for name in names {
      guard link(original + name, aside + name) == 0 else {
        throw StateDirectory.failure("set it aside as \(aside + name)", original + name, errno)
      }
    }
    try sync(path)
    for name in names {
      guard unlink(original + name) == 0 else {
        throw StateDirectory.failure("set it aside", original + name, errno)
      }
    }
    try sync(path)
    return aside
  }

  private static func sync(_ directory: String) throws(JournalError) {
    let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StateDirectory.failure("sync it", directory, errno) }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw StateDirectory.failure("sync it", directory, errno) }
  }
}

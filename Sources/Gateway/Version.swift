/// The program's version, as CHANGELOG.md counts them.
public enum Version {
  public static let text = "0.1.0"
}

import Foundation

/// Forgets what an earlier installation of the app left with the system: the Keychain outlives an app that is removed,
/// and whoever installs it again, perhaps on a phone that was given away, would be signed in as the guest before.
///
/// The app's own folder goes with the app, so where it is missing this is the first start, and it is made. To be called
/// before the session is opened.
///
/// - Throws: what `forget` throws; the folder is still missing then, so the next start tries again.
public func forgetEarlierInstallation(folder: URL, forget: () throws -> Void) rethrows {
    if FileManager.default.fileExists(atPath: folder.path) { return }
    try forget()
    // Where it cannot be made, opening the session says so.
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
}

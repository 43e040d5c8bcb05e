import Foundation

/// Makes the folder that a guest's data is kept in, closed while the device has not been unlocked since its start, and
/// left out of backups: what is in it can be read again from the server, and belongs to this device alone.
///
/// - Throws: ``LoyaltyError/storage(code:)``.
func prepareDataFolder(_ folder: URL) throws(LoyaltyError) {
    do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        #if canImport(Darwin)
            // New files inside take the folder's protection over. Not `complete`: a refresh in the background must be
            // able to write while the screen is locked.
            try FileManager.default.setAttributes(
                [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication], ofItemAtPath: folder.path)
            var excluded = folder
            var values = URLResourceValues()
            values.isExcludedFromBackup = true
            try excluded.setResourceValues(values)
        #endif
    } catch {
        throw .storage(code: ErrorCode(rawValue: "storage"))
    }
}

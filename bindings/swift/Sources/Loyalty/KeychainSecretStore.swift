#if canImport(Security)
    import Foundation
    import Security

    /// Secrets in the Keychain: on this device only, never in a backup or in iCloud, and readable once the device was
    /// unlocked after a start, so that a refresh in the background works.
    ///
    /// Safe to use from any thread: the Keychain is.
    public final class KeychainSecretStore: SecretStore {
        private let service: String

        /// A store whose items carry this service's name; the app's bundle identifier is a good one.
        public init(service: String) { self.service = service }

        public func get(_ key: String) throws -> Data? {
            var query = item(key)
            query[kSecReturnData] = true
            query[kSecMatchLimit] = kSecMatchLimitOne
            var found: CFTypeRef?
            let status = SecItemCopyMatching(query as CFDictionary, &found)
            switch status {
            case errSecSuccess:
                guard let secret = found as? Data else { throw SecretStoreError.damaged }
                return secret
            case errSecItemNotFound: return nil
            default: throw reason(status)
            }
        }

        public func set(_ key: String, secret: Data) throws {
            // Changing first and adding second leaves no moment in which neither is there.
            let update: [CFString: Any] = [
                kSecValueData: secret, kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
            ]
            var status = SecItemUpdate(item(key) as CFDictionary, update as CFDictionary)
            if status == errSecItemNotFound {
                status = SecItemAdd(item(key).merging(update) { $1 } as CFDictionary, nil)
            }
            guard status == errSecSuccess else { throw reason(status) }
        }

        public func delete(_ key: String) throws {
            let status = SecItemDelete(item(key) as CFDictionary)
            guard status == errSecSuccess || status == errSecItemNotFound else { throw reason(status) }
        }

        /// Removes every secret of this service; where there is none, that succeeds.
        public func deleteAll() throws {
            let status = SecItemDelete(items as CFDictionary)
            guard status == errSecSuccess || status == errSecItemNotFound else { throw reason(status) }
        }

        private var items: [CFString: Any] {
            [
                kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecAttrSynchronizable: false,
                kSecUseDataProtectionKeychain: true,
            ]
        }

        private func item(_ key: String) -> [CFString: Any] { items.merging([kSecAttrAccount: key]) { $1 } }

        private func reason(_ status: OSStatus) -> SecretStoreError {
            switch status {
            case errSecInteractionNotAllowed, errSecAuthFailed, errSecMissingEntitlement, errSecUserCanceled: .refused
            case errSecNotAvailable: .unavailable
            case errSecDecode: .damaged
            default: .failed
            }
        }
    }
#endif

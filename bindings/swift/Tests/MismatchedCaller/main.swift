import Foundation
import Loyalty
import OtherLibrary

// Opens a guest's device over a library that is not the one its package was generated for.
let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mismatched-caller")
let guest = try await openGuest(
    Settings(gateway: "https://nobody.invalid", folder: folder), secrets: InMemorySecretStore())
print("opened: \(guest.formatPhone("8912").text) \(uniffi_loyalty_ffi_checksum_func_format_phone())")

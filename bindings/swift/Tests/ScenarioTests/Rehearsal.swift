import LoyaltyCore

@testable import Loyalty

// In a file of its own, because the generated module and ours have types of the same names.

func rehearsedGuest(_ settings: DeviceSettings, _ secrets: any DeviceSecrets, _ clock: RehearsalClock) async throws
    -> any LoyaltyGuest
{
    let native = LoyaltyCore.Settings(settings)
    let store = ForeignSecretStore(secrets)
    return GuestSession(
        try await translated { try await rehearseGuest(settings: native, secrets: store, clock: clock) })
}

func rehearsedKiosk(_ settings: DeviceSettings, _ credential: String, _ clock: RehearsalClock) throws -> any LoyaltyKiosk {
    let native = LoyaltyCore.Settings(settings)
    return KioskSession(
        try translated { try rehearseKiosk(settings: native, credential: credential, clock: clock) })
}

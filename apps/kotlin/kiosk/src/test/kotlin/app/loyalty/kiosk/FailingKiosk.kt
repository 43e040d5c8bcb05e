package app.loyalty.kiosk

import app.loyalty.CodeSent
import app.loyalty.Devices
import app.loyalty.Language
import app.loyalty.Loyalty
import app.loyalty.LoyaltyKiosk
import app.loyalty.Settings
import app.loyalty.SignOut
import java.nio.file.Path

/**
 * The kiosk over a core that fails as none should: with exceptions that nobody expects, where the screen is drawn and beside
 * it, and by not returning at all. Started as the kiosk itself is.
 */
fun main(arguments: Array<String>) {
    val configuration = Configuration.read(Path.of(arguments[arguments.indexOf("--config") + 1]))
    val settings = Settings(configuration.gateway, System.getProperty("java.io.tmpdir"), allowPlainHttp = true)
    val session = Loyalty.openKiosk(settings, checkNotNull(Credential.read(configuration.credential)))
    show(configuration, Opening { Failing(session) }, lockedDown = true, wide = false)
}

private class Failing(private val core: LoyaltyKiosk) : LoyaltyKiosk by core {
    private var signingOutFails = true

    /** Set on the thread that draws. */
    override var language: Language
        get() = core.language
        set(value) {
            if (value == Language.ENGLISH) error("$FAILURE in English")
            core.language = value
        }

    override suspend fun requestCode(phone: String): CodeSent {
        if (phone.endsWith(HANGING)) while (true) Thread.sleep(1_000)
        error("$FAILURE $phone")
    }

    /** Called when a visit ends, and before one begins; after the crash that this makes, nobody else ends it. */
    override suspend fun signOut(devices: Devices): SignOut {
        if (signingOutFails && core.current.signedIn) {
            signingOutFails = false
            error("$FAILURE at the end")
        }
        return core.signOut(devices).also { System.err.println("kiosk: the core has nobody: ${core.current.snapshot == null}") }
    }
}

/** What must not be read in a log. */
internal const val FAILURE = "not for the journal"

/** The end of a phone for which the thread that draws is never free again. */
internal const val HANGING = "99-99"

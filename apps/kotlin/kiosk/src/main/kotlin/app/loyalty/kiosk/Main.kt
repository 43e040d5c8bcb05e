package app.loyalty.kiosk

import app.loyalty.LogLevel
import app.loyalty.Loyalty
import app.loyalty.LoyaltyException
import app.loyalty.LoyaltyKiosk
import app.loyalty.Settings
import java.nio.file.Files
import java.nio.file.Path
import kotlin.system.exitProcess

private const val USAGE = """loyalty-kiosk --config FILE [--kiosk] [--wide]
loyalty-kiosk hash-pin          reads a PIN of four to eight digits and prints the line for the configuration

  --kiosk   take the whole screen and let nobody leave it; without it a window that can be closed
  --wide    a window of 1920x1080 instead of 1080x1920; with --kiosk the screen decides
"""

/** Exit codes: 0 done, 64 wrong arguments, 70 the screen cannot be drawn, 78 wrong set-up. */
fun main(arguments: Array<String>) = start(arguments)

internal fun start(arguments: Array<String>) {
    try {
        run(arguments.toList())
    } catch (fault: SetupFault) {
        refuse(fault)
    }
}

private fun run(arguments: List<String>) {
    if (arguments == listOf("hash-pin")) return hashPin()
    val known = setOf("--config", "--kiosk", "--wide")
    val place = arguments.indexOf("--config")
    val file = arguments.getOrNull(place + 1)?.takeIf { place >= 0 }
    val unknown = arguments.filterIndexed { index, word -> word !in known && (place < 0 || index != place + 1) }
    if (file == null || unknown.isNotEmpty()) {
        System.err.print(USAGE)
        exitProcess(64)
    }
    val configuration = Configuration.read(Path.of(file))
    val opening = Opening {
        Loyalty.logTo(LogLevel.WARN) { level, origin, message -> System.err.println("$level $origin: $message") }
        openSession(configuration)
    }
    show(configuration, opening, lockedDown = "--kiosk" in arguments, wide = "--wide" in arguments)
}

private fun hashPin() {
    val pin = System.console()?.readPassword("PIN: ")?.concatToString() ?: readlnOrNull().orEmpty()
    try {
        println("staff-pin = ${PinHash.of(pin.trim())}")
    } catch (wrong: IllegalArgumentException) {
        throw SetupFault(wrong.message.orEmpty())
    }
}

/** `null` when there is no credential yet: the kiosk then shows that it needs one, so that staff can see it. */
private fun openSession(configuration: Configuration): LoyaltyKiosk? {
    val credential = Credential.read(configuration.credential) ?: return null
    val settings = Settings(
        gateway = configuration.gateway,
        // A kiosk keeps nothing; the folder is where it would.
        folder = System.getProperty("java.io.tmpdir"),
        timeZone = configuration.zone.id,
        extraRoots = configuration.roots?.let { Files.readString(it) },
        allowPlainHttp = configuration.plainHttp,
    )
    return try {
        Loyalty.openKiosk(settings, credential)
    } catch (failure: LoyaltyException) {
        throw SetupFault("the core refuses this set-up: ${failure.code}")
    }
}

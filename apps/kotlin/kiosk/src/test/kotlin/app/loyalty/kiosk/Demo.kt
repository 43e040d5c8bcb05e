package app.loyalty.kiosk

import app.loyalty.surroundings.Surroundings
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions
import kotlin.concurrent.thread

/** The kiosk in a window, over a gateway on loopback whose text messages are printed here. */
fun main() {
    val folder = Files.createTempDirectory("kiosk")
    Surroundings(quiet = true).use { surroundings ->
        println("Sign in as $PHONE; the code that is sent appears here.")
        // The stage gives up on a code that nobody asks for after ten seconds; then it is asked again.
        thread(isDaemon = true) { while (true) runCatching { println("to $PHONE: ${surroundings.code(PHONE)}") } }
        val credential = folder.resolve("credential")
        Files.createFile(credential, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
        Files.writeString(credential, surroundings.credential())
        val configuration = folder.resolve("kiosk.properties")
        Files.writeString(configuration, "gateway = ${surroundings.gateway}\ndevice = Demo\ncredential = $credential\nallow-plain-http = true\n")
        start(arrayOf("--config", configuration.toString(), "--wide"))
    }
    folder.toFile().deleteRecursively()
}

private const val PHONE = "+79000000001"

package app.loyalty

import java.nio.file.Files
import kotlin.system.exitProcess
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking

/** A program that calls the core in every way there is: at once, waiting, being called back, observing, failing. */
fun main() {
    val folder = Files.createTempDirectory("loyalty")
    val asked = ArrayList<String>()
    val secrets = object : SecretStore {
        override fun get(key: String): ByteArray? {
            asked += key
            return null
        }

        override fun set(key: String, secret: ByteArray) = Unit

        override fun delete(key: String) = Unit
    }
    try {
        check(Loyalty.formatPhone("89123451234").complete)
        Loyalty.logTo(LogLevel.WARN) { _, _, _ -> }
        runBlocking {
            val settings = Settings("http://127.0.0.1:1", folder.toString(), allowPlainHttp = true)
            Loyalty.openGuest(settings, secrets).use { guest ->
                check(asked.isNotEmpty())
                check(!guest.state.first().signedIn)
                try {
                    guest.programme()
                    error("nobody listens there")
                } catch (expected: LoyaltyException.Offline) {
                    check(guest.word(Money(123_450)).text.isNotEmpty())
                }
            }
        }
        println("works")
    } finally {
        folder.toFile().deleteRecursively()
    }
    exitProcess(0)
}

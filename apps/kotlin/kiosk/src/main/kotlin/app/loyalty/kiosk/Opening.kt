package app.loyalty.kiosk

import app.loyalty.LoyaltyKiosk
import java.util.concurrent.CompletableFuture
import kotlin.concurrent.thread
import kotlin.system.exitProcess
import kotlinx.coroutines.future.await

/**
 * Opens the core when somebody first asks for it, beside the thread that draws: it takes half a second, and nothing of it is
 * needed for the first picture.
 */
internal class Opening(private val open: () -> LoyaltyKiosk?) {
    private val opened by lazy {
        CompletableFuture<LoyaltyKiosk?>().also { future -> thread(name = "opening", isDaemon = true) { into(future) } }
    }

    /** The session; `null` when there is no credential to open one with. */
    suspend fun await(): LoyaltyKiosk? = opened.await()

    /** The session, if it is there already. */
    fun now(): LoyaltyKiosk? = opened.getNow(null)

    private fun into(future: CompletableFuture<LoyaltyKiosk?>) {
        try {
            future.complete(open())
        } catch (fault: SetupFault) {
            refuse(fault)
        } catch (failure: Throwable) {
            System.err.println("loyalty-kiosk: the core does not start: ${failure.javaClass.name}")
            exitProcess(70)
        }
    }
}

/** Tells the operator what is wrong with the set-up, and ends the program. */
internal fun refuse(fault: SetupFault): Nothing {
    System.err.println("loyalty-kiosk: ${fault.message}")
    exitProcess(78)
}

package app.loyalty.kiosk

import app.loyalty.LoyaltyKiosk
import java.util.concurrent.CompletableFuture
import kotlin.concurrent.thread
import kotlin.system.exitProcess
import kotlinx.coroutines.future.await

/**
 * Opens the core beside the window: each takes half a second, and a guest sees the first picture when the longer of them is
 * over instead of both.
 */
internal class Opening(open: () -> LoyaltyKiosk?) {
    private val opened = CompletableFuture<LoyaltyKiosk?>()

    init {
        thread(name = "opening", isDaemon = true) {
            try {
                opened.complete(open())
            } catch (fault: SetupFault) {
                refuse(fault)
            } catch (failure: Throwable) {
                System.err.println("loyalty-kiosk: the core does not start: ${failure.javaClass.name}")
                exitProcess(70)
            }
        }
    }

    /** The session; `null` when there is no credential to open one with. */
    suspend fun await(): LoyaltyKiosk? = opened.await()

    /** The session, if it is there already. */
    fun now(): LoyaltyKiosk? = opened.getNow(null)
}

/** Tells the operator what is wrong with the set-up, and ends the program. */
internal fun refuse(fault: SetupFault): Nothing {
    System.err.println("loyalty-kiosk: ${fault.message}")
    exitProcess(78)
}

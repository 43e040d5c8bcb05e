package app.loyalty.kiosk

import java.util.UUID
import kotlin.system.exitProcess
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow

/** An unexpected exception, turned into a screen that says so and a new start. */
internal class CrashGuard {
    private val rounds = MutableStateFlow(0)
    private val crashes = MutableStateFlow<String?>(null)
    private val times = ArrayDeque<Long>()

    /** Counts the starts of the user interface. */
    val round: StateFlow<Int> get() = rounds

    /** The number of the crash that is being shown. */
    val crash: StateFlow<String?> get() = crashes

    /** For what runs beside the drawing: without it a failed clock would leave a guest's data on the screen for ever. */
    val ofCoroutines = CoroutineExceptionHandler { _, failure -> caught(failure) }

    /** For all other threads, whose failures would otherwise be printed with their messages. */
    fun watchThreads() = Thread.setDefaultUncaughtExceptionHandler { _, failure -> caught(failure) }

    /** Notes the failure and puts the crash on the screen; ends the process when that happens over and over. */
    @Synchronized
    fun caught(failure: Throwable) {
        val id = UUID.randomUUID().toString().take(8)
        // The kind and the place, and no message: it may hold what a guest typed.
        System.err.println("kiosk: crash $id ${failure.javaClass.name} at ${failure.stackTrace.firstOrNull()}")
        val now = System.nanoTime()
        times.addLast(now)
        while (times.size > MOST) if (now - times.removeFirst() < WITHIN) exitProcess(FAILED)
        crashes.value = id
        rounds.value += 1
    }

    /** Starts the user interface anew. */
    fun restart() {
        crashes.value = null
        rounds.value += 1
    }

    companion object {
        /** How long the crash is shown, in milliseconds. */
        const val PAUSE = 5_000L
        private const val MOST = 3
        private const val WITHIN = 60_000_000_000L
        private const val FAILED = 70
    }
}

package app.loyalty

import app.loyalty.ffi.RehearsalClock
import app.loyalty.ffi.rehearseGuest
import java.io.File
import java.nio.file.Path
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonObject

/**
 * What the border costs, and what the whole is worth: ours in Kotlin against the same in Rust with an echo across the border,
 * and against the same job in plain Kotlin, in one run on the same data. Figures go to the file in the first argument.
 */
fun main(arguments: Array<String>) {
    val rows = Stage().use { stage ->
        stage.act("register_at_counter", "phone" to NEWCOMER, "name" to "Евлампия")
        stage.act("movements", "phone" to NEWCOMER, "count" to MOVEMENTS)
        inFolder { folder -> runBlocking { measured(stage, folder) } }
    }
    File(arguments.first()).writeText(rows.joinToString(",\n", "[\n", "\n]\n") { canonical(it.json()) })
    rows.forEach { println(it.text()) }
    exitProcess(0)
}

private const val MOVEMENTS = 20_000
private const val PAGE = 50
private const val ROUNDS = 5

/** A job done by both, in nanoseconds each. */
private data class Row(val job: String, val ours: Long, val bare: Long, val goal: Double) {
    private val ratio = ours.toDouble() / bare

    fun text() = "%-64s %9.1f µs %9.1f µs %6.2f (goal %.2f) %s".format(job, ours / 1e3, bare / 1e3, ratio, goal, if (ratio <= goal) "" else "missed")

    fun json(): JsonObject = shown("job" to job, "oursNanoseconds" to ours, "bareNanoseconds" to bare, "ratio" to ratio, "goal" to goal)
}

private suspend fun measured(stage: Stage, folder: Path): List<Row> {
    val clock = RehearsalClock(stage.now)
    val native = calling { rehearseGuest(stage.settings(folder.resolve("ours")).lowered(), ForeignSecrets(InMemorySecretStore()), clock) }
    val guest = NativeGuest(native)
    guest.programme()
    guest.signIn(stage)
    val synced = once {
        guest.refresh()
        guest.upkeep()
    }
    check(countRows(guest) >= MOVEMENTS) { "not all of the history was read" }

    stage.act("pass", "seconds" to 61)
    PlainKotlin(stage, folder.resolve("plain.db")).use { plain ->
        plain.signIn()
        val plainlySynced = once { plain.sync() }
        check(plain.count() >= MOVEMENTS)
        native.echo(null, PAGE.toUInt()).use { echo ->
            val snapshot = median { guest.current.snapshot }
            val snapshotInside = inside(native.snapshotsInside(ITERATIONS.toUInt())) { native.snapshotsInside(ITERATIONS.toUInt()) }
            val snapshotEcho = median { echo.snapshot().lifted() }
            val page = median { guest.history(limit = PAGE) }
            val pageInside = inside(native.pagesInside(1u, null, PAGE.toUInt())) { native.pagesInside(ITERATIONS.toUInt(), null, PAGE.toUInt()) }
            val pageEcho = median { echo.page().lifted() }
            return listOf(
                Row("snapshot: Kotlin / Rust and an echo", snapshot, snapshotInside + snapshotEcho, 1.3),
                Row("page of $PAGE of $MOVEMENTS: Kotlin / Rust and an echo", page, pageInside + pageEcho, 1.3),
                Row("first sync of $MOVEMENTS: ours / plain Kotlin", synced, plainlySynced, 1 / 3.0),
                Row("snapshot: ours / plain Kotlin", snapshot, median { plain.snapshot() }, 1.0),
                Row("page of $PAGE of $MOVEMENTS: ours / plain Kotlin", page, median { plain.page(PAGE) }, 1.0),
            )
        }
    }
}

private suspend fun countRows(guest: LoyaltyGuest): Int {
    var count = 0
    var after: HistoryCursor? = null
    do {
        val page = guest.history(after, 500)
        count += page.rows.size
        after = page.next
    } while (after != null)
    return count
}

private const val ITERATIONS = 200

private inline fun once(work: () -> Unit): Long {
    val start = System.nanoTime()
    work()
    return System.nanoTime() - start
}

/** The median over rounds of the mean of a round; the first round warms up. */
private inline fun <T> median(work: () -> T): Long {
    val rounds = List(ROUNDS + 1) { once { repeat(ITERATIONS) { work() } } / ITERATIONS }
    return rounds.drop(1).sorted()[ROUNDS / 2]
}

/** The same for a call that repeats the work on the other side; [warm] is its first result. */
private inline fun inside(warm: UInt, work: () -> UInt): Long {
    check(warm > 0u)
    return List(ROUNDS) { once { work() } / ITERATIONS }.sorted()[ROUNDS / 2]
}

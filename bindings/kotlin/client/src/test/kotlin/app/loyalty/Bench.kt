package app.loyalty

import app.loyalty.ffi.Echo
import app.loyalty.ffi.RehearsalClock
import app.loyalty.ffi.rehearseGuest
import app.loyalty.ffi.Loyalty as Native
import java.io.File
import java.nio.file.Path
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonObject

/**
 * What the border costs, and what the whole is worth: ours in Kotlin against the same in Rust with an echo across the border,
 * and against the same job in plain Kotlin, in turn, on the same data. Figures go to the file in the first argument.
 */
fun main(arguments: Array<String>) {
    // As in an app, the core is prepared by the first call to it.
    check(Loyalty.formatPhone(NEWCOMER).complete)
    val rows = Stage(json("""{"today": "2025-04-25"}""")).use { stage ->
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

/** So many that most go undisturbed even where other programs want the processor. */
private const val ROUNDS = 51
private const val CALLS = 50

/** The machine compiles what runs often, and only then is it what a guest waits for. */
private const val WARM_UP = 20
private const val SYNCS = 3

/** A job done by both, in nanoseconds each time. */
private data class Row(val job: String, val ours: List<Long>, val bare: List<Long>, val goal: Double) {
    fun text() = "$job: ours ${spread(ours)}, bare ${spread(bare)}"

    private fun spread(times: List<Long>) =
        "%.1f µs (half of the runs %.1f to %.1f)".format(quartile(times, 2) / 1e3, quartile(times, 1) / 1e3, quartile(times, 3) / 1e3)

    fun json(): JsonObject = shown("row" to "Kotlin: $job", "ours" to quartile(ours, 2), "bare" to quartile(bare, 2), "goal" to goal)
}

private fun quartile(times: List<Long>, number: Int): Long = times.sorted()[(times.size - 1) * number / 4]

private suspend fun measured(stage: Stage, folder: Path): List<Row> {
    val syncs = List(SYNCS) { number -> firstSyncs(stage, folder.resolve("sync-$number"), oursFirst = number % 2 == 0) }
    val (native, guest) = signedIn(stage, folder.resolve("ours"))
    sync(guest)
    stage.act("pass", "seconds" to 61)
    PlainKotlin(stage, folder.resolve("plain.db")).use { plain ->
        plain.signIn()
        plain.sync()
        native.echo(null, PAGE.toUInt()).use { echo ->
            // Both do the whole job, or nothing is measured.
            check(countRows(guest) == plain.count() && plain.count() >= MOVEMENTS)
            check(guest.history(limit = PAGE).rows.map { it.id } == plain.page(PAGE).map { it.id })
            return listOf(
                row("snapshot", 1.3, { guest.current.snapshot }, { snapshotsInRust(native, echo) }),
                row("page of $PAGE of $MOVEMENTS", 1.3, { guest.history(limit = PAGE) }, { pagesInRust(native, echo) }),
                Row("first sync of $MOVEMENTS, bare in Kotlin", syncs.map { it.first }, syncs.map { it.second }, 1 / 3.0),
                row("snapshot, bare in Kotlin", 1.0, { guest.current.snapshot }, { repeat(CALLS) { plain.snapshot() } }),
                row("page of $PAGE, bare in Kotlin", 1.0, { guest.history(limit = PAGE) }, { repeat(CALLS) { plain.page(PAGE) } }),
            )
        }
    }
}

/** Each reads all of the history into an empty cache of its own. */
private suspend fun firstSyncs(stage: Stage, folder: Path, oursFirst: Boolean): Pair<Long, Long> {
    val ours = suspend {
        val (native, guest) = signedIn(stage, folder.resolve("ours"))
        native.use { took { sync(guest) }.also { check(countRows(guest) >= MOVEMENTS) } }
    }
    val bare = suspend {
        stage.act("pass", "seconds" to 61)
        PlainKotlin(stage, folder.resolve("plain.db")).use { plain ->
            plain.signIn()
            took { plain.sync() }.also { check(plain.count() >= MOVEMENTS) }
        }
    }
    folder.toFile().mkdirs()
    return if (oursFirst) ours() to bare() else bare().let { ours() to it }
}

private suspend fun signedIn(stage: Stage, folder: Path): Pair<Native, LoyaltyGuest> {
    // Codes are not sent more often than once a minute.
    stage.act("pass", "seconds" to 61)
    val native = rehearseGuest(stage.settings(folder).lowered(), ForeignSecrets(InMemorySecretStore()), RehearsalClock(stage.now))
    return native to NativeGuest(native).apply {
        programme()
        signIn(stage)
    }
}

private suspend fun sync(guest: LoyaltyGuest) {
    guest.refresh()
    guest.upkeep()
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

private suspend fun snapshotsInRust(native: Native, echo: Echo) {
    check(native.snapshotsInside(CALLS.toUInt()) == CALLS.toUInt())
    repeat(CALLS) { echo.snapshot() }
}

private suspend fun pagesInRust(native: Native, echo: Echo) {
    check(native.pagesInside(CALLS.toUInt(), null, PAGE.toUInt()) == PAGE.toUInt())
    repeat(CALLS) { echo.page() }
}

/** Both in turn, each first as often as the other: one call of ours, and what [bare] does for as many calls. */
private suspend fun row(job: String, goal: Double, ours: suspend () -> Any?, bare: suspend () -> Unit): Row {
    val our = suspend { took { repeat(CALLS) { ours() } } / CALLS }
    val others = suspend { took { bare() } / CALLS }
    val pairs = List(WARM_UP + ROUNDS) { round -> if (round % 2 == 0) our() to others() else others().let { our() to it } }.drop(WARM_UP)
    return Row(job, pairs.map { it.first }, pairs.map { it.second }, goal)
}

private suspend fun took(work: suspend () -> Unit): Long {
    val start = System.nanoTime()
    work()
    return System.nanoTime() - start
}

package app.loyalty.kiosk

import app.loyalty.surroundings.Surroundings
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import kotlin.system.exitProcess

/**
 * How long from the start of the process to the first frame: the kiosk as it is shipped against a bare window, with the
 * same flags on the same virtual screen, in turn. The figures go to the file in the first argument; the others are the
 * kiosk's jars and those of the bare window.
 */
fun main(arguments: Array<String>) {
    val (file, ours, bare) = arguments
    val folder = Files.createTempDirectory("kiosk")
    try {
        val row = Surroundings(quiet = true).use { surroundings ->
            VirtualScreen(Expected.WIDTH, Expected.HEIGHT).use { screen ->
                val configuration = RunningKiosk.configure(folder, surroundings)
                val kiosk = command(ours) + listOf("app.loyalty.kiosk.MainKt", "--config", configuration.toString(), "--kiosk")
                measured(screen, folder, kiosk, command(bare) + "app.loyalty.kiosk.BareWindowKt")
            }
        }
        File(file).writeText(row.json())
        println(row.text())
    } finally {
        folder.toFile().deleteRecursively()
    }
    exitProcess(0)
}

private const val RUNS = 11
private const val GOAL = 1.3

/** In a millisecond; the table that all benches end in reads these. */
private const val NANOSECONDS = 1e6

private fun command(jars: String) = listOf(Path.of(System.getProperty("java.home"), "bin", "java").toString()) + RunningKiosk.JVM + listOf("-cp", jars)

private class Row(val ours: Double, val bare: Double) {
    private val ratio = ours / bare
    private val name = "kiosk: start to first frame"

    fun text() = "%-32s %10.1f %10.1f ms   %6.3f %6.2f  %s".format(name, ours, bare, ratio, GOAL, if (ratio <= GOAL) "met" else "MISSED")

    fun json() =
        """[{"row": "$name", "ours": ${ours * NANOSECONDS}, "bare": ${bare * NANOSECONDS}, "goal": $GOAL}]"""
}

/** Medians in milliseconds. The first of each comes before and is not counted; which goes first alternates. */
private fun measured(screen: VirtualScreen, folder: Path, ours: List<String>, bare: List<String>): Row {
    val (ourTimes, bareTimes) = mutableListOf<Double>() to mutableListOf<Double>()
    for (run in 0..RUNS) {
        val one = { start(screen, folder, ours).also { if (run > 0) ourTimes += it } }
        val other = { start(screen, folder, bare).also { if (run > 0) bareTimes += it } }
        if (run % 2 == 0) { one(); other() } else { other(); one() }
    }
    return Row(ourTimes.sorted()[RUNS / 2], bareTimes.sorted()[RUNS / 2])
}

private fun start(screen: VirtualScreen, folder: Path, command: List<String>): Double {
    val begun = System.nanoTime()
    val process = ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
        .apply { environment()["DISPLAY"] = screen.display; environment()["HOME"] = folder.toString() }.start()
    try {
        val lines = process.inputStream.bufferedReader().lineSequence()
        checkNotNull(lines.firstOrNull { "first frame" in it }) { "${command.last()} drew nothing" }
        return (System.nanoTime() - begun) / 1e6
    } finally {
        process.destroyForcibly().waitFor()
    }
}

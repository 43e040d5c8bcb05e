package app.loyalty.kiosk

import app.loyalty.surroundings.Surroundings
import java.awt.Rectangle
import java.awt.image.BufferedImage
import javax.imageio.ImageIO

/** An X server without a screen. */
internal class VirtualScreen(width: Int, height: Int) : AutoCloseable {
    private val server = ProcessBuilder("Xvfb", "-displayfd", "1", "-screen", "0", "${width}x${height}x24", "-nolisten", "tcp")
        .redirectError(ProcessBuilder.Redirect.DISCARD).start()
    val display: String = ":" + server.inputStream.bufferedReader().readLine().trim()

    /** Presses real keys and buttons. */
    fun does(vararg words: String) {
        val process = ProcessBuilder("xdotool", *words).apply { environment()["DISPLAY"] = display }.inheritIO().start()
        check(process.waitFor() == 0) { words.joinToString(" ") }
    }

    fun tap(at: Pair<Int, Int>) = does("mousemove", at.first.toString(), at.second.toString(), "click", "1")

    /** As fast as fingers. */
    fun types(text: String) = text.forEach { letter -> does("key", KEYS[letter] ?: letter.toString()); Thread.sleep(90) }

    fun scans(code: String) = Scanner(display).reads(code)

    /** Takes the keyboard from the window that has it, as another window would, and gives it back afterwards. */
    fun withoutKeyboard(work: () -> Unit) = Focus(display).elsewhere(work)

    fun picture(): BufferedImage {
        val process = ProcessBuilder("import", "-window", "root", "png:-").apply { environment()["DISPLAY"] = display }.start()
        return ImageIO.read(process.inputStream).also { process.waitFor() }
    }

    /** Waits until two pictures in a row are the same, and returns it. */
    fun still(): BufferedImage {
        var before = picture()
        repeat(40) {
            Thread.sleep(250)
            val now = picture()
            if (differing(before, now) == 0.0) return now
            before = now
        }
        return before
    }

    private companion object {
        /** What keys are called that are no letters or digits. */
        val KEYS = mapOf('@' to "at", '.' to "period")
    }

    override fun close() {
        server.destroy()
        server.waitFor()
    }
}

/** The share of pixels in a part of the screen that are visibly different. */
internal fun differing(one: BufferedImage, other: BufferedImage, area: Rectangle): Double {
    val (before, after) = listOf(one, other).map { it.getSubimage(area.x, area.y, area.width, area.height) }
    return differing(before, after)
}

/** The share of pixels that are visibly different. */
internal fun differing(one: BufferedImage, other: BufferedImage): Double {
    if (one.width != other.width || one.height != other.height) return 1.0
    var differ = 0L
    val (before, after) = listOf(one, other).map { it.getRGB(0, 0, it.width, it.height, null, 0, it.width) }
    for (place in before.indices) if (apart(before[place], after[place])) differ++
    return differ.toDouble() / before.size
}

private fun apart(one: Int, other: Int): Boolean {
    if (one == other) return false
    for (channel in 0..16 step 8) if (kotlin.math.abs((one shr channel and 255) - (other shr channel and 255)) > 12) return true
    return false
}

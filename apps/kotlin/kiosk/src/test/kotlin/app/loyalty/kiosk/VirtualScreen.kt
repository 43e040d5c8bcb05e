package app.loyalty.kiosk

import app.loyalty.surroundings.Surroundings
import java.awt.image.BufferedImage
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import javax.imageio.ImageIO
import kotlin.concurrent.thread

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
    fun types(digits: String) = digits.forEach { does("key", it.toString()); Thread.sleep(90) }

    /** As fast as a scanner that poses as a keyboard, which ends with Enter. */
    fun scans(code: String) = does("type", "--delay", "3", code + "\n")

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

    override fun close() {
        server.destroy()
        server.waitFor()
    }
}

/** The share of pixels that are visibly different. */
internal fun differing(one: BufferedImage, other: BufferedImage): Double {
    if (one.width != other.width || one.height != other.height) return 1.0
    var differ = 0L
    for (y in 0 until one.height) for (x in 0 until one.width) {
        val (a, b) = one.getRGB(x, y) to other.getRGB(x, y)
        if (listOf(0, 8, 16).any { kotlin.math.abs((a shr it and 255) - (b shr it and 255)) > 12 }) differ++
    }
    return differ.toDouble() / (one.width.toLong() * one.height)
}

/** The kiosk as a process of its own, as it is shipped. */
internal class RunningKiosk(screen: VirtualScreen, surroundings: Surroundings, private val folder: Path, vararg more: String) : AutoCloseable {
    private val lines = LinkedBlockingQueue<String>()
    private val process: Process

    val pid: Long get() = process.pid()

    init {
        val credential = folder.resolve("credential")
        Files.deleteIfExists(credential)
        Files.createFile(credential, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
        Files.writeString(credential, surroundings.credential())
        val configuration = folder.resolve("kiosk.properties")
        Files.writeString(
            configuration,
            "gateway = ${surroundings.gateway}\ndevice = Hall\ncredential = $credential\nallow-plain-http = true\napp = $APP\n${more.joinToString("\n")}",
        )
        process = ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), *JVM, "-cp", System.getProperty("java.class.path"),
            "app.loyalty.kiosk.MainKt", "--config", configuration.toString(), "--kiosk",
        ).directory(folder.toFile()).apply { environment()["DISPLAY"] = screen.display; environment()["HOME"] = folder.toString() }
            .redirectErrorStream(true).start()
        thread(isDaemon = true) {
            // The stream breaks off when the process is killed.
            runCatching { process.inputStream.bufferedReader().forEachLine(lines::add) }
        }
        waitFor("first frame")
        // The window takes the whole screen, and the keyboard with it, some frames later.
        screen.still()
    }

    /** Waits until the kiosk says that it shows this; what it said before is forgotten. */
    fun waitFor(text: String): String {
        val said = mutableListOf<String>()
        val until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90)
        while (true) {
            val line = lines.poll(1, TimeUnit.SECONDS)
            if (line == null) {
                check(process.isAlive && System.nanoTime() < until) { "no `$text` but $said" }
                continue
            }
            said += line
            if (text in line) return line
        }
    }

    fun kill() {
        process.destroyForcibly().waitFor()
    }

    override fun close() = kill()

    companion object {
        const val APP = "https://example.com/app"

        /** As in the service's unit. */
        val JVM = arrayOf("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

        fun save(image: BufferedImage, name: String) {
            val file = File(System.getProperty("checkout"), "target/demo/$name.png")
            file.parentFile.mkdirs()
            ImageIO.write(image, "png", file)
        }
    }
}

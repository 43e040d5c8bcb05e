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

/** The kiosk as a process of its own, as it is shipped. */
internal class RunningKiosk(screen: VirtualScreen, surroundings: Surroundings, private val folder: Path, vararg more: String, gateway: String = surroundings.gateway, program: List<String> = PROGRAM, environment: Map<String, String> = emptyMap()) : AutoCloseable {
    private val lines = LinkedBlockingQueue<String>()
    private val process: Process

    val pid: Long get() = process.pid()

    init {
        val configuration = configure(folder, surroundings, gateway, *more)
        val around = fromUnit + mapOf("DISPLAY" to screen.display, "HOME" to folder.toString()) + environment
        process = ProcessBuilder(program + listOf("--config", configuration.toString(), "--kiosk"))
            .directory(folder.toFile()).apply { environment() += around }.redirectErrorStream(true).start()
        thread(isDaemon = true) {
            // The stream breaks off when the process is killed.
            runCatching { process.inputStream.bufferedReader().forEachLine(lines::add) }
        }
        waitFor("first frame")
        // The window takes the whole screen, and the keyboard with it, some frames later.
        screen.still()
    }

    /** Waits until the kiosk says that it shows this; what it said before is forgotten. */
    fun waitFor(text: String): String = heardUntil(text).last()

    /** What the kiosk says until it says this, and that. */
    fun heardUntil(text: String): List<String> {
        val said = mutableListOf<String>()
        val until = System.nanoTime() + TimeUnit.SECONDS.toNanos(90)
        while (true) {
            val line = lines.poll(1, TimeUnit.SECONDS)
            if (line == null) {
                check(process.isAlive && System.nanoTime() < until) { "no `$text` but $said" }
                continue
            }
            said += line
            if (text in line) return said
        }
    }

    fun kill() {
        process.destroyForcibly().waitFor()
    }

    override fun close() = kill()

    companion object {
        const val APP = "https://example.com/app"

        /** Writes the credential and the configuration of a kiosk. */
        fun configure(folder: Path, surroundings: Surroundings, gateway: String = surroundings.gateway, vararg more: String): Path {
            val credential = folder.resolve("credential")
            Files.deleteIfExists(credential)
            Files.createFile(credential, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
            Files.writeString(credential, surroundings.credential())
            // On a busy machine a test may touch the screen seldom.
            val least = "gateway = $gateway\ndevice = Hall\ncredential = $credential\nallow-plain-http = true\napp = $APP\nidle-seconds = 600\n"
            return Files.writeString(folder.resolve("kiosk.properties"), least + more.joinToString("\n"))
        }

        /** As the image that is shipped has them. */
        val JVM: List<String> = File(System.getProperty("checkout"), "packaging/kiosk/java.options").readLines()
            .filter { it.startsWith("-") }.also { check(it.isNotEmpty()) }

        /** Java with what these tests were compiled with. */
        fun java(main: String): List<String> =
            listOf(Path.of(System.getProperty("java.home"), "bin", "java").toString()) + JVM + listOf("-cp", System.getProperty("java.class.path"), main)

        /** What the service's unit sets for the memory that is freed. */
        private val fromUnit: Map<String, String> = File(System.getProperty("checkout"), "packaging/kiosk/loyalty-kiosk.service").readLines()
            .filter { it.startsWith("Environment=GLIBC") }.associate { it.substringAfter('=').substringBefore('=') to it.substringAfter('=').substringAfter('=') }
            .also { check(it.isNotEmpty()) }

        val PROGRAM = java("app.loyalty.kiosk.MainKt")

        fun save(image: BufferedImage, name: String) {
            val file = File(System.getProperty("checkout"), "target/demo/$name.png")
            file.parentFile.mkdirs()
            ImageIO.write(image, "png", file)
        }
    }
}

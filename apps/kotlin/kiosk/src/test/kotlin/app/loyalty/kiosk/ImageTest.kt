package app.loyalty.kiosk

import app.loyalty.presenters.kiosk.Stage
import java.nio.file.Files
import java.nio.file.Path
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test

/** The application image as an operator copies it; `cargo xtask kiosk` makes it and runs this. */
class ImageTest {
    private val image: Path? = System.getProperty("kiosk.image").orEmpty().ifEmpty { null }?.let(Path::of)

    @Test
    fun `the image starts without any other Java, waits for a guest, and leads one to the balance`() {
        assumeTrue("`cargo xtask kiosk` makes an image", image != null)
        val program = checkNotNull(image).resolve("bin/loyalty-kiosk")
        // A Java that a machine happens to have is not found.
        val alone = mapOf("JAVA_HOME" to "/nowhere", "PATH" to "/usr/bin")
        onStage { surroundings, screen, folder ->
            RunningKiosk(screen, surroundings, folder, program = listOf(program.toString()), environment = alone).use { kiosk ->
                val attract = screen.still()
                RunningKiosk.save(attract, "8-image")
                assertEquals("it waits as it was drawn", 0.0, differing(attract, Expected.picture(Stage.Attract)), 0.005)
                screen.scans(surroundings.tillCode("+79000000001"))
                kiosk.waitFor("Result")
            }
        }
    }

    @Test
    fun `the image is whole and of a size that fits any kiosk's disk`() {
        assumeTrue("`cargo xtask kiosk` makes an image", image != null)
        val files = Files.walk(checkNotNull(image)).use { all -> all.filter(Files::isRegularFile).toList() }
        val megabytes = files.sumOf(Files::size) / 1_000_000
        println("the application image has $megabytes MB in ${files.size} files")
        assertTrue("$megabytes MB", megabytes in 40..MOST_MEGABYTES)
        val started = Files.readAllLines(image.resolve("lib/app/loyalty-kiosk.cfg")).filter { it.startsWith("java-options=-X") }
        assertEquals("the tests run it with the options that it is shipped with", RunningKiosk.JVM, started.map { it.substringAfter('=') })
        for (name in listOf("bin/loyalty-kiosk", "lib/runtime/lib/server/classes.jsa", "share/doc/kiosk.md", "share/doc/loyalty-kiosk.service")) assertTrue(name, Files.exists(image.resolve(name)))
    }

    private companion object {
        const val MOST_MEGABYTES = 130L
    }
}

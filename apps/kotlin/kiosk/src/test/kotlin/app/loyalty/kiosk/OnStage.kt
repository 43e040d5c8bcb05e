package app.loyalty.kiosk

import app.loyalty.surroundings.Surroundings
import java.nio.file.Files
import java.nio.file.Path

/** Everything that a kiosk stands among, for one test: a gateway, a screen, and a folder of its own. */
internal fun onStage(work: (Surroundings, VirtualScreen, Path) -> Unit) = Surroundings().use { surroundings ->
    VirtualScreen(Expected.WIDTH, Expected.HEIGHT).use { screen ->
        val folder = Files.createTempDirectory("kiosk")
        try {
            work(surroundings, screen, folder)
        } finally {
            folder.toFile().deleteRecursively()
        }
    }
}

package app.loyalty.kiosk

import app.loyalty.presenters.kiosk.PinTries
import java.io.IOException
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE

/**
 * How often the staff's PIN was tried, beside the credential: two numbers, none of them secret. Times in it are milliseconds
 * since 1970 by the device's clock.
 */
internal class TriesFile(credential: Path) {
    private val file: Path = credential.resolveSibling("pin-tries")
    private val draft: Path = credential.resolveSibling("pin-tries.new")

    /** What an earlier run has kept. What makes no sense locks: whoever spoils the file gets no tries for it. */
    fun read(): PinTries {
        if (!Files.exists(file)) return PinTries()
        val numbers = try {
            if (Files.size(file) > MOST_BYTES) emptyList() else Files.readString(file).trim().split(' ').mapNotNull(String::toLongOrNull)
        } catch (_: IOException) {
            emptyList()
        }
        if (numbers.size != 2 || numbers[0] !in 0..MOST_WRONG) return PinTries(0, Long.MAX_VALUE)
        return PinTries(numbers[0].toInt(), numbers[1].takeIf { it > 0 })
    }

    /** Whether it is on the disk now. */
    fun keep(tries: PinTries): Boolean = try {
        FileChannel.open(draft, CREATE, WRITE, TRUNCATE_EXISTING).use { channel ->
            channel.write(Charsets.UTF_8.encode("${tries.wrong} ${tries.lockedUntil ?: 0}\n"))
            channel.force(true)
        }
        Files.move(draft, file, ATOMIC_MOVE)
        // Until the folder is written too, a cut of the power brings back what was there before: and with it the tries.
        FileChannel.open(file.toAbsolutePath().parent, READ).use { it.force(true) }
        true
    } catch (failure: IOException) {
        System.err.println("kiosk: the tries of the PIN cannot be kept, so no PIN is taken: ${failure.javaClass.simpleName}")
        false
    }

    private companion object {
        const val MOST_BYTES = 64
        const val MOST_WRONG = 1_000L
    }
}

package app.loyalty.kiosk

import java.io.IOException
import java.nio.file.Files
import java.nio.file.LinkOption
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermission

/** The kiosk's own credential, from a file that nobody else may read. */
object Credential {
    private const val MOST_BYTES = 4 * 1024

    private val OWNERS = setOf(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)

    /**
     * Reads it.
     *
     * @return `null` when there is no file.
     * @throws SetupFault when the file belongs to somebody else, when others may read it, or when it is no text of a
     *   credential's length.
     */
    fun read(file: Path): String? {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) return null
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) throw SetupFault("$file is not a plain file")
            val owner = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).name
            if (owner != System.getProperty("user.name")) throw SetupFault("$file belongs to another user: chown it to the kiosk's")
            val others = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS) - OWNERS
            if (others.isNotEmpty()) throw SetupFault("$file is open to others: chmod 600 it")
            if (Files.size(file) > MOST_BYTES) throw SetupFault("$file is too large for a credential")
            return Files.readString(file).trim().ifEmpty { throw SetupFault("$file is empty") }
        } catch (_: IOException) {
            throw SetupFault("$file cannot be read")
        }
    }
}

package app.loyalty.kiosk

import com.sun.jna.Library
import com.sun.jna.Memory as Bytes
import com.sun.jna.Native
import java.nio.file.Path
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** Where a service manager listens for what its services say. */
internal class Inbox(path: Path) : AutoCloseable {
    private val handle = Posix.library.socket(UNIX.toInt(), DATAGRAM, 0)
    private val messages = LinkedBlockingQueue<String>()

    init {
        val name = path.toString().toByteArray()
        val address = Bytes(2L + name.size + 1).apply { clear(); setShort(0, UNIX); write(2, name, 0, name.size) }
        check(handle >= 0 && Posix.library.bind(handle, address, address.size().toInt()) == 0) { "no socket at $path" }
        thread(isDaemon = true) {
            val buffer = Bytes(512)
            while (true) {
                val length = Posix.library.recv(handle, buffer, buffer.size(), 0)
                if (length <= 0) break
                messages += buffer.getByteArray(0, length.toInt()).toString(Charsets.UTF_8)
            }
        }
    }

    /** The next message; `null` when none comes for so long. */
    fun next(seconds: Long): String? = messages.poll(seconds, TimeUnit.SECONDS)

    fun forget() = messages.clear()

    override fun close() {
        // Ends the thread's waiting as well.
        Posix.library.shutdown(handle, BOTH)
        Posix.library.close(handle)
    }

    @Suppress("FunctionName")
    private interface Posix : Library {
        fun socket(domain: Int, type: Int, protocol: Int): Int
        fun bind(handle: Int, address: Bytes, length: Int): Int
        fun recv(handle: Int, buffer: Bytes, length: Long, flags: Int): Long
        fun shutdown(handle: Int, how: Int): Int
        fun close(handle: Int): Int

        companion object {
            val library: Posix = Native.load("c", Posix::class.java)
        }
    }

    private companion object {
        const val UNIX: Short = 1
        const val DATAGRAM = 2
        const val BOTH = 2
    }
}

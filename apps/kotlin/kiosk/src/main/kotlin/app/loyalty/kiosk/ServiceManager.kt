package app.loyalty.kiosk

import com.sun.jna.Library
import com.sun.jna.Memory
import com.sun.jna.Native

/** Tells systemd how we are, where it started us and wants to know. */
class ServiceManager(private val socket: String? = System.getenv("NOTIFY_SOCKET")) {
    /** Half of the time after which systemd takes our silence for death, in milliseconds; `null` when it does not watch. */
    val pingEvery: Long? = System.getenv("WATCHDOG_USEC")?.toLongOrNull()?.let { it / 2000 }?.takeIf { socket != null && it > 0 }

    /** The first picture is on the screen. */
    fun ready() = send("READY=1")

    /** We are alive. */
    fun ping() = send("WATCHDOG=1")

    private fun send(message: String) {
        val path = socket ?: return
        val name = path.toByteArray()
        if (name.size > MOST_NAME) return
        val address = Memory(2L + name.size)
        address.setShort(0, UNIX)
        // A name that begins with @ is one without a file, written with a zero byte.
        for ((place, byte) in name.withIndex()) address.setByte(2L + place, if (place == 0 && byte == '@'.code.toByte()) 0 else byte)
        val handle = Posix.library.socket(UNIX.toInt(), DATAGRAM, 0)
        if (handle < 0) return
        try {
            val bytes = message.toByteArray()
            val content = Memory(bytes.size.toLong()).apply { write(0, bytes, 0, bytes.size) }
            Posix.library.sendto(handle, content, bytes.size.toLong(), 0, address, address.size().toInt())
        } finally {
            Posix.library.close(handle)
        }
    }

    @Suppress("FunctionName")
    private interface Posix : Library {
        fun socket(domain: Int, type: Int, protocol: Int): Int
        fun sendto(handle: Int, content: Memory, length: Long, flags: Int, address: Memory, addressLength: Int): Long
        fun close(handle: Int): Int

        companion object {
            val library: Posix by lazy { Native.load("c", Posix::class.java) }
        }
    }

    private companion object {
        const val UNIX: Short = 1
        const val DATAGRAM = 2
        const val MOST_NAME = 107
    }
}

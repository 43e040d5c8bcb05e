package app.loyalty.kiosk

import java.io.ByteArrayOutputStream
import java.io.InputStream
import java.io.OutputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.URI
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread

/** Hands everything between a kiosk and its gateway through, and keeps what the gateway said. */
internal class Wiretap(gateway: String) : AutoCloseable {
    private val there = URI.create(gateway)
    private val here = ServerSocket(0, 50, InetAddress.getLoopbackAddress())
    private val heard = CopyOnWriteArrayList<ByteArrayOutputStream>()

    /** Where the kiosk finds the gateway. */
    val address: String = "http://${here.inetAddress.hostAddress}:${here.localPort}"

    /** Tokens of guests that the gateway has given out. */
    val tokens: Set<String>
        get() = heard.flatMapTo(mutableSetOf()) { said ->
            TOKEN.findAll(synchronized(said) { said.toString(Charsets.ISO_8859_1) }).map { it.groupValues[1] }
        }

    init {
        thread(isDaemon = true) {
            runCatching {
                while (true) {
                    val kiosk = here.accept()
                    val gateway = Socket(there.host, there.port)
                    val said = ByteArrayOutputStream().also(heard::add)
                    carry(kiosk.getInputStream(), gateway.getOutputStream()) {}
                    carry(gateway.getInputStream(), kiosk.getOutputStream()) { bytes -> synchronized(said) { said.write(bytes) } }
                }
            }
        }
    }

    private fun carry(from: InputStream, to: OutputStream, listen: (ByteArray) -> Unit) = thread(isDaemon = true) {
        // Whoever hangs up ends the other's connection too.
        runCatching {
            val buffer = ByteArray(16 * 1024)
            while (true) {
                val length = from.read(buffer)
                if (length < 0) break
                listen(buffer.copyOf(length))
                to.write(buffer, 0, length)
                to.flush()
            }
        }
        runCatching { to.close() }
    }

    override fun close() = here.close()

    private companion object {
        val TOKEN = Regex(""""(?:accessToken|refreshToken)"\s*:\s*"([^"]+)"""")
    }
}

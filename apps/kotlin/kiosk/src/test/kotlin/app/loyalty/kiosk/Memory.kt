package app.loyalty.kiosk

import java.io.File
import java.io.RandomAccessFile
import java.nio.file.Files
import java.nio.file.Path
import org.junit.Assert.assertEquals

/** What a process holds on to, seen from outside. */
internal class Memory(private val pid: Long) {
    /** Bytes of the objects that something still refers to. */
    fun liveBytes(): Long = jcmd("GC.class_histogram").last { it.startsWith("Total") }.trim().split(Regex("\\s+"))[2].toLong()

    fun residentKilobytes(): Long = File("/proc/$pid/status").readLines().first { it.startsWith("VmRSS") }.filter(Char::isDigit).toLong()

    fun threads(): Int = File("/proc/$pid/task").list().orEmpty().size

    fun openFiles(): Int = File("/proc/$pid/fd").list().orEmpty().size

    /** Everything that the program's own objects hold, garbage included. */
    fun heap(folder: Path): ByteArray {
        val dump = folder.resolve("${System.nanoTime()}.hprof")
        jcmd("GC.heap_dump", "-all", dump.toString())
        return Files.readAllBytes(dump).also { Files.delete(dump) }
    }

    /**
     * Where in what the process has written to each of [texts] stands; a core file would hold the same. Left out is what lies
     * below the end of a thread's stack: calls that have returned left it, and the next ones write over it.
     */
    fun places(texts: Collection<String>): Map<String, List<String>> = RandomAccessFile("/proc/$pid/mem", "r").use { memory ->
        val found = texts.associateWith { mutableListOf<String>() }
        val ends = endsOfStacks()
        for (line in File("/proc/$pid/maps").readLines().filter { " rw" in it }) {
            val (start, until) = line.substringBefore(' ').split('-').map { it.toULong(16).toLong() }
            val from = ends.filter { it in start until until }.minOrNull() ?: start
            // What the kernel keeps to itself cannot be read, and no core holds it.
            val bytes = runCatching { ByteArray(Math.toIntExact(until - from)).also { memory.seek(from); memory.readFully(it) } }.getOrNull() ?: continue
            for ((text, places) in found) {
                val times = times(bytes, text)
                if (times > 0) places += "$times× in ${line.substringBefore(' ')} ${line.substringAfterLast(' ')}"
            }
        }
        found
    }

    /** Where the stacks of the threads that wait end, as the kernel tells. */
    private fun endsOfStacks(): List<Long> = File("/proc/$pid/task").listFiles().orEmpty().mapNotNull { task ->
        val told = runCatching { task.resolve("syscall").readText().trim().split(' ') }.getOrDefault(emptyList())
        told.getOrNull(told.size - 2)?.removePrefix("0x")?.toULongOrNull(16)?.toLong()
    }

    private fun jcmd(vararg words: String): List<String> {
        val process = ProcessBuilder("jcmd", pid.toString(), *words).redirectErrorStream(true).start()
        val said = process.inputStream.bufferedReader().readLines()
        assertEquals(said.toString(), 0, process.waitFor())
        return said
    }

    companion object {
        /** How often a text stands in memory, as Java or as Rust write it. */
        fun times(bytes: ByteArray, text: String): Int =
            setOf(Charsets.UTF_8, Charsets.UTF_16LE).map { text.toByteArray(it) }.distinctBy { it.toList() }.sumOf { count(bytes, it) }

        private fun count(bytes: ByteArray, wanted: ByteArray): Int {
            var times = 0
            var at = 0
            val last = bytes.size - wanted.size
            val first = wanted[0]
            while (at <= last) {
                if (bytes[at] == first) {
                    var length = 1
                    while (length < wanted.size && bytes[at + length] == wanted[length]) length++
                    if (length == wanted.size) times++
                }
                at++
            }
            return times
        }
    }
}

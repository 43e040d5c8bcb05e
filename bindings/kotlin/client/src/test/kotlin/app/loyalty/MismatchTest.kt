package app.loyalty

import com.sun.jna.NativeLibrary
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.file.Files
import java.nio.file.Path
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** A library that was built from another interface is refused before anything is called. */
class MismatchTest {
    private val library: ByteArray =
        javaClass.getResource("/linux-x86-64/libloyalty_ffi.so")?.readBytes() ?: error("these tests run on Linux x86-64")

    @Test
    fun `a library whose function has another signature is refused`() = inFolder { folder ->
        assertEquals("works", run(library, folder))
        for (function in listOf("func_open_guest", "method_loyalty_refresh", "method_secretstore_get")) {
            val refusal = run(otherwise("uniffi_loyalty_ffi_checksum_$function"), folder)
            assertTrue("checksum mismatch" in refusal, refusal)
        }
    }

    @Test
    fun `a library of another version of the border is refused`() = inFolder { folder ->
        val refusal = run(otherwise("ffi_loyalty_ffi_uniffi_contract_version"), folder)
        assertTrue("contract version mismatch" in refusal, refusal)
    }

    @Test
    fun `the library is the one in the packages, whatever else was built on this machine`() {
        assertTrue(Loyalty.formatPhone("89123451234").complete)
        // What the system's loader has found by itself is known by its name alone.
        val loaded = NativeLibrary.getInstance("loyalty_ffi").file
        assertTrue(loaded.isAbsolute, "$loaded was not taken out of the packages")
    }

    /** The library in which a function that returns a constant returns another one. */
    private fun otherwise(function: String): ByteArray {
        val changed = library.copyOf()
        val at = fileOffset(function)
        // `mov eax, imm32` or `mov ax, imm16`, whichever the compiler chose, near the beginning of the function.
        val constant = (at until at + 32).first { changed[it] == 0xB8.toByte() } + 1
        changed[constant] = (changed[constant] + 1).toByte()
        return changed
    }

    /** Where a symbol's code stands in the file, by the tables of the ELF format. */
    private fun fileOffset(symbol: String): Int {
        val elf = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN)
        val sections = List(elf.getShort(60).toInt()) { number -> elf.getLong(40).toInt() + number * elf.getShort(58) }
        fun offset(section: Int) = elf.getLong(section + 24).toInt()
        val dynamic = sections.first { elf.getInt(it + 4) == 11 }
        val names = offset(sections[elf.getInt(dynamic + 40)])
        fun name(at: Int) = generateSequence(at) { it + 1 }.map { library[it] }.takeWhile { it != 0.toByte() }
        val entries = elf.getLong(dynamic + 32).toInt() / 24
        val address = (0 until entries).map { offset(dynamic) + it * 24 }
            .first { String(name(names + elf.getInt(it)).toList().toByteArray()) == symbol }
            .let { elf.getLong(it + 8) }
        val code = sections.first { address >= elf.getLong(it + 16) && address < elf.getLong(it + 16) + elf.getLong(it + 32) }
        return (address - elf.getLong(code + 16)).toInt() + offset(code)
    }

    private fun run(library: ByteArray, folder: Path): String {
        val file = folder.resolve("libloyalty_ffi.so")
        Files.write(file, library)
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val classes = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val process = ProcessBuilder(
            java, "-Duniffi.component.loyalty_ffi.libraryOverride=$file", "-cp", classes, "app.loyalty.ShrunkKt",
        ).redirectErrorStream(true).start()
        val said = process.inputStream.bufferedReader().readText()
        process.waitFor()
        return if (process.exitValue() == 0) said.trim().lines().last() else said
    }
}

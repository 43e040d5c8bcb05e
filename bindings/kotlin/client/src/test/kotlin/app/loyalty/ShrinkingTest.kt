package app.loyalty

import com.android.tools.r8.CompilationMode
import com.android.tools.r8.JdkClassFileProvider
import com.android.tools.r8.OutputMode
import com.android.tools.r8.R8
import com.android.tools.r8.R8Command
import com.android.tools.r8.origin.Origin
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.jar.JarEntry
import java.util.jar.JarOutputStream
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** R8 over the packages as an app would have them, run on this machine: what it takes away is missed here as on a phone. */
class ShrinkingTest {
    private val rules = javaClass.getResource("/META-INF/proguard/loyalty.pro")!!.readText().lines()
        .filter { it.isNotBlank() && !it.startsWith("#") }

    @Test
    fun `with the rules that come in the package it works, and without any of them it does not`() = inFolder { folder ->
        val inputs = classPath(folder)
        assertEquals("works", run(shrunk(folder.resolve("all.jar"), inputs, rules)))
        // This one is about Android's lack of windows, which no JVM shares.
        val provable = rules.filterNot { it.startsWith("-dontwarn") }
        assertTrue(provable.size >= 5, "$provable")
        for ((number, rule) in provable.withIndex()) {
            val without = shrunk(folder.resolve("without-$number.jar"), inputs, rules - rule)
            assertTrue(run(without) != "works", "nobody needs $rule")
        }
    }

    /** The packages, what they need, and a program that uses them; folders as jars. */
    private fun classPath(folder: Path): List<Path> {
        val wanted = listOf("kotlin-stdlib", "kotlinx-coroutines-core-jvm", "/jna", "loyalty-", "/api/target", "/native/target", "/client/target/classes")
        val entries = (System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path"))
            .split(File.pathSeparator)
            .filter { entry -> wanted.any(entry::contains) && "test" !in entry.substringAfterLast('/') }
        val program = File(ShrinkingTest::class.java.protectionDomain.codeSource.location.toURI())
        val jars = entries.mapIndexed { number, entry ->
            File(entry).takeIf(File::isFile)?.toPath() ?: jarred(File(entry), folder.resolve("$number.jar")) { true }
        }
        val shrunk = jarred(program, folder.resolve("program.jar")) { it.startsWith("app/loyalty/Shrunk") }
        // A path is a sequence of names as well, and `+` would add those.
        return jars.plusElement(shrunk)
    }

    private fun jarred(classes: File, jar: Path, wanted: (String) -> Boolean): Path {
        JarOutputStream(Files.newOutputStream(jar)).use { out ->
            classes.walk().filter(File::isFile).forEach { file ->
                val name = file.relativeTo(classes).path
                if (wanted(name)) {
                    out.putNextEntry(JarEntry(name))
                    file.inputStream().use { it.copyTo(out) }
                    out.closeEntry()
                }
            }
        }
        return jar
    }

    private fun shrunk(output: Path, inputs: List<Path>, rules: List<String>): Path {
        val program = "-keep class app.loyalty.ShrunkKt { public static void main(java.lang.String[]); }"
        val command = R8Command.builder()
            .addProgramFiles(inputs)
            .addLibraryResourceProvider(JdkClassFileProvider.fromSystemJdk())
            .addProguardConfiguration(rules + program + "-ignorewarnings", Origin.unknown())
            .setMode(CompilationMode.RELEASE)
            .setOutput(output, OutputMode.ClassFile)
            .build()
        R8.run(command)
        return output
    }

    /** The last line that the program prints. */
    private fun run(jar: Path): String {
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val process = ProcessBuilder(java, "-cp", jar.toString(), "app.loyalty.ShrunkKt")
            .redirectErrorStream(true)
            .start()
        val said = process.inputStream.bufferedReader().readText()
        val code = process.waitFor()
        return if (code == 0) said.trim().lines().last() else "exit $code: ${said.take(2_000)}"
    }
}

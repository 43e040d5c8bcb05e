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
import java.util.zip.ZipFile
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** R8 over the packages as an app would have them, run on this machine: what it takes away is missed here as on a phone. */
class ShrinkingTest {
    private val rules = javaClass.getResource("/META-INF/proguard/loyalty.pro")!!.readText().lines()
        .filter { it.isNotBlank() && !it.startsWith("#") }

    @Test
    fun `with the rules that come in the package it works, and without any of them it does not`() = inFolder { folder ->
        val ours = ours(folder)
        assertEquals("works", run(shrunk(folder.resolve("all.jar"), ours, rules)))
        // This one is about Android's lack of windows, which no JVM shares.
        val provable = rules.filterNot { it.startsWith("-dontwarn") }
        assertTrue(provable.size >= 5, "$provable")
        for ((number, rule) in provable.withIndex()) {
            val without = shrunk(folder.resolve("without-$number.jar"), ours, rules - rule)
            assertTrue(run(without) != "works", "nobody needs $rule")
        }
    }

    private val classPath: List<String> =
        (System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")).split(File.pathSeparator)

    /** What an app's build need not shrink for this test to tell something. */
    private val kotlin: List<Path> =
        classPath.filter { "kotlin-stdlib" in it || "kotlinx-coroutines-core-jvm" in it || "/annotations-" in it }.map(Path::of)

    /** The packages, JNA, and a program that uses them, as jars without their rules: R8 would find those by itself. */
    private fun ours(folder: Path): List<Path> {
        val packages = classPath.filter { entry ->
            listOf("/jna", "/api/target/", "/native/target/").any(entry::contains) || entry.endsWith("/client/target/classes")
        }
        val jars = packages.mapIndexed { number, entry -> jarred(File(entry), folder.resolve("$number.jar")) { true } }
        val tests = File(ShrinkingTest::class.java.protectionDomain.codeSource.location.toURI())
        // A path is a sequence of names as well, and `+` would add those.
        return jars.plusElement(jarred(tests, folder.resolve("program.jar")) { it.startsWith("app/loyalty/Shrunk") })
    }

    private fun jarred(classes: File, jar: Path, wanted: (String) -> Boolean): Path {
        val keep = { name: String -> wanted(name) && !name.startsWith("META-INF/") }
        JarOutputStream(Files.newOutputStream(jar)).use { out ->
            val put = { name: String, content: java.io.InputStream ->
                out.putNextEntry(JarEntry(name))
                content.copyTo(out)
                out.closeEntry()
            }
            if (classes.isFile) {
                ZipFile(classes).use { zip ->
                    zip.stream().filter { !it.isDirectory && keep(it.name) }.forEach { put(it.name, zip.getInputStream(it)) }
                }
            } else {
                classes.walk().filter { it.isFile && keep(it.relativeTo(classes).path) }.forEach { file ->
                    file.inputStream().use { put(file.relativeTo(classes).path, it) }
                }
            }
        }
        return jar
    }

    private fun shrunk(output: Path, inputs: List<Path>, rules: List<String>): Path {
        val program = "-keep class app.loyalty.ShrunkKt { public static void main(java.lang.String[]); }"
        val command = R8Command.builder()
            .addProgramFiles(inputs)
            .addLibraryFiles(kotlin)
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
        val process = ProcessBuilder(java, "-cp", (kotlin.plusElement(jar)).joinToString(File.pathSeparator), "app.loyalty.ShrunkKt")
            .redirectErrorStream(true)
            .start()
        val said = process.inputStream.bufferedReader().readText()
        val code = process.waitFor()
        return if (code == 0) said.trim().lines().last() else "exit $code: ${said.take(2_000)}"
    }
}

package app.loyalty.ui

import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Test

/** What the sources of the screens may not contain. */
class RulesTest {
    private val screens = sources("apps/kotlin/ui/src/main/kotlin")
    private val presenters = sources("apps/kotlin/presenters/src/main/kotlin")

    private fun sources(folder: String) = File(checkout, folder).walk().filter { it.extension == "kt" }.toList().also { check(it.size > 5) }

    @Test
    fun `no type of the core or of its border reaches a composable`() {
        val allowed = listOf("app.loyalty.ui.", "app.loyalty.presenters.", "app.loyalty.words.")
        val wrong = screens.flatMap { file ->
            named(file.readText()).filter { name -> name.startsWith("app.loyalty.") && name != "app.loyalty.ui" && allowed.none(name::startsWith) }.map { "${file.name}: $it" }
        }
        assertEquals(emptyList<String>(), wrong)
    }

    @Test
    fun `nothing in the screens' sources belongs to one platform`() {
        val wrong = screens.flatMap { file ->
            named(file.readText()).filter { it.startsWith("java.") || it.startsWith("javax.") || it.startsWith("android.") || it.startsWith("org.jetbrains.") || "desktop" in it }.map { "${file.name}: $it" }
        }
        assertEquals(emptyList<String>(), wrong)
    }

    @Test
    fun `presenters know no screen`() {
        val wrong = presenters.flatMap { file -> named(file.readText()).filter { it.startsWith("androidx.") || it.startsWith("app.loyalty.ui") }.map { "${file.name}: $it" } }
        assertEquals(emptyList<String>(), wrong)
    }

    @Test
    fun `no screen says a word of its own`() {
        val wrong = screens.filter { it.name != "Icons.kt" }.flatMap { file -> spoken(file.readText()).map { "${file.name}: $it" } }
        assertEquals(emptyList<String>(), wrong)
    }

    @Test
    fun `a literal in a screen is found, and what is no word is not`() {
        assertEquals(listOf("Баланс"), spoken("""Text("Баланс")"""))
        assertEquals(listOf("Ready in \${time}"), spoken("""Text("Ready in ${'$'}{time}")"""))
        assertEquals(emptyList<String>(), spoken("""Text("×"); Text("${'$'}{a} · ${'$'}b"); const val TABULAR = "tnum" // "a word" """))
    }

    @Test
    fun `every word of the tables is said somewhere`() {
        val others = listOf("apps/kotlin/kiosk/src", "apps/kotlin/android/src", "apps/swift").flatMap { folder ->
            File(checkout, folder).walk().onEnter { !it.name.startsWith(".") }.filter { it.extension == "kt" || it.extension == "swift" }
        } + File(checkout, "apps/strings/src/apple.rs")
        val code = (screens + presenters + others).filter(File::exists).joinToString("\n") { it.readText() }
        val keys = File(checkout, "apps/strings/en.toml").readLines()
        var group = ""
        val unsaid = keys.mapNotNull { line ->
            Regex("""^\[(\w+)]""").find(line)?.let { group = it.groupValues[1] }
            val key = Regex("""^(\w+)(\.\w+)? = """).find(line)?.groupValues?.get(1) ?: return@mapNotNull null
            val (name, of) = listOf(key, group).map { it.replace(Regex("_(.)")) { part -> part.groupValues[1].uppercase() } }
            // With its group, or a word of another would speak for it; months are listed without.
            val said = if (group == "months") """\b$name\b""" else """\b$of(\.|::)$name\b|\bwords::$name\b|"$group", "$key""""
            if (Regex(said).containsMatchIn(code)) null else "$group.$key"
        }.distinct()
        assertEquals(emptyList<String>(), unsaid)
    }

    /** Imported and fully qualified names. */
    private fun named(text: String): List<String> =
        Regex("""(?m)^import ([\w.]+)|\b((?:app\.loyalty|java|android|androidx)\.[\w.]+)""").findAll(text).map { it.groupValues[1].ifEmpty { it.groupValues[2] } }.toList()

    /** Literals in which two letters stand together outside of what the program fills in, and that are not names of the machine. */
    private fun spoken(text: String): List<String> = text.lines().flatMap { line ->
        val code = line.substringBefore("//")
        if (code.trimStart().startsWith("*") || "const val TABULAR" in code || "error(\"outside" in code) return@flatMap emptyList()
        Regex(""""((?:[^"\\]|\\.)*)"""").findAll(code).map { it.groupValues[1] }.filter { literal ->
            val said = literal.replace(Regex("""\$\{[^}]*}|\$\w+|\\u[0-9a-f]{4}"""), "")
            Regex("""\p{L}{2}""").containsMatchIn(said) && said !in KEYS
        }.toList()
    }

    private companion object {
        /** Rows of the keyboards, which are letters and no words. */
        val KEYS = setOf("qwertyuiop", "asdfghjkl.", "zxcvbnm@_-", "asdfghjkl", "zxcvbnm", "йцукенгшщзх", "фывапролджэ", "ячсмитьбюъё")
    }
}

package app.loyalty.words

import java.io.File
import org.json.JSONArray
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** The plural forms against the table that all languages of the project share. */
class PluralTest {
    @Test
    fun `every case of the shared table gets its form`() {
        val cases = JSONArray(File(System.getProperty("checkout"), "tests/formatting.json").readText())
        val plurals = (0 until cases.length()).map(cases::getJSONObject).filter { it.getString("function") == "plural" }
        assertTrue(plurals.size >= 100)
        for (case in plurals) {
            val language = Language.entries.first { it.code == case.getString("lang") }
            assertEquals(case.toString(), case.getString("expected"), language.plural(case.getLong("whole"), case.getInt("decimals")).name.lowercase())
        }
    }

    @Test
    fun `a counted sentence takes the form of its number`() {
        assertEquals("Код не подошёл. Осталась 1 попытка.", Russian.code.wrong(1))
        assertEquals("Код не подошёл. Осталось 3 попытки.", Russian.code.wrong(3))
        assertEquals("Код не подошёл. Осталось 11 попыток.", Russian.code.wrong(11))
        assertEquals("That is not the code. 1 try left.", English.code.wrong(1))
    }
}

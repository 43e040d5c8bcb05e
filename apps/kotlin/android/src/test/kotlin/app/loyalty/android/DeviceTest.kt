package app.loyalty.android

import android.app.LocaleManager
import android.content.Intent
import android.net.Uri
import android.os.LocaleList
import android.view.WindowManager.LayoutParams
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithContentDescription
import app.loyalty.presenters.Screen
import app.loyalty.words.English
import app.loyalty.words.Russian
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

/** What only a phone has: its network, its settings, its links, its window. */
class DeviceTest : PhoneTest() {
    @Test
    fun `an activity that ends after the next one has begun takes nothing from it`() {
        arrive("+79161110077")
        val first = controller!!
        first.get().finish()
        start()
        first.pause().stop().destroy()
        awaitText(words.home.cardButton)
    }

    @Test
    fun `without a network what was read stays, in a new process too, and comes up to date afterwards`() {
        arrive("+79161110030")
        stage.goOffline()
        try {
            refresh()
            awaitText(words.home.offline)
            die()
            awaitText(words.home.offline)
            rule.onNodeWithContentDescription(words.home.balanceSentence("300\u00a0бонусов")).assertExists()
        } finally {
            stage.goOnline()
        }
        stage.visit("+79161110030", 100_000)
        refresh()
        awaitText("+30\u00a0бонусов")
    }

    @Test
    fun `a stranger without a network is told so`() {
        stage.goOffline()
        try {
            start()
            type(words.signIn.phone, "9161110031")
            tap(words.signIn.send)
            awaitText(words.problem.offline)
        } finally {
            stage.goOnline()
        }
    }

    @Test
    fun `a link leads to the card of whoever is signed in, and to nothing else`() {
        start(link("loyalty://card"))
        awaitText(words.signIn.title)
        leave()
        app.beginAnew()
        arrive("+79161110032")
        for (other in listOf("loyalty://card/1", "https://card", "loyalty://burns")) {
            controller!!.newIntent(link(other))
            rule.waitForIdle()
            assertTrue(other, shown is Screen.Home)
        }
        controller!!.newIntent(link("loyalty://card"))
        await(hasContentDescription(words.card.qr))
        leave()
        start(link("loyalty://history"))
        awaitText(words.history.end)
    }

    @Test
    fun `the system offers the card as a shortcut and gives the app its links`() {
        val parser = app.resources.getXml(R.xml.shortcuts)
        val links = generateSequence { parser.next().takeIf { it != org.xmlpull.v1.XmlPullParser.END_DOCUMENT } }
            .mapNotNull { parser.takeIf { it.eventType == org.xmlpull.v1.XmlPullParser.START_TAG && it.name == "intent" } }
            .map { Triple(it.getAttributeValue(ANDROID, "data"), it.getAttributeValue(ANDROID, "targetPackage"), it.getAttributeValue(ANDROID, "targetClass")) }
            .toList()
        assertEquals(listOf(Triple("loyalty://card", app.packageName, MainActivity::class.java.name)), links)
        val resolved = { address: String -> app.packageManager.resolveActivity(link(address).setComponent(null).addCategory(Intent.CATEGORY_BROWSABLE), 0)?.activityInfo?.name }
        assertEquals(MainActivity::class.java.name, resolved("loyalty://card"))
        assertEquals(MainActivity::class.java.name, resolved("loyalty://history"))
        assertNull(resolved("loyalty://burns"))
    }

    @Test
    fun `only on the card nobody may take pictures, and the screen is bright`() {
        arrive("+79161110033")
        assertFalse(secure)
        tap(words.home.cardButton)
        await(hasContentDescription(words.card.qr))
        rule.waitForIdle()
        assertTrue(secure)
        assertEquals(LayoutParams.BRIGHTNESS_OVERRIDE_FULL, activity.window.attributes.screenBrightness)
        rotate()
        await(hasContentDescription(words.card.qr))
        assertTrue(secure)
        rule.runOnIdle { activity.onBackPressedDispatcher.onBackPressed() }
        awaitText(words.home.cardButton)
        rule.waitForIdle()
        assertFalse(secure)
        assertEquals(LayoutParams.BRIGHTNESS_OVERRIDE_NONE, activity.window.attributes.screenBrightness)
    }

    private val secure: Boolean get() = activity.window.attributes.flags and LayoutParams.FLAG_SECURE != 0

    @Test
    fun `the language can be changed in the app and in the system's settings, and both know`() {
        val system = app.getSystemService(LocaleManager::class.java)!!
        arrive("+79161110034")
        tap(Russian.profile.title)
        tap(English.languages.name)
        awaitText(English.profile.title)
        assertEquals("en", system.applicationLocales.toLanguageTags())
        tap(English.home.title)
        await(hasContentDescription(English.home.balanceSentence("300\u00a0bonuses")))
        controller!!.pause().stop()
        system.applicationLocales = LocaleList.forLanguageTags("ru")
        controller!!.restart().start().resume()
        await(hasContentDescription(Russian.home.balanceSentence("300\u00a0бонусов")))
        system.applicationLocales = LocaleList.getEmptyLocaleList()
    }

    @Test
    fun `what is kept lies where no backup looks, and nothing else does`() {
        arrive("+79161110035")
        assertTrue(File(app.noBackupFilesDir, "guest").list().orEmpty().isNotEmpty())
        assertTrue(File(app.noBackupFilesDir, "secrets").list().orEmpty().isNotEmpty())
        assertEquals(emptyList<String>(), app.filesDir.list().orEmpty().filter { it != "profileInstalled" })
        for (file in app.noBackupFilesDir.walk().filter(File::isFile)) {
            assertFalse("${file.name} tells the phone", "9161110035" in file.readText(Charsets.ISO_8859_1) || "916 111-00-35" in file.readText(Charsets.ISO_8859_1))
        }
    }

    private fun link(address: String) = Intent(Intent.ACTION_VIEW, Uri.parse(address))

    private companion object {
        const val ANDROID = "http://schemas.android.com/apk/res/android"
    }
}

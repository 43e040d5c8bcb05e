package app.loyalty.android

import android.Manifest.permission.POST_NOTIFICATIONS
import androidx.compose.ui.test.assertIsEnabled
import androidx.compose.ui.test.assertIsOff
import androidx.compose.ui.test.assertIsOn
import androidx.compose.ui.test.onNodeWithText
import app.loyalty.presenters.Place
import app.loyalty.presenters.Tab
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

/** What the guest wishes, and what the system lets us do, come together only when the guest has answered the system. */
class PermissionTest : RemindedPhone() {
    @Test
    fun `a wish is kept when the system has been answered and not before`() {
        arrive("+79161110110")
        openBurns()
        tap(words.burn.reminder)
        await("the system asks") { shadowOf(activity).lastRequestedPermission != null }
        assertFalse(app.preferences.notifyBurn)
        assertEquals(emptyList<Long>(), due)
        answer(allowed = true)
        await("alarms") { due.isNotEmpty() && due == wanted }
        assertTrue(app.preferences.notifyBurn)
    }

    @Test
    fun `a process that ends while the system asks leaves no wish behind that nobody has answered`() {
        arrive("+79161110111")
        openBurns()
        tap(words.burn.reminder)
        await("the system asks") { shadowOf(activity).lastRequestedPermission != null }
        die()
        awaitText(words.burn.title)
        rule.onNodeWithText(words.burn.reminder).assertIsOff().assertIsEnabled()
        tap(words.burn.reminder)
        answer(allowed = true)
        await("alarms") { due.isNotEmpty() && due == wanted }
        rule.onNodeWithText(words.burn.reminder).assertIsOn()
    }

    @Test
    fun `who puts the answer off finds the switch off, and is asked again when they turn it on`() {
        arrive("+79161110112")
        openBurns()
        shadowOf(app.packageManager).setShouldShowRequestPermissionRationale(POST_NOTIFICATIONS, true)
        tap(words.burn.reminder)
        answer(allowed = false)
        await("the switch is off") { !screens.preferences.value.notifyBurn }
        rule.onNodeWithText(words.burn.reminder).assertIsOff().assertIsEnabled()
        assertEquals(emptyList<Long>(), due)
        wishAgain()
        answer(allowed = true)
        await("alarms") { due.isNotEmpty() && due == wanted }
    }

    @Test
    fun `who closes the question without an answer is asked again, and only after the second time shown the system's settings`() {
        arrive("+79161110115")
        openBurns()
        tap(words.burn.reminder)
        // To us it looks like the refusal of somebody who is asked no more: no, and nothing to explain.
        answer(allowed = false)
        await("the switch is off") { !screens.preferences.value.notifyBurn }
        rule.onNodeWithText(words.burn.reminder).assertIsOff().assertIsEnabled()
        rule.onNodeWithText(words.profile.openSettings).assertDoesNotExist()
        wishAgain()
        answer(allowed = false)
        awaitText(words.profile.openSettings)
    }

    @Test
    fun `a yes makes up for every no before it`() {
        remindedGuest("+79161110116")
        for (round in 1..2) {
            comeBackWithoutPermission()
            answer(allowed = false)
            await("round $round: the switch is off, and can be turned on") { screens.preferences.value.run { !notifyBurn && !notificationsDenied } }
            openBurns()
            wishAgain()
            answer(allowed = true)
            await("alarms") { due.isNotEmpty() && due == wanted }
        }
    }

    @Test
    fun `a question that is interrupted is no refusal`() {
        arrive("+79161110114")
        openBurns()
        tap(words.burn.reminder)
        await("the system asks") { shadowOf(activity).lastRequestedPermission != null }
        answer(shadowOf(activity).lastRequestedPermission.requestCode, emptyArray(), intArrayOf())
        await("the switch is off") { !screens.preferences.value.notifyBurn }
        rule.onNodeWithText(words.burn.reminder).assertIsOff().assertIsEnabled()
        assertFalse(app.preferences.asked)
    }

    @Test
    fun `whose permission the system has taken back while nobody looked is asked again on coming back`() {
        remindedGuest("+79161110113")
        comeBackWithoutPermission()
        answer(allowed = true)
        await("alarms") { due.isNotEmpty() && due == wanted }
        assertTrue(app.preferences.notifyBurn)
        assertEquals(Place.Main(Tab.HOME), screens.phone.state.value.place)
    }

    /** The system takes the permission back while nobody looks, and the guest opens the app again. */
    private fun comeBackWithoutPermission() {
        leave()
        notifications.setNotificationsEnabled(false)
        shadowOf(app).denyPermissions(POST_NOTIFICATIONS)
        app.beginAnew()
        start()
        awaitText(words.home.cardButton)
    }
}

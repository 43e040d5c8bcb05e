package app.loyalty.android

import android.app.AlarmManager
import android.app.Notification
import android.app.NotificationManager
import android.content.Intent
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performScrollTo
import java.time.Instant
import java.util.TimeZone
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

class ReminderTest : RemindedPhone() {
    @Test
    fun `turned on and allowed, reminders become alarms, and alarms notifications`() {
        remindedGuest("+79161110020")
        val alarm = alarms.scheduledAlarms.minBy { it.triggerAtMs }
        assertEquals("the phone is not woken for it", AlarmManager.RTC, alarm.getType())
        assertTrue("half an hour does not matter", alarm.windowLengthMs > 0)
        assertNull("not an alarm clock", alarm.alarmClockInfo)
        val text = runBlocking { app.session.open() }.reminders().first().text
        alarm.toDo.send()
        rule.waitForIdle()
        assertEquals("an alarm that comes too early, by a clock that was wrong, says nothing", 0, notifications.allNotifications.size)
        app.time = { Instant.ofEpochMilli(alarm.triggerAtMs) }
        alarm.toDo.send()
        rule.waitForIdle()
        val shown = notifications.allNotifications.single()
        assertEquals(text, shown.extras.getString(Notification.EXTRA_TEXT))
        assertEquals(Notification.VISIBILITY_PRIVATE, shown.visibility)
        assertEquals("others who see a locked phone learn nothing", words.burn.title, shown.publicVersion.extras.getString(Notification.EXTRA_TEXT))
        assertEquals(words.profile.notifyBurn, app.getSystemService(NotificationManager::class.java)!!.getNotificationChannel(Reminders.CHANNEL).name)
        assertEquals(MainActivity::class.java.name, shadowOf(shown.contentIntent).savedIntent.component?.className)
    }

    @Test
    fun `reminders survive a new start of the phone, an update, and a change of time or zone`() {
        remindedGuest("+79161110021")
        val before = due
        val zone = TimeZone.getDefault()
        for (event in listOf(Intent.ACTION_BOOT_COMPLETED, Intent.ACTION_MY_PACKAGE_REPLACED, Intent.ACTION_TIMEZONE_CHANGED, Intent.ACTION_TIME_CHANGED)) {
            leave()
            app.beginAnew()
            alarmsAreForgotten()
            if (event == Intent.ACTION_TIMEZONE_CHANGED) TimeZone.setDefault(TimeZone.getTimeZone("Asia/Vladivostok"))
            try {
                app.sendBroadcast(Intent(event))
                await("alarms after $event") { due == before }
            } finally {
                TimeZone.setDefault(zone)
            }
        }
    }

    @Test
    fun `whoever turns reminders off, or signs out, is not reminded`() {
        remindedGuest("+79161110022")
        tap(words.burn.reminder)
        await("no alarms") { due.isEmpty() }
        tap(words.burn.reminder)
        await("alarms") { due == wanted }
        val first = alarms.scheduledAlarms.minBy { it.triggerAtMs }
        app.time = { Instant.ofEpochMilli(first.triggerAtMs) }
        first.toDo.send()
        rule.waitForIdle()
        assertEquals(1, notifications.allNotifications.size)
        runBlocking { app.session.open().signOut() }
        await("no alarms, and nothing shown") { due.isEmpty() && notifications.allNotifications.isEmpty() }
    }

    @Test
    fun `the guest is asked when they turn reminders on and not before, and a refusal is shown where they asked`() {
        arrive("+79161110023")
        openBurns()
        assertNull("nobody asks at the start", shadowOf(activity).lastRequestedPermission)
        tap(words.burn.reminder)
        refuseForGood()
        rule.onNodeWithText(words.burn.reminder).performScrollTo().assertIsNotEnabled()
        await("the wish is there, in case the system lets us one day") { due.isNotEmpty() && due == wanted }
        rule.runOnIdle { activity.onBackPressedDispatcher.onBackPressed() }
        tap(words.profile.title)
        awaitText(words.profile.notificationsDenied)
        // Allowed in the system's settings meanwhile.
        controller!!.pause().stop()
        notifications.setNotificationsEnabled(true)
        controller!!.restart().start().resume()
        await("nothing is denied") { !screens.preferences.value.notificationsDenied }
        assertTrue(screens.preferences.value.notifyBurn)
        assertEquals(wanted, due)
    }
}

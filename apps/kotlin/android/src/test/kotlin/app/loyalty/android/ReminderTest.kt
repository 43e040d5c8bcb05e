package app.loyalty.android

import android.Manifest.permission.POST_NOTIFICATIONS
import android.app.AlarmManager
import android.app.Notification
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Intent
import android.content.pm.PackageManager
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.assertIsOn
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performScrollTo
import app.loyalty.presenters.PhoneAction
import app.loyalty.presenters.Place
import java.util.TimeZone
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowAlarmManager.ScheduledAlarm

class ReminderTest : PhoneTest() {
    private val alarms get() = shadowOf(app.getSystemService(AlarmManager::class.java)!!)
    private val notifications get() = shadowOf(app.getSystemService(NotificationManager::class.java)!!)
    private val due: List<Long> get() = alarms.scheduledAlarms.map(ScheduledAlarm::getTriggerAtMs).sorted()

    private val ScheduledAlarm.toDo: PendingIntent
        @Suppress("DEPRECATION") // There is no other way to it.
        get() = operation!!

    /** What the core wants the guest to be reminded of. */
    private val wanted: List<Long> get() = runBlocking { app.session.open() }.reminders().map { it.notifyAt.toEpochMilli() }.sorted()

    @Before
    fun nobodyWasAskedYet() = notifications.setNotificationsEnabled(false)

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
            val manager = app.getSystemService(AlarmManager::class.java)!!
            for (alarm in alarms.scheduledAlarms.toList()) manager.cancel(alarm.toDo)
            assertEquals(emptyList<Long>(), due)
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
        alarms.scheduledAlarms.first().toDo.send()
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
        answer(allowed = false)
        awaitText(words.profile.notificationsDenied)
        rule.onNodeWithText(words.burn.reminder).performScrollTo().assertIsNotEnabled()
        assertEquals(emptyList<Long>(), due)
        rule.runOnIdle { activity.onBackPressedDispatcher.onBackPressed() }
        tap(words.profile.title)
        awaitText(words.profile.notificationsDenied)
        // Allowed in the system's settings meanwhile.
        controller!!.pause().stop()
        notifications.setNotificationsEnabled(true)
        controller!!.restart().start().resume()
        await("the wish still stands") { due.isNotEmpty() && due == wanted }
    }

    private fun remindedGuest(phone: String) {
        arrive(phone)
        openBurns()
        tap(words.burn.reminder)
        answer(allowed = true)
        await("alarms") { due.isNotEmpty() && due == wanted }
        rule.onNodeWithText(words.burn.reminder).assertIsOn()
    }

    private fun openBurns() {
        rule.runOnIdle { screens.on(PhoneAction.Go(Place.Burns)) }
        awaitText(words.burn.title)
    }

    /** Answers the system's question, as a guest would. */
    @Suppress("DEPRECATION") // The system itself calls nothing else.
    private fun answer(allowed: Boolean) {
        await("the system asks") { shadowOf(activity).lastRequestedPermission != null }
        val asked = shadowOf(activity).lastRequestedPermission
        assertEquals(listOf(POST_NOTIFICATIONS), asked.requestedPermissions.toList())
        if (allowed) shadowOf(app).grantPermissions(POST_NOTIFICATIONS)
        notifications.setNotificationsEnabled(allowed)
        val result = if (allowed) PackageManager.PERMISSION_GRANTED else PackageManager.PERMISSION_DENIED
        rule.runOnIdle { activity.onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, intArrayOf(result)) }
    }
}

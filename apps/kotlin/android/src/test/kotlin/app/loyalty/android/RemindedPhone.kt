package app.loyalty.android

import android.Manifest.permission.POST_NOTIFICATIONS
import android.app.Activity
import android.app.AlarmManager
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.pm.PackageManager
import androidx.compose.ui.test.assertIsOn
import androidx.compose.ui.test.onNodeWithText
import app.loyalty.presenters.PhoneAction
import app.loyalty.presenters.Place
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Before
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowAlarmManager.ScheduledAlarm
import org.robolectric.util.ReflectionHelpers

/** A phone with alarms and notifications, and a guest who wants to be reminded. */
abstract class RemindedPhone : PhoneTest() {
    protected val alarms get() = shadowOf(app.getSystemService(AlarmManager::class.java)!!)
    protected val notifications get() = shadowOf(app.getSystemService(NotificationManager::class.java)!!)
    protected val due: List<Long> get() = alarms.scheduledAlarms.map(ScheduledAlarm::getTriggerAtMs).sorted()

    protected val ScheduledAlarm.toDo: PendingIntent
        @Suppress("DEPRECATION") // There is no other way to it.
        get() = operation!!

    /** What the core wants the guest to be reminded of. */
    protected val wanted: List<Long> get() = runBlocking { app.session.open() }.reminders().map { it.notifyAt.toEpochMilli() }.sorted()

    @Before
    fun nobodyWasAskedYet() = notifications.setNotificationsEnabled(false)

    /** The phone is off, or starts anew: no alarm survives it. */
    protected fun alarmsAreForgotten() {
        val manager = app.getSystemService(AlarmManager::class.java)!!
        for (alarm in alarms.scheduledAlarms.toList()) manager.cancel(alarm.toDo)
        assertEquals(emptyList<Long>(), due)
    }

    protected fun remindedGuest(phone: String) {
        arrive(phone)
        openBurns()
        tap(words.burn.reminder)
        answer(allowed = true)
        await("alarms") { due.isNotEmpty() && due == wanted }
        rule.onNodeWithText(words.burn.reminder).assertIsOn()
    }

    protected fun openBurns() {
        rule.runOnIdle { screens.on(PhoneAction.Go(Place.Burns)) }
        awaitText(words.burn.title)
    }

    @Suppress("DEPRECATION") // The system itself calls nothing else.
    protected fun answer(code: Int, permissions: Array<String>, results: IntArray) = rule.runOnIdle {
        // As the system does before it calls; else the activity takes itself to be asking still, and refuses to ask again.
        ReflectionHelpers.setField(Activity::class.java, activity, "mHasCurrentPermissionsRequest", false)
        activity.onRequestPermissionsResult(code, permissions, results)
    }

    /** Says no twice, after which the system asks no more: only after the first it would have us explain. */
    protected fun refuseForGood() {
        shadowOf(app.packageManager).setShouldShowRequestPermissionRationale(POST_NOTIFICATIONS, true)
        answer(allowed = false)
        await("the switch is off") { !screens.preferences.value.notifyBurn }
        shadowOf(app.packageManager).setShouldShowRequestPermissionRationale(POST_NOTIFICATIONS, false)
        wishAgain()
        answer(allowed = false)
        awaitText(words.profile.notificationsDenied)
    }

    protected fun wishAgain() {
        tap(words.burn.reminder)
        await("the guest wishes it again") { screens.preferences.value.notifyBurn }
        // What follows from it is done on this thread.
        rule.waitForIdle()
    }

    /** Answers the system's question, as a guest would. */
    protected fun answer(allowed: Boolean) {
        await("the system asks") { shadowOf(activity).lastRequestedPermission != null }
        val asked = shadowOf(activity).lastRequestedPermission
        assertEquals(listOf(POST_NOTIFICATIONS), asked.requestedPermissions.toList())
        if (allowed) shadowOf(app).grantPermissions(POST_NOTIFICATIONS)
        notifications.setNotificationsEnabled(allowed)
        val result = if (allowed) PackageManager.PERMISSION_GRANTED else PackageManager.PERMISSION_DENIED
        answer(asked.requestCode, asked.requestedPermissions, intArrayOf(result))
    }
}

package app.loyalty.android

import android.app.AlarmManager
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Build
import androidx.core.content.edit
import app.loyalty.Reminder
import app.loyalty.presenters.Notice
import app.loyalty.presenters.ReminderPlan
import app.loyalty.words.Brand
import app.loyalty.words.Language
import java.time.Duration
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull

/**
 * Reminders as alarms of this device, which become notifications: nothing about the guest leaves the phone for them.
 *
 * The alarms are inexact: half an hour does not matter, and an exact one would need a permission of its own. They do not
 * wake the phone either: a reminder is seen by whoever takes it up.
 */
class Reminders(private val context: Context) {
    private val alarms = checkNotNull(context.getSystemService(AlarmManager::class.java))
    private val notifications = checkNotNull(context.getSystemService(NotificationManager::class.java))

    /** The system does not tell which alarms there are. */
    private val kept = context.getSharedPreferences("reminders", Context.MODE_PRIVATE)

    /** Whether the system lets us notify, once the guest was [asked]. */
    fun denied(asked: Boolean): Boolean {
        val silenced = notifications.getNotificationChannel(CHANNEL)?.importance == NotificationManager.IMPORTANCE_NONE
        val mayBeAsked = Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && !asked
        return silenced || !notifications.areNotificationsEnabled() && !mayBeAsked
    }

    /** Has exactly these scheduled. */
    fun keep(wanted: List<Reminder>) {
        val plan = ReminderPlan.of(kept.getStringSet(SCHEDULED, null).orEmpty(), wanted)
        for (id in plan.cancel) alarms.cancel(alarm(id, ""))
        for (notice in plan.schedule) alarms.setWindow(AlarmManager.RTC, notice.at.toEpochMilli(), WINDOW.toMillis(), alarm(notice.id, notice.text))
        kept.edit { putStringSet(SCHEDULED, plan.schedule.map(Notice::id).toSet()) }
    }

    /** The guest has gone: nothing is scheduled any more, and nothing that was shown stays. */
    fun forget() {
        keep(emptyList())
        notifications.cancelAll()
    }

    /** Shows a reminder whose time has come. */
    fun show(id: String, text: String, language: Language) {
        val name = Brand.VENUE.name(language)
        notifications.createNotificationChannel(
            NotificationChannel(CHANNEL, language.words.profile.notifyBurn, NotificationManager.IMPORTANCE_DEFAULT),
        )
        val builder = { said: String ->
            Notification.Builder(context, CHANNEL)
                .setSmallIcon(R.drawable.ic_notification)
                .setColor(context.getColor(R.color.brand_primary))
                .setContentTitle(name)
                .setContentText(said)
                .setStyle(Notification.BigTextStyle().bigText(said))
        }
        // On a locked phone others read along.
        val public = builder(language.words.burn.title).build()
        val open = PendingIntent.getActivity(context, 0, Intent(context, MainActivity::class.java), PendingIntent.FLAG_IMMUTABLE)
        val notification = builder(text).setVisibility(Notification.VISIBILITY_PRIVATE).setPublicVersion(public)
            .setContentIntent(open).setAutoCancel(true).build()
        notifications.notify(id, 0, notification)
    }

    private fun alarm(id: String, text: String): PendingIntent {
        // The address tells one alarm from another.
        val intent = Intent(context, ReminderReceiver::class.java).setData(Uri.fromParts(SCHEME, id, null)).putExtra(TEXT, text)
        return PendingIntent.getBroadcast(context, 0, intent, PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE)
    }

    internal companion object {
        const val CHANNEL = "burns"
        const val TEXT = "text"
        private const val SCHEME = "loyalty-reminder"
        private const val SCHEDULED = "scheduled"
        private val WINDOW = Duration.ofMinutes(30)
    }
}

/** The time of a reminder has come. */
class ReminderReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        val id = intent.data?.schemeSpecificPart ?: return
        val text = intent.getStringExtra(Reminders.TEXT) ?: return
        val app = context.applicationContext as LoyaltyApp
        app.reminders.show(id, text, app.preferences.language())
    }
}

/** Something has happened after which the alarms have to be set anew, from what was last read. */
class RenewalReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        if (intent.action !in EXPECTED) return
        val app = context.applicationContext as LoyaltyApp
        val result = goAsync()
        app.scope.launch {
            try {
                withTimeoutOrNull(PATIENCE) { app.renewReminders() }
            } finally {
                result?.finish()
            }
        }
    }

    private companion object {
        /** The system gives ten seconds. */
        const val PATIENCE = 8_000L

        val EXPECTED = setOf(
            Intent.ACTION_BOOT_COMPLETED, Intent.ACTION_MY_PACKAGE_REPLACED, Intent.ACTION_TIMEZONE_CHANGED,
            Intent.ACTION_TIME_CHANGED, Intent.ACTION_LOCALE_CHANGED,
        )
    }
}

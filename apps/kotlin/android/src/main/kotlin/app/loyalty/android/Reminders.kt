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
import app.loyalty.BurnSchedule
import app.loyalty.LoyaltyGuest
import app.loyalty.Reminder
import app.loyalty.presenters.ReminderPlan
import app.loyalty.words.Brand
import app.loyalty.words.Language
import java.io.File
import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull

/**
 * Reminders as alarms of this device, which become notifications: nothing about the guest leaves the phone for them.
 *
 * The alarms are inexact: half an hour does not matter, and an exact one would need a permission of its own. They do not
 * wake the phone either: a reminder is seen by whoever takes it up. An alarm only says that it is time to look: what is
 * due is shown once, be it that the alarm came, that the phone was off when it should have, that the clock was put on, or
 * that the system did not let us notify and does now.
 *
 * @param zone the venue's, in which days begin.
 * @param wish whether the guest wants to be reminded, whatever the system says to it.
 */
class Reminders(
    private val context: Context,
    private val zone: ZoneId,
    private val language: () -> Language,
    private val wish: () -> Boolean,
    private val now: () -> Instant,
) {
    private val alarms = checkNotNull(context.getSystemService(AlarmManager::class.java))
    private val notifications = checkNotNull(context.getSystemService(NotificationManager::class.java))
    private val notices = PlannedNotices(File(context.noBackupFilesDir, "notices.json"))

    /** Whether the system lets us notify. */
    val allowed: Boolean get() = notifications.areNotificationsEnabled() && !silenced

    private val silenced: Boolean
        get() = notifications.getNotificationChannel(CHANNEL)?.importance == NotificationManager.IMPORTANCE_NONE

    /** Whether the system does not let us notify and will not ask the guest about it, who was [asked] before. */
    fun denied(asked: Boolean): Boolean {
        val mayBeAsked = Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && !asked
        return silenced || !notifications.areNotificationsEnabled() && !mayBeAsked
    }

    /** Plans what follows from the session, for a guest who wants it. */
    fun follow(guest: LoyaltyGuest) {
        val snapshot = guest.current.snapshot
        when {
            !guest.current.signedIn -> forget()
            !wish() -> stop()
            // Nothing has been read yet: what was planned is the best there is.
            snapshot == null -> renew()
            else -> keep(guest.reminders(), (snapshot.schedule as? BurnSchedule.Parts)?.burns.orEmpty().map { it.on }.toSet(), guest::word)
        }
    }

    /** Has exactly these planned, and shows what was missed of what is still [burning]. [dated] words a day. */
    internal fun keep(wanted: List<Reminder>, burning: Set<LocalDate>, dated: (LocalDate) -> String) {
        val before = notices.read()
        val plan = ReminderPlan.of(before.planned.map(PlannedNotice::id), wanted)
        val missed = before.planned.filter { it.id in plan.cancel && it.at <= now() && it.burnOn in burning }
        val planned = plan.schedule.zip(wanted) { notice, reminder ->
            PlannedNotice(notice.id, notice.at, reminder.burnOn, notice.text, language().words.burn.reminderLate(dated(reminder.burnOn)))
        }
        settle(before, missed + planned)
    }

    /** Sets the alarms anew from what was planned, and shows what has come due. */
    fun renew() {
        val before = notices.read()
        // The list may outlive the wish, where it could not be written.
        if (wish()) settle(before, before.planned) else stop()
    }

    /** Nobody wants to be reminded any more; whoever does again is not told the same twice. */
    private fun stop() {
        val before = notices.read()
        settle(before, emptyList())
    }

    /** The guest has gone: nothing is planned any more, and nothing that was shown stays. */
    fun forget() {
        for (notice in notices.read().planned) alarms.cancel(alarm(notice.id))
        notices.forget()
        notifications.cancelAll()
    }

    private fun settle(before: Plans, wanted: List<PlannedNotice>) {
        val now = now()
        val ahead = wanted.filter { it.id !in before.shown && now < it.burnOn.atStartOfDay(zone).toInstant() }
        // What the system would not show stays planned, in case it lets us before the bonuses burn.
        val due = if (allowed) ahead.filter { it.at <= now } else emptyList()
        val after = Plans(ahead - due.toSet(), (before.shown + due.map(PlannedNotice::id)).takeLast(REMEMBERED))
        // For a time that is past an alarm would come at once, and again whenever it is set.
        val later = ahead.filter { now < it.at }
        for (gone in before.planned.map(PlannedNotice::id) - later.map(PlannedNotice::id).toSet()) alarms.cancel(alarm(gone))
        // Written first: an alarm that nobody knows of cannot be taken back, and what is shown twice is a nuisance.
        if (after != before && !notices.write(after)) return
        for (notice in later) alarms.setWindow(AlarmManager.RTC, notice.at.toEpochMilli(), WINDOW.toMillis(), alarm(notice.id))
        // Of two that were missed about one burn, the later says it all.
        for (about in due.groupBy(PlannedNotice::burnOn).values) show(about.maxBy(PlannedNotice::at), now)
    }

    private fun show(notice: PlannedNotice, now: Instant) {
        val language = language()
        val name = Brand.VENUE.name(language)
        // "In seven days" is true on one day only.
        val text = if (day(notice.at) == day(now)) notice.text else notice.late
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
        notifications.notify(notice.id, 0, notification)
    }

    private fun day(moment: Instant): LocalDate = moment.atZone(zone).toLocalDate()

    private fun alarm(id: String): PendingIntent {
        // The address tells one alarm from another.
        val intent = Intent(context, ReminderReceiver::class.java).setData(Uri.fromParts(SCHEME, id, null))
        return PendingIntent.getBroadcast(context, 0, intent, PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE)
    }

    internal companion object {
        const val CHANNEL = "burns"
        private const val SCHEME = "loyalty-reminder"

        /** More than come due before the oldest of them have burned. */
        private const val REMEMBERED = 64
        private val WINDOW = Duration.ofMinutes(30)
    }
}

/** The time of a reminder has come. */
class ReminderReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) = (context.applicationContext as LoyaltyApp).reminders.renew()
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

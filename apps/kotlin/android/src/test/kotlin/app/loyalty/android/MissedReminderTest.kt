package app.loyalty.android

import android.Manifest.permission.POST_NOTIFICATIONS
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.content.Intent
import app.loyalty.BurnSchedule
import app.loyalty.Reminder
import java.io.File
import java.security.GeneralSecurityException
import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

/** What becomes of reminders that are due while no alarm can come, and that nobody is told the same twice. */
class MissedReminderTest : RemindedPhone() {
    private val said: List<String> get() = notifications.allNotifications.map { it.extras.getString(Notification.EXTRA_TEXT)!! }
    private val planned get() = File(app.noBackupFilesDir, "notices.json")

    /** What the core wants, the soonest first. */
    private fun reminders(): List<Reminder> = runBlocking { app.session.open() }.reminders().sortedBy(Reminder::notifyAt)

    private fun dated(reminder: Reminder): String = words.burn.reminderLate(runBlocking { app.session.open() }.word(reminder.burnOn))

    @Test
    fun `what came due while the phone was off is shown when it starts, once, and by the day and no longer by the days left`() {
        remindedGuest("+79161110070")
        val first = reminders().first()
        val late = dated(first)
        alarmsAreForgotten()
        leave()
        app.time = { first.notifyAt.plus(Duration.ofDays(2)) }
        app.beginAnew()
        app.sendBroadcast(Intent(Intent.ACTION_BOOT_COMPLETED))
        await("the reminder") { said == listOf(late) }
        await("the alarms of the others") { due == wanted.drop(1) }
        app.getSystemService(NotificationManager::class.java)!!.cancelAll()
        for (event in listOf(Intent.ACTION_BOOT_COMPLETED, Intent.ACTION_TIME_CHANGED)) {
            alarmsAreForgotten()
            app.sendBroadcast(Intent(event))
            await("alarms after $event") { due == wanted.drop(1) }
            assertEquals(emptyList<String>(), said)
        }
    }

    @Test
    fun `what came due while the phone was off is shown to whoever opens the app before the system has told it of the start`() {
        remindedGuest("+79161110071")
        val first = reminders().first()
        alarmsAreForgotten()
        leave()
        app.time = { first.notifyAt.plusSeconds(60) }
        app.beginAnew()
        start()
        await("the reminder, as it was meant to be") { said == listOf(first.text) }
        assertEquals(wanted.drop(1), due)
    }

    /** Turned off in the system's settings, or on. */
    private fun block(blocked: Boolean) {
        val importance = if (blocked) NotificationManager.IMPORTANCE_NONE else NotificationManager.IMPORTANCE_DEFAULT
        val manager = app.getSystemService(NotificationManager::class.java)!!
        manager.createNotificationChannel(NotificationChannel(Reminders.CHANNEL, words.profile.notifyBurn, importance))
        // Of a channel that is there already only the guest may change it.
        manager.getNotificationChannel(Reminders.CHANNEL).importance = importance
    }

    @Test
    fun `what came due while the guest had notifications turned off is shown when they turn them on, if it still burns`() {
        remindedGuest("+79161110061")
        val (first, second) = reminders()
        val alarm = alarms.scheduledAlarms.minBy { it.triggerAtMs }
        block(true)
        app.time = { first.notifyAt }
        alarm.toDo.send()
        rule.waitForIdle()
        assertEquals(emptyList<String>(), said)
        assertEquals("no alarm comes over and over", wanted.drop(1), due)
        leave()
        start()
        awaitText(words.home.cardButton)
        rule.waitForIdle()
        assertEquals(emptyList<String>(), said)
        leave()
        block(false)
        start()
        await("the reminder") { said == listOf(first.text) }
        app.getSystemService(NotificationManager::class.java)!!.cancelAll()
        block(true)
        app.time = { second.notifyAt }
        app.reminders.renew()
        block(false)
        app.time = { second.burnOn.atStartOfDay(ZoneId.of("Europe/Moscow")).toInstant() }
        app.reminders.renew()
        assertEquals("burned meanwhile", 0, said.count { it == second.text || it == dated(second) })
    }

    @Test
    fun `what came due while the system had taken the permission back is shown when the guest gives it again`() {
        remindedGuest("+79161110062")
        val first = reminders().first()
        leave()
        notifications.setNotificationsEnabled(false)
        shadowOf(app).denyPermissions(POST_NOTIFICATIONS)
        app.time = { first.notifyAt }
        app.beginAnew()
        app.reminders.renew()
        start()
        awaitText(words.home.cardButton)
        rule.waitForIdle()
        assertEquals(emptyList<String>(), said)
        assertTrue("it stays planned while the system asks", planned.readText().contains(first.id))
        answer(allowed = true)
        await("the reminder") { said == listOf(first.text) }
        assertEquals(wanted.drop(1), due)
    }

    @Test
    fun `on a full disk reminders can be turned off all the same, and stay off`() {
        remindedGuest("+79161110063")
        // What is being written has no place.
        assertTrue(File(app.noBackupFilesDir, "notices.json.new/taken").mkdirs())
        tap(words.burn.reminder)
        await("no alarms") { due.isEmpty() }
        assertTrue("the check knows of the list that is left", planned.readText().contains(reminders().first().id))
        app.reminders.renew()
        assertEquals(emptyList<Long>(), due)
        val first = reminders().first()
        leave()
        app.beginAnew()
        app.time = { first.notifyAt }
        app.reminders.renew()
        assertEquals(emptyList<String>(), said)
    }

    @Test
    fun `what the core has let go of because its time has passed is shown if it still burns, and only then`() {
        remindedGuest("+79161110072")
        val first = reminders().first()
        val schedule = runBlocking { app.session.open() }.current.snapshot!!.schedule as BurnSchedule.Parts
        assertTrue(first.burnOn in schedule.burns.map { it.on })
        app.time = { first.notifyAt.plusSeconds(60) }
        val rest = reminders().drop(1)
        app.reminders.keep(rest, setOf(first.burnOn), LocalDate::toString)
        assertEquals(listOf(first.text), said)
        app.reminders.keep(rest, setOf(first.burnOn), LocalDate::toString)
        assertEquals("once", 1, said.size)
        app.time = { rest.first().notifyAt.plusSeconds(60) }
        app.reminders.keep(emptyList(), emptySet(), LocalDate::toString)
        assertEquals("spent meanwhile", 1, said.size)
        assertEquals(emptyList<Long>(), due)
    }

    @Test
    fun `nobody is reminded of what has burned`() {
        remindedGuest("+79161110073")
        val last = reminders().last()
        alarmsAreForgotten()
        leave()
        app.time = { last.burnOn.atStartOfDay(ZoneId.of("Europe/Moscow")).toInstant() }
        app.beginAnew()
        app.reminders.renew()
        assertEquals(emptyList<String>(), said)
        assertEquals(emptyList<Long>(), due)
    }

    @Test
    fun `of two that were missed about one burn the guest is told once`() {
        remindedGuest("+79161110074")
        val about = reminders().groupBy(Reminder::burnOn).values.first { it.size == 2 }
        app.time = { about.maxOf(Reminder::notifyAt).plusSeconds(60) }
        app.reminders.keep(about, setOf(about.first().burnOn), LocalDate::toString)
        assertEquals(listOf(about.maxBy(Reminder::notifyAt).text), said)
    }

    @Test
    fun `a clock that was wrong for a while makes nobody be told twice`() {
        remindedGuest("+79161110075")
        val first = reminders().first()
        app.time = { first.notifyAt }
        app.reminders.renew()
        assertEquals(listOf(first.text), said)
        app.time = Instant::now
        app.sendBroadcast(Intent(Intent.ACTION_TIME_CHANGED))
        tap(words.burn.reminder)
        await("no alarms") { due.isEmpty() }
        tap(words.burn.reminder)
        await("the others' alarms") { due == wanted.drop(1) }
        assertEquals(1, said.size)
    }

    @Test
    fun `a phone that starts while its Keystore does not answer has its alarms all the same`() {
        remindedGuest("+79161110076")
        val before = due
        alarmsAreForgotten()
        leave()
        app.key.failure = { throw GeneralSecurityException() }
        app.beginAnew()
        app.sendBroadcast(Intent(Intent.ACTION_BOOT_COMPLETED))
        await("alarms") { due == before }
    }

    @Test
    fun `nothing of what is planned stays of a guest who has gone, and the next is reminded of the same days`() {
        remindedGuest("+79161110060")
        val first = reminders().first()
        app.time = { first.notifyAt }
        app.reminders.renew()
        assertTrue("the check finds what is there", planned.readText().run { contains(first.id) && contains(reminders().last().text) })
        runBlocking { app.session.open().signOut() }
        await("nothing is planned") { !planned.exists() && due.isEmpty() }
        app.time = Instant::now
        stage.anHourPasses()
        signIn("+79161110078")
        register("Борис")
        awaitText(words.home.cardButton)
        assertEquals("the next has not asked for it", emptyList<Long>(), due)
        openBurns()
        tap(words.burn.reminder)
        await("all of them, the first too") { due.isNotEmpty() && due == wanted }
        assertEquals("the same days", first.notifyAt.toEpochMilli(), due.first())
    }

    @Test
    fun `a list of plans that cannot be read is planned anew`() {
        remindedGuest("+79161110079")
        val before = due
        leave()
        for (spoiled in listOf("", "{", """{"planned": [{}], "shown": []}""", """{"planned": [{"id": "a", "at": 1, "burnOn": 9223372036854775807, "text": "", "late": ""}], "shown": []}""")) {
            planned.writeText(spoiled)
            alarmsAreForgotten()
            app.sendBroadcast(Intent(Intent.ACTION_BOOT_COMPLETED))
            await("alarms in spite of `$spoiled`") { due == before }
        }
    }
}

package app.loyalty.presenters

import app.loyalty.Reminder
import java.time.Instant

/** A notification to be shown at a time. */
data class Notice(val id: String, val at: Instant, val text: String)

/**
 * What has to change so that exactly the wanted reminders are scheduled.
 *
 * @property cancel scheduled before and not wanted any more.
 * @property schedule under an identifier that is scheduled already, it takes the place of what stands there.
 */
class ReminderPlan private constructor(val cancel: List<String>, val schedule: List<Notice>) {
    companion object {
        private const val PREFIX = "reminder-"

        /** @param scheduled the identifiers of what is scheduled now, others' included. */
        fun of(scheduled: Collection<String>, wanted: List<Reminder>): ReminderPlan {
            val notices = wanted.map { Notice(PREFIX + it.id, it.notifyAt, it.text) }
            val ids = notices.map(Notice::id).toSet()
            return ReminderPlan(scheduled.filter { it.startsWith(PREFIX) && it !in ids }, notices)
        }
    }
}

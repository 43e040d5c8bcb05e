package app.loyalty.android

import android.util.AtomicFile
import java.io.File
import java.io.IOException
import java.time.DateTimeException
import java.time.Instant
import java.time.LocalDate
import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

/**
 * A notification that was planned.
 *
 * @property at when to show it.
 * @property burnOn the day on which what it is about has happened.
 * @property text what to say on the day it was planned for, of which it counts the days.
 * @property late what to say on any later one.
 */
internal data class PlannedNotice(val id: String, val at: Instant, val burnOn: LocalDate, val text: String, val late: String) {
    // It tells what the guest holds.
    override fun toString(): String = "PlannedNotice"
}

/** What is to be shown yet, and the identifiers of what was. */
internal data class Plans(val planned: List<PlannedNotice> = emptyList(), val shown: List<String> = emptyList())

/**
 * Keeps what was planned: the system neither tells which alarms there are nor keeps them when it starts anew, and the
 * session, which knows the burns, leaves out whatever is past.
 */
internal class PlannedNotices(place: File) {
    private val file = AtomicFile(place)

    /** What was last written. What cannot be read is nothing: the session plans anew. */
    fun read(): Plans = try {
        if (file.baseFile.exists()) plans(JSONObject(String(file.readFully()))) else Plans()
    } catch (_: IOException) {
        Plans()
    } catch (_: JSONException) {
        Plans()
    } catch (_: DateTimeException) {
        Plans()
    }

    /** Whether these lie on the disk now. */
    fun write(plans: Plans): Boolean = try {
        val stream = file.startWrite()
        try {
            stream.write(json(plans).toString().toByteArray())
            file.finishWrite(stream)
            true
        } catch (failure: IOException) {
            file.failWrite(stream)
            throw failure
        }
    } catch (_: IOException) {
        false
    }

    fun forget() = file.delete()

    private fun json(plans: Plans): JSONObject {
        val planned = plans.planned.map { notice ->
            JSONObject().put("id", notice.id).put("at", notice.at.toEpochMilli()).put("burnOn", notice.burnOn.toEpochDay())
                .put("text", notice.text).put("late", notice.late)
        }
        return JSONObject().put("planned", JSONArray(planned)).put("shown", JSONArray(plans.shown))
    }

    private fun plans(json: JSONObject): Plans {
        val planned = json.getJSONArray("planned").run { List(length(), ::getJSONObject) }.map { one ->
            PlannedNotice(
                id = one.getString("id"),
                at = Instant.ofEpochMilli(one.getLong("at")),
                burnOn = LocalDate.ofEpochDay(one.getLong("burnOn")),
                text = one.getString("text"),
                late = one.getString("late"),
            )
        }
        return Plans(planned, json.getJSONArray("shown").run { List(length(), ::getString) })
    }
}

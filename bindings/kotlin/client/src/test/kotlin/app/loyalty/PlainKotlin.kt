package app.loyalty

import java.nio.file.Path
import java.sql.Connection
import java.sql.DriverManager
import java.text.NumberFormat
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.util.Locale
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody

/** The same job as an app would do it without a core: OkHttp, kotlinx.serialization and sqlite-jdbc. */
class PlainKotlin(private val stage: Stage, file: Path) : AutoCloseable {
    private val http = OkHttpClient()
    private val database: Connection = DriverManager.getConnection("jdbc:sqlite:$file").apply {
        createStatement().use {
            it.execute("PRAGMA journal_mode = WAL")
            it.execute("PRAGMA synchronous = NORMAL")
            it.execute("CREATE TABLE snapshot (one INTEGER PRIMARY KEY, document TEXT NOT NULL)")
            it.execute("CREATE TABLE history (at INTEGER NOT NULL, id INTEGER NOT NULL, kind TEXT NOT NULL, sum INTEGER NOT NULL, after INTEGER, receipt TEXT, venue TEXT, comment TEXT, PRIMARY KEY (at, id)) WITHOUT ROWID")
        }
    }
    private var token = ""

    private val zone = ZoneId.of("Europe/Moscow")
    private val russian = Locale.forLanguageTag("ru")
    private val days = DateTimeFormatter.ofPattern("d MMMM", russian).withZone(zone)
    private val times = DateTimeFormatter.ofPattern("HH:mm", russian).withZone(zone)
    private val sums = NumberFormat.getNumberInstance(russian)

    /** A row, with what a screen says of it. */
    data class Movement(
        val at: Instant, val id: Long, val kind: String, val sum: Long, val after: Long?, val receipt: String?, val venue: String?,
        val comment: String?, val dayText: String, val timeText: String, val sumText: String, val afterText: String?,
    )

    fun signIn() {
        post("sign-in/code", "phone" to NEWCOMER)
        token = post("sign-in/confirm", "phone" to NEWCOMER, "code" to stage.code(NEWCOMER)).getValue("accessToken").text()
    }

    /** The snapshot and all of the history. */
    fun sync() {
        val snapshot = get("me/snapshot")
        database.autoCommit = false
        database.prepareStatement("INSERT OR REPLACE INTO snapshot VALUES (1, ?)").use {
            it.setString(1, snapshot.toString())
            it.execute()
        }
        database.prepareStatement("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)").use { insert ->
            var cursor: String? = null
            do {
                val page = get("me/transactions?limit=100" + cursor?.let { "&cursor=$it" }.orEmpty())
                for (row in page.getValue("transactions").jsonArray) {
                    val members = row.jsonObject
                    val at = Instant.parse(members.getValue("at").text())
                    insert.setLong(1, at.epochSecond * 1_000_000 + at.nano / 1_000)
                    insert.setLong(2, members.getValue("id").jsonPrimitive.long)
                    insert.setString(3, members.getValue("kind").text())
                    insert.setLong(4, members.getValue("sum").jsonPrimitive.long)
                    insert.setObject(5, members["balanceAfter"].orNull()?.jsonPrimitive?.long)
                    insert.setString(6, members["receipt"].orNull()?.text())
                    insert.setString(7, members["venue"].orNull()?.text())
                    insert.setString(8, members["comment"].orNull()?.text())
                    insert.addBatch()
                }
                insert.executeBatch()
                cursor = page["next"].orNull()?.text()
            } while (cursor != null)
        }
        database.commit()
        database.autoCommit = true
    }

    /** The balance, its burns and the newest five movements, as a screen would show them. */
    fun snapshot(): Pair<JsonObject, List<Movement>> {
        val document = database.createStatement().use { statement ->
            statement.executeQuery("SELECT document FROM snapshot").use { row ->
                row.next()
                Json.parseToJsonElement(row.getString(1)).jsonObject
            }
        }
        check((document.getValue("balance").jsonObject.getValue("burns") as JsonArray).size >= 0)
        return document to page(5)
    }

    /** The newest movements. */
    fun page(limit: Int): List<Movement> =
        database.prepareStatement("SELECT * FROM history ORDER BY at DESC, id DESC LIMIT ?").use { query ->
            query.setInt(1, limit)
            query.executeQuery().use { row ->
                buildList {
                    while (row.next()) {
                        val at = Instant.ofEpochSecond(row.getLong(1) / 1_000_000, row.getLong(1) % 1_000_000 * 1_000)
                        val sum = row.getLong(4)
                        val after = row.getLong(5).takeUnless { row.wasNull() }
                        add(
                            Movement(
                                at, row.getLong(2), row.getString(3), sum, after, row.getString(6), row.getString(7), row.getString(8),
                                days.format(at), times.format(at), sums.format(sum / 100.0), after?.let { sums.format(it / 100.0) },
                            ),
                        )
                    }
                }
            }
        }

    fun count(): Int =
        database.createStatement().use { it.executeQuery("SELECT count(*) FROM history").use { row -> row.next(); row.getInt(1) } }

    private fun get(path: String): JsonObject =
        call(Request.Builder().url("${stage.gateway}/v1/$path").header("authorization", "Bearer $token").build())

    private fun post(path: String, vararg members: Pair<String, String>): JsonObject {
        val body = buildJsonObject { members.forEach { (name, value) -> put(name, kotlinx.serialization.json.JsonPrimitive(value)) } }
        return call(Request.Builder().url("${stage.gateway}/v1/$path").post(body.toString().toRequestBody("application/json".toMediaType())).build())
    }

    private fun call(request: Request): JsonObject =
        http.newCall(request).execute().use { reply ->
            val text = reply.body!!.string()
            check(reply.isSuccessful) { "${reply.code}: $text" }
            Json.parseToJsonElement(text).jsonObject
        }

    private fun JsonElement?.orNull(): JsonElement? = this?.takeUnless { it is JsonNull }

    override fun close() {
        database.close()
        http.dispatcher.executorService.shutdown()
        http.connectionPool.evictAll()
    }
}

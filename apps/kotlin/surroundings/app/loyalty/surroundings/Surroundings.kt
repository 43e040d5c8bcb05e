package app.loyalty.surroundings

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse

/** A loyalty server and a gateway as a process on loopback, with the clock that both go by; for the tests of every shell. */
internal class Surroundings(quiet: Boolean = false, today: String? = null) : AutoCloseable {
    private val process = ProcessBuilder(System.getProperty("loyalty.stage"))
        .redirectError(if (quiet) ProcessBuilder.Redirect.DISCARD else ProcessBuilder.Redirect.INHERIT)
        .start()
    private val http = HttpClient.newHttpClient()
    private val address = process.inputStream.bufferedReader().readLine()
    private val id: String

    /** Where devices find the gateway. */
    val gateway: String

    init {
        val started = post("/stages", """{"till_codes": true, "guests": 5${today?.let { """, "today": "$it"""" }.orEmpty()}}""")
        id = value(started, "id")
        gateway = value(started, "gateway")
    }

    private fun post(path: String, body: String): String {
        val request = HttpRequest.newBuilder(URI.create(address + path)).header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)).build()
        val answer = http.send(request, HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() == 200) { "$body: ${answer.statusCode()} ${answer.body()}" }
        return answer.body()
    }

    private fun act(fields: String): String = post("/stages/$id", "{$fields}")

    /** A new kiosk's credential. */
    fun credential(): String = value(act(""""do": "add_kiosk""""), "credential")

    /** The newest code that was sent to this phone, as its owner would read it. */
    fun code(phone: String): String = value(act(""""do": "code", "phone": "$phone""""), "code")

    /** The code for the till from the phone's own app. */
    fun tillCode(phone: String): String = value(act(""""do": "till_code_elsewhere", "phone": "$phone""""), "code")

    /** The staff registers a guest at the counter. */
    fun register(phone: String, name: String) { act(""""do": "register_at_counter", "phone": "$phone", "name": "$name"""") }

    /** The guest pays this many kopecks at a till. */
    fun visit(phone: String, kopecks: Long) { act(""""do": "visit", "phone": "$phone", "sum": $kopecks""") }

    /** The restaurant blocks an account, or unblocks it. */
    fun block(phone: String, blocked: Boolean) { act(""""do": "block", "phone": "$phone", "blocked": $blocked""") }

    /** Lets an hour go by, and with it the limits on how often codes may be asked for. */
    fun anHourPasses() { act(""""do": "pass", "seconds": 3600""") }

    fun goOffline() { act(""""do": "offline"""") }

    fun goOnline() { act(""""do": "online"""") }

    /** The gateway still hears what it is asked; its answers stay on the way. */
    fun holdAnswers() { act(""""do": "hold_answers"""") }

    /** Waits until an answer has come as far as that. */
    fun heldAnswer() { act(""""do": "held_answer"""") }

    fun releaseAnswers() { act(""""do": "release_answers"""") }

    fun revokeKiosks() { act(""""do": "revoke_kiosks"""") }

    /** What the gateway answers to whoever holds this token. */
    fun statusOf(path: String, token: String): Int {
        val request = HttpRequest.newBuilder(URI.create(gateway + path)).header("authorization", "Bearer $token").build()
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()
    }

    private fun value(json: String, name: String): String =
        checkNotNull(Regex(""""$name":\s*"?([^",}]*)""").find(json)) { "$name in $json" }.groupValues[1]

    override fun close() {
        process.outputStream.close()
        process.waitFor()
    }
}

package app.loyalty

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import java.nio.file.Path
import java.time.Instant
import java.time.temporal.ChronoUnit
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long

/** The process with everything around a guest's device; one for all tests of this JVM. */
object Stages {
    private val process: Process =
        ProcessBuilder(System.getProperty("loyalty.stage") ?: error("run through `cargo xtask test kotlin`"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
    private val address: String = process.inputStream.bufferedReader().readLine()
    private val http: HttpClient = HttpClient.newHttpClient()

    fun send(method: String, path: String, body: JsonElement?): JsonObject {
        val content = body?.toString()?.let(HttpRequest.BodyPublishers::ofString) ?: HttpRequest.BodyPublishers.noBody()
        val request =
            HttpRequest.newBuilder(URI.create("$address$path"))
                .header("content-type", "application/json")
                .method(method, content)
                .build()
        val answer = http.send(request, HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() == 200) { "$path answered ${answer.statusCode()}: ${answer.body()}" }
        return Json.parseToJsonElement(answer.body()).jsonObject
    }
}

/** A server, a gateway, and the way to it. Its clock stands until it is told otherwise. */
class Stage(settings: JsonObject = JsonObject(emptyMap())) : AutoCloseable {
    private val id: Long
    val gateway: String

    /** What the device's clock shows. */
    var now: Instant
        private set

    init {
        val started = Stages.send("POST", "/stages", settings)
        id = started.getValue("id").jsonPrimitive.long
        gateway = started.getValue("gateway").jsonPrimitive.content
        now = instant(started)
    }

    fun act(act: JsonObject): JsonObject {
        val saw = Stages.send("POST", "/stages/$id", act)
        now = instant(saw)
        return JsonObject(saw - "now")
    }

    fun act(name: String, vararg arguments: Pair<String, Any>): JsonObject =
        act(
            buildJsonObject {
                put("do", JsonPrimitive(name))
                for ((key, value) in arguments) {
                    put(
                        key,
                        when (value) {
                            is JsonElement -> value
                            is Number -> JsonPrimitive(value)
                            is Boolean -> JsonPrimitive(value)
                            else -> JsonPrimitive(value.toString())
                        },
                    )
                }
            },
        )

    fun code(phone: String): String = act("code", "phone" to phone).getValue("code").jsonPrimitive.content

    fun settings(folder: Path): Settings =
        Settings(gateway = gateway, folder = folder.toString(), allowPlainHttp = true)

    override fun close() {
        Stages.send("DELETE", "/stages/$id", null)
    }

    private fun instant(saw: JsonObject): Instant =
        Instant.EPOCH.plus(saw.getValue("now").jsonPrimitive.long, ChronoUnit.MICROS)
}

fun json(text: String): JsonObject = Json.parseToJsonElement(text).jsonObject

const val NEWCOMER = "+79161112233"

/** A folder that is gone after [work]. */
inline fun <T> inFolder(work: (Path) -> T): T {
    val folder = Files.createTempDirectory("loyalty")
    try {
        return work(folder)
    } finally {
        folder.toFile().deleteRecursively()
    }
}

/** Signs in with the code that the stage has received. */
suspend fun LoyaltySession.signIn(stage: Stage, phone: String = NEWCOMER) {
    requestCode(phone)
    confirm(phone, stage.code(phone))
}

/** Runs [work] with a guest's device in front of a stage. */
fun onDevice(
    settings: String = "{}",
    secrets: SecretStore = InMemorySecretStore(),
    work: suspend (LoyaltyGuest, Stage) -> Unit,
): Unit =
    Stage(json(settings)).use { stage ->
        inFolder { folder ->
            kotlinx.coroutines.runBlocking {
                Loyalty.openGuest(stage.settings(folder), secrets).use { guest -> work(guest, stage) }
            }
        }
    }

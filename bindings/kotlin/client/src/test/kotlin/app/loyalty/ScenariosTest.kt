package app.loyalty

import app.loyalty.ffi.RehearsalClock
import app.loyalty.ffi.rehearseGuest
import app.loyalty.ffi.rehearseKiosk
import java.io.File
import java.nio.file.Path
import java.time.LocalDate
import java.time.LocalTime
import kotlin.test.Test
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long

/**
 * Plays `tests/scenarios/devices`. What it sees goes to `target/scenarios/devices-kotlin.json`, and has to be what the
 * player in Rust saw, to the byte: `cargo xtask test kotlin` compares the two.
 */
class ScenariosTest {
    @Test
    fun `every scenario is seen and written down`() {
        val project = File(System.getProperty("loyalty.project"))
        val files = project.resolve("tests/scenarios/devices").listFiles { file -> file.extension == "json" }!!
        assertTrue(files.size >= 40, "${files.size} scenarios")
        val lines = files.sortedBy { it.nameWithoutExtension }.flatMap { file ->
            val scenario = json(file.readText())
            inFolder { folder ->
                Player(scenario, folder).use { player ->
                    scenario.getValue("steps").jsonArray.mapIndexed { number, step ->
                        val seen = runBlocking { player.take(step.jsonObject) }
                        canonical(shown("scenario" to file.nameWithoutExtension, "step" to number, "observed" to seen))
                    }
                }
            }
        }
        val report = project.resolve("target/scenarios/devices-kotlin.json")
        report.parentFile.mkdirs()
        report.writeText(lines.joinToString(",\n", "[\n", "\n]\n"))
    }
}

/** A guest's device or a kiosk, and how it takes a step. */
private class Player(scenario: JsonObject, private val folder: Path) : AutoCloseable {
    private val stage = Stage(scenario["stage"]?.jsonObject ?: JsonObject(emptyMap()))
    private val clock = RehearsalClock(stage.now)
    private val secrets = InMemorySecretStore()
    private val phone = scenario["phone"]?.text() ?: NEWCOMER
    private var device: LoyaltySession? = null
    private var code = ""
    private var credential = ""
    private var behind: HistoryCursor? = null

    private val session get() = checkNotNull(device) { "a device is open" }

    override fun close() {
        device?.close()
        clock.close()
        stage.close()
    }

    suspend fun take(step: JsonObject): JsonObject =
        try {
            taken(step)
        } catch (error: LoyaltyException) {
            shown(error)
        }

    private fun guest(): LoyaltyGuest = session as LoyaltyGuest

    private suspend fun taken(step: JsonObject): JsonObject {
        val phone = step["phone"]?.text() ?: phone
        val code = step["code"]?.text() ?: code
        return when (val what = step.getValue("do").text()) {
            "open" -> opened(NativeGuest(calling { rehearseGuest(settings(step).lowered(), ForeignSecrets(secrets), clock) }))
            "open_kiosk" -> opened(NativeKiosk(answering { rehearseKiosk(settings(step).lowered(), credential, clock) }))
            "close" -> {
                (session as? LoyaltyGuest)?.pause()
                session.close()
                device = null
                DONE
            }
            "state" -> shown(session.current)
            "programme" -> shown(session.programme())
            "known_programme" -> shown("programme" to session.knownProgramme?.let(::shown))
            "language" -> {
                session.language = language(step.getValue("to").text())
                shown(session.current)
            }
            "format_phone" -> session.formatPhone(step.getValue("typed").text()).let { shown("text" to it.text, "complete" to it.complete) }
            "word_bonus" ->
                session.word(Bonus(step.getValue("hundredths").jsonPrimitive.long), plus(step))
                    .let { shown("text" to it.text, "number" to it.number, "unit" to it.unit) }
            "word_money" -> shown("text" to session.word(Money(step.getValue("kopecks").jsonPrimitive.long), plus(step)).text)
            "word_date" -> shown("text" to session.word(LocalDate.parse(step.getValue("date").text())))
            "request_code" ->
                session.requestCode(phone).let {
                    shown("resend_after" to it.resendAfter.toSeconds(), "expires_in" to it.expiresIn.toSeconds(), "digits" to it.digits)
                }
            "confirm" -> {
                session.confirm(phone, code)
                shown(session.current)
            }
            "identify" -> {
                (session as LoyaltyKiosk).identify(code)
                shown(session.current)
            }
            "register" -> shown("created" to session.register(form(step), step.getValue("consents").jsonArray.map { consent(it.text()) }.toSet()).created)
            "sign_out" -> {
                val told = session.signOut(if (step["devices"]?.text() == "all") Devices.ALL else Devices.THIS)
                shown("told" to (told == SignOut.COMPLETE), "state" to shown(session.current))
            }
            "refresh" -> shown("snapshot" to shown(session.refresh()))
            "history", "more_history" -> {
                val after = behind.takeIf { what == "more_history" }
                behind = null
                session.history(after, step.getValue("limit").jsonPrimitive.int).also { behind = it.next }.let(::shown)
            }
            "consents" -> shown("consents" to session.consents().map(::shown))
            "give_consent" -> shown(session.giveConsent(consent(step.getValue("kind").text())))
            else -> takenAlone(what, step)
        }
    }

    /** What only a guest's own device does, and what happens around it. */
    private suspend fun takenAlone(what: String, step: JsonObject): JsonObject =
        when (what) {
            "receipt" -> {
                val rows = checkNotNull(session.current.snapshot).newest
                shown(guest().receipt(checkNotNull(rows[step.getValue("row").jsonPrimitive.int].receipt)))
            }
            "till_code" -> guest().tillCode().let { shown("digits" to it.value.length, "lives_for" to it.livesFor?.toSeconds()) }
            "rename" -> shown("name" to guest().updateProfile(ProfileChange(firstName = step.getValue("name").text())).firstName)
            "withdraw_consent" -> done { guest().withdrawConsent(consent(step.getValue("kind").text())) }
            "export" -> guest().exportData().let { copy ->
                shown("found" to step.getValue("texts").jsonArray.map { it.text() in copy })
            }
            "request_deletion" -> shown("requested_at" to guest().requestDeletion().epochSecond, "state" to shown(session.current))
            "reminders" -> {
                val days = step.getValue("days_before").jsonArray.map { it.jsonPrimitive.int }
                val at = LocalTime.parse(step.getValue("at").text())
                shown(guest().reminders(ReminderPolicy(days, at, step.getValue("limit").jsonPrimitive.int)))
            }
            "pause" -> done { guest().pause() }
            "resume" -> done { guest().resume() }
            "upkeep" -> done { guest().upkeep() }
            else -> around(what, step)
        }

    private inline fun done(work: () -> Unit): JsonObject {
        work()
        return DONE
    }

    private fun opened(opened: LoyaltySession): JsonObject {
        device = opened
        return shown(opened.current)
    }

    private fun around(what: String, step: JsonObject): JsonObject {
        val act = LinkedHashMap(step - "expect")
        if (what in WITH_PHONE) act.putIfAbsent("phone", JsonPrimitive(phone))
        val saw = stage.act(JsonObject(act))
        clock.set(stage.now)
        saw["code"]?.let { code = it.text() }
        saw["credential"]?.let { credential = it.text() }
        return if ("code" in saw || "credential" in saw) DONE else saw
    }

    private fun settings(step: JsonObject): Settings =
        stage.settings(folder.resolve("data")).copy(
            language = language(step["language"]?.text() ?: "ru"),
            timeout = java.time.Duration.ofSeconds(10),
        )

    private fun form(step: JsonObject) =
        RegistrationForm(
            firstName = step.getValue("name").text(),
            birthday = step["birthday"]?.takeIf { it != JsonNull }?.let { LocalDate.parse(it.text()) },
            email = step["email"]?.text(),
        )

    private fun plus(step: JsonObject) = step["plus"]?.jsonPrimitive?.boolean ?: false

    private fun language(code: String) = Language.entries.first { it.code == code }

    private fun consent(word: String) = ConsentKind.valueOf(word.uppercase())

    private companion object {
        val WITH_PHONE = setOf("register_at_counter", "visit", "block", "code", "till_code_elsewhere", "sign_out_elsewhere")
    }
}

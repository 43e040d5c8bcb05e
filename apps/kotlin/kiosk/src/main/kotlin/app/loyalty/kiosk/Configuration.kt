package app.loyalty.kiosk

import app.loyalty.presenters.kiosk.KioskTimes
import app.loyalty.words.Language
import java.io.IOException
import java.io.StringReader
import java.nio.charset.StandardCharsets
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.time.LocalTime
import java.time.ZoneId
import java.util.Properties

/** The kiosk cannot start as it is set up; [message] names the file or key and what to do, and nothing secret. */
class SetupFault(message: String) : Exception(message)

/**
 * What an operator writes into `kiosk.properties`.
 *
 * @property device what staff call this kiosk.
 * @property credential the file with what `loyalty gateway device add` printed.
 * @property pin the staff's PIN as an Argon2id hash; `null` keeps the staff's menu shut.
 * @property app where the phone's app can be had, shown as a QR code.
 * @property idle how long nobody has to touch the screen until it asks whether somebody is there.
 */
data class Configuration(
    val gateway: String,
    val device: String,
    val credential: Path,
    val pin: String?,
    val language: Language,
    val dark: Boolean,
    val zone: ZoneId,
    val hours: OpeningHours?,
    val app: String?,
    val idle: Duration,
    val roots: Path?,
    val plainHttp: Boolean,
) {
    companion object {
        private const val MOST_BYTES = 64 * 1024
        private val IDLE_SECONDS = 20L..600L

        /** What a code that is read from a screen can hold. */
        private const val MOST_OF_ADDRESS = 500
        private val KEYS = setOf(
            "gateway", "device", "credential", "staff-pin", "language", "theme", "time-zone", "hours", "app", "idle-seconds", "extra-roots", "allow-plain-http",
        )

        /** @throws SetupFault naming the key that is missing, unknown or wrong. */
        fun read(file: Path): Configuration {
            val text = try {
                if (Files.size(file) > MOST_BYTES) throw SetupFault("$file: larger than $MOST_BYTES bytes")
                Files.readString(file, StandardCharsets.UTF_8)
            } catch (_: IOException) {
                throw SetupFault("$file cannot be read: create it from kiosk.properties.example")
            }
            val keys = Properties().apply { load(StringReader(text)) }
            keys.stringPropertyNames().firstOrNull { it !in KEYS }?.let { throw SetupFault("$file: `$it` is not a key; known are ${KEYS.sorted()}") }

            fun <T> key(name: String, parse: (String) -> T): T? {
                val value = keys.getProperty(name)?.trim()?.ifEmpty { null } ?: return null
                return runCatching { parse(value) }.getOrElse { throw SetupFault("$file: `$name` cannot be understood") }
            }
            fun needed(name: String) = key(name) { it } ?: throw SetupFault("$file: `$name` is missing")

            return Configuration(
                gateway = needed("gateway"),
                device = needed("device"),
                credential = Path.of(needed("credential")),
                pin = key("staff-pin") { PinHash.parse(it); it },
                language = key("language") { code -> Language.entries.first { it.code == code } } ?: Language.RU,
                dark = key("theme") { theme -> require(theme in setOf("light", "dark")); theme == "dark" } ?: false,
                zone = key("time-zone", ZoneId::of) ?: ZoneId.of("Europe/Moscow"),
                hours = key("hours", OpeningHours::parse),
                app = key("app") { address -> address.also { require(it.length <= MOST_OF_ADDRESS) } },
                idle = key("idle-seconds") { text -> Duration.ofSeconds(text.toLong().also { require(it in IDLE_SECONDS) }) } ?: Duration.ofMillis(KioskTimes().idle),
                roots = key("extra-roots", Path::of),
                plainHttp = key("allow-plain-http") { it.toBooleanStrict() } ?: false,
            )
        }
    }
}

/** From when to when the venue is open every day; it may close after midnight. */
data class OpeningHours(val from: LocalTime, val until: LocalTime) {
    fun isOpen(at: LocalTime): Boolean = if (from < until) at >= from && at < until else at >= from || at < until

    /** As a guest reads it: `9:00–23:00`. */
    override fun toString(): String = listOf(from, until).joinToString("–") { "${it.hour}:${it.minute.toString().padStart(2, '0')}" }

    companion object {
        fun parse(text: String): OpeningHours {
            val (from, until) = text.split('-').map { LocalTime.parse(it.trim().padStart(5, '0')) }.also { require(it.size == 2) }
            require(from != until)
            return OpeningHours(from, until)
        }
    }
}

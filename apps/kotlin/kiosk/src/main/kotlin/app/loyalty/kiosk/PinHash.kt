package app.loyalty.kiosk

import java.security.MessageDigest
import java.security.SecureRandom
import java.util.Base64
import org.bouncycastle.crypto.generators.Argon2BytesGenerator
import org.bouncycastle.crypto.params.Argon2Parameters

/** The staff's PIN as an Argon2id hash in the usual text form, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
class PinHash private constructor(private val memory: Int, private val passes: Int, private val lanes: Int, private val salt: ByteArray, private val hash: ByteArray) {
    /** Whether this is the PIN; takes as long whether or not it is. */
    fun fits(pin: String): Boolean = MessageDigest.isEqual(hash, digest(pin, memory, passes, lanes, salt, hash.size))

    override fun toString(): String {
        val base64 = Base64.getEncoder().withoutPadding()
        return "\$argon2id\$v=19\$m=$memory,t=$passes,p=$lanes\$${base64.encodeToString(salt)}\$${base64.encodeToString(hash)}"
    }

    companion object {
        private const val MEMORY_KIB = 19 * 1024
        private const val MOST_MEMORY_KIB = 256 * 1024
        private const val PASSES = 2
        private const val MOST_PASSES = 16
        private const val BYTES = 32
        private val PIN = Regex("[0-9]{4,8}")

        /** Hashes a PIN of four to eight digits under a new salt. */
        fun of(pin: String): PinHash {
            require(PIN.matches(pin)) { "a PIN has four to eight digits" }
            val salt = ByteArray(16).also(SecureRandom()::nextBytes)
            return PinHash(MEMORY_KIB, PASSES, 1, salt, digest(pin, MEMORY_KIB, PASSES, 1, salt, BYTES))
        }

        /** Reads the text form. */
        fun parse(text: String): PinHash {
            val parts = text.split('$')
            require(parts.size == 6 && parts[1] == "argon2id" && parts[2] == "v=19") { "not an Argon2id hash" }
            val costs = parts[3].split(',').associate { it.substringBefore('=') to it.substringAfter('=').toInt() }
            val memory = costs.getValue("m")
            val passes = costs.getValue("t")
            // A mistyped cost would freeze the kiosk instead of checking a PIN.
            require(memory in 8..MOST_MEMORY_KIB && passes in 1..MOST_PASSES)
            val base64 = Base64.getDecoder()
            return PinHash(memory, passes, costs.getValue("p"), base64.decode(parts[4]), base64.decode(parts[5]))
        }

        private fun digest(pin: String, memory: Int, passes: Int, lanes: Int, salt: ByteArray, bytes: Int): ByteArray {
            val parameters = Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memory).withIterations(passes).withParallelism(lanes).withSalt(salt).build()
            val digest = ByteArray(bytes)
            Argon2BytesGenerator().apply { init(parameters) }.generateBytes(pin.toCharArray(), digest)
            return digest
        }
    }
}

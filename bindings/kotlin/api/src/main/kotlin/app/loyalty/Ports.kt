package app.loyalty

/**
 * Keeps small secrets (a session's tokens, the guest's own phone) where the platform keeps secrets.
 *
 * Called from the library's own threads, which may block; one call at a time a key. A failure is thrown as
 * [SecretStoreException], never swallowed: an app that could not save its session must say so instead of signing the
 * guest out at the next start. Anything else that is thrown counts as [SecretStoreException.Reason.FAILED], and what it
 * says goes nowhere.
 */
public interface SecretStore {
    /** The secret under [key], or `null` when there is none. */
    public fun get(key: String): ByteArray?

    /** Keeps [secret] under [key], in place of what stood there. */
    public fun set(key: String, secret: ByteArray)

    /** Removes the secret under [key]; removing what is not there succeeds. */
    public fun delete(key: String)
}

/** Why a secret could not be kept or read. */
public class SecretStoreException(
    /** In which way the store failed. */
    public val reason: Reason,
) : Exception(reason.name) {
    /** In which way a store failed. */
    public enum class Reason {
        /** It is there, but locked or closed to us. */
        REFUSED,

        /** It is not there, or cannot be reached. */
        UNAVAILABLE,

        /** It holds something that we did not write. */
        DAMAGED,

        /** It could not be read or written. */
        FAILED,
    }
}

/** Secrets in memory: for tests, and for whatever must not outlive the process. */
public class InMemorySecretStore : SecretStore {
    private val secrets = java.util.concurrent.ConcurrentHashMap<String, ByteArray>()

    override fun get(key: String): ByteArray? = secrets[key]?.copyOf()

    override fun set(key: String, secret: ByteArray) {
        secrets[key] = secret.copyOf()
    }

    override fun delete(key: String) {
        secrets.remove(key)
    }
}

/** How much a line of the log matters. */
public enum class LogLevel {
    /** Something failed for good. */
    ERROR,

    /** Something is not as it should be. */
    WARN,

    /** Something worth knowing happened. */
    INFO,

    /** What a developer follows. */
    DEBUG,
}

/** Takes the library's log. Lines hold nothing personal and no secret. */
public fun interface LogSink {
    /**
     * Takes a line. Called from one thread of the library's own, in order; lines that come faster than they are taken
     * are dropped. What it throws is ignored.
     *
     * @param origin which part of the library speaks.
     */
    public fun log(level: LogLevel, origin: String, message: String)
}

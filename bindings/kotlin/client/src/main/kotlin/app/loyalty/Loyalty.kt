package app.loyalty

import app.loyalty.ffi.LogLine
import app.loyalty.ffi.LogLevel as NativeLevel
import app.loyalty.ffi.LogSink as NativeSink
import app.loyalty.ffi.keepThreadsAttached
import app.loyalty.ffi.logTo
import app.loyalty.ffi.openGuest
import app.loyalty.ffi.openKiosk
import app.loyalty.ffi.uniffiEnsureInitialized

/** Opens the loyalty core. */
public object Loyalty {
    init {
        // Finds out whether the native library is the one that this code was written for, before anything is called
        // that could be understood wrongly. Without this call nobody would.
        uniffiEnsureInitialized()
        keepThreadsAttached()
    }

    /**
     * Opens a guest's own device and goes on with the session that was kept, if there is one. Sends nothing. Open one at a
     * time over the same [Settings.folder].
     *
     * @throws LoyaltyException.InvalidInput about a setting.
     * @throws LoyaltyException.SecretStoreFailed when nobody can tell whether somebody is signed in.
     */
    public suspend fun openGuest(settings: Settings, secrets: SecretStore): LoyaltyGuest =
        calling { NativeGuest(openGuest(settings.lowered(), ForeignSecrets(secrets))) }

    /**
     * Opens a kiosk with the credential that the operator has given it. Sends nothing, keeps nothing.
     *
     * @throws LoyaltyException.InvalidInput about a setting or the credential.
     */
    public fun openKiosk(settings: Settings, credential: String): LoyaltyKiosk =
        answering { NativeKiosk(openKiosk(settings.lowered(), credential)) }

    /** Formats a phone at every key that is typed. */
    public fun formatPhone(typed: String): PhoneInput = answering { app.loyalty.ffi.formatPhone(typed).lifted() }

    /**
     * Hands every line of the log that matters at least as much as [level] to [sink], for as long as the process lives.
     *
     * @throws LoyaltyException.Conflict when there is a sink already.
     */
    public fun logTo(level: LogLevel, sink: LogSink): Unit =
        answering {
            val taking =
                object : NativeSink {
                    override fun take(line: LogLine) {
                        sink.log(line.level.lifted(), line.origin, line.text)
                    }
                }
            logTo(
                when (level) {
                    LogLevel.ERROR -> NativeLevel.ERROR
                    LogLevel.WARN -> NativeLevel.WARN
                    LogLevel.INFO -> NativeLevel.INFO
                    LogLevel.DEBUG -> NativeLevel.DEBUG
                },
                taking,
            )
        }

    private fun NativeLevel.lifted(): LogLevel =
        when (this) {
            NativeLevel.ERROR -> LogLevel.ERROR
            NativeLevel.WARN -> LogLevel.WARN
            NativeLevel.INFO -> LogLevel.INFO
            NativeLevel.DEBUG -> LogLevel.DEBUG
        }
}

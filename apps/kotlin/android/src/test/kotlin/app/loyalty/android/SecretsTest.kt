package app.loyalty.android

import android.security.keystore.KeyPermanentlyInvalidatedException
import app.loyalty.SecretStoreException
import app.loyalty.presenters.Cause
import java.io.File
import java.security.GeneralSecurityException
import java.security.UnrecoverableKeyException
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** What becomes of the session when its key fails. */
class SecretsTest : PhoneTest() {
    private val folder get() = File(app.noBackupFilesDir, "tried")
    private val store get() = KeystoreSecretStore(folder, app.key)

    @Test
    fun `a secret comes back as it was, for its own name alone, and is never written as it is`() {
        assertNull(store.get("session"))
        store.set("session", SECRET)
        assertArrayEquals(SECRET, store.get("session"))
        val file = folder.listFiles()!!.single()
        assertFalse(String(SECRET) in file.readText(Charsets.ISO_8859_1))
        val before = file.readBytes()
        store.set("session", SECRET)
        assertFalse("never twice the same", before.contentEquals(folder.listFiles()!!.single().readBytes()))
        file.copyTo(File(folder, "other".toByteArray().joinToString("") { "%02x".format(it) }))
        assertNull("another's secret is none", store.get("other"))
        assertNull(store.get("session"))
        store.delete("session")
    }

    @Test
    fun `without its key a secret is lost, and its file removed`() {
        val store = store
        store.set("session", SECRET)
        app.key.key = null
        assertFalse(store.lost)
        assertNull(store.get("session"))
        assertTrue(store.lost)
        assertFalse(folder.exists())
        store.set("session", SECRET)
        assertArrayEquals(SECRET, store.get("session"))
    }

    @Test
    fun `under another key, or changed by somebody, a secret is lost`() {
        for (spoil in listOf<(File) -> Unit>({ app.key.create() }, { it.writeBytes(it.readBytes().apply { this[size - 1] = (this[size - 1] + 1).toByte() }) })) {
            val store = store
            store.set("session", SECRET)
            spoil(folder.listFiles()!!.single())
            assertNull(store.get("session"))
            assertTrue(store.lost)
        }
    }

    @Test
    fun `a Keystore that does not answer signs nobody out`() {
        val store = store
        store.set("session", SECRET)
        for (failure in listOf(GeneralSecurityException("of no use to anybody: 4711"), UnrecoverableKeyException("busy"))) {
            app.key.failure = { throw failure }
            val refused = assertThrows(SecretStoreException::class.java) { store.get("session") }
            assertEquals(SecretStoreException.Reason.UNAVAILABLE, refused.reason)
            assertNull(refused.cause)
            assertThrows(SecretStoreException::class.java) { store.set("session", SECRET) }
        }
        app.key.failure = null
        assertArrayEquals(SECRET, store.get("session"))
        assertFalse(store.lost)
    }

    @Test
    fun `a key that the system gave up for good, and a file that is none of ours, are losses and no dead end`() {
        for (spoil in listOf<(File) -> Unit>({ app.key.failure = { throw KeyPermanentlyInvalidatedException() } }, { it.writeBytes(byteArrayOf()) })) {
            val store = store
            store.set("session", SECRET)
            spoil(folder.listFiles()!!.single())
            assertNull(store.get("session"))
            assertTrue(store.lost)
            app.key.failure = null
        }
    }

    @Test
    fun `a guest whose key is lost is signed out, told so, and can sign in again`() {
        arrive("+79161110040")
        app.key.key = null
        die()
        awaitText(words.problem.signedOut)
        assertTrue(File(app.noBackupFilesDir, "secrets").list().orEmpty().isEmpty())
        // The last code was asked for a moment ago.
        stage.anHourPasses()
        signIn("+79161110040")
        awaitText(words.home.cardButton)
    }

    @Test
    fun `a Keystore that is away for a moment can be tried again, and the guest is still signed in`() {
        arrive("+79161110041")
        app.key.failure = { throw GeneralSecurityException() }
        die()
        awaitText(words.problem.secrets)
        assertEquals(Cause.SECRETS, (app.opening.state.value as OpeningState.Failed).problem.cause)
        app.key.failure = null
        tap(words.action.retry)
        awaitText(words.home.cardButton)
    }

    private companion object {
        val SECRET = "a token, 4711".toByteArray()
    }
}

package app.loyalty

import java.util.concurrent.ConcurrentHashMap
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking

class SecretStoreTest {
    /** A store that throws what it is told to. */
    private class Failing(var thrown: Throwable? = null, var only: String? = null) : SecretStore {
        val kept = ConcurrentHashMap<String, ByteArray>()

        private fun fail(what: String) {
            thrown?.takeIf { only == null || only == what }?.let { throw it }
        }

        override fun get(key: String): ByteArray? {
            fail("get")
            return kept[key]
        }

        override fun set(key: String, secret: ByteArray) {
            fail("set")
            kept[key] = secret
        }

        override fun delete(key: String) {
            fail("delete")
            kept.remove(key)
        }
    }

    @Test
    fun `each reason reaches the app by its own code`() = inFolder { folder ->
        val codes =
            mapOf(
                SecretStoreException.Reason.REFUSED to "secret_store",
                SecretStoreException.Reason.UNAVAILABLE to "secret_store_unavailable",
                SecretStoreException.Reason.DAMAGED to "secret_store_damaged",
                SecretStoreException.Reason.FAILED to "secret_store",
            )
        for ((reason, code) in codes) {
            val refused = refusal(folder.toString(), Failing(SecretStoreException(reason)))
            assertEquals(code, refused.code.text)
        }
    }

    @Test
    fun `what nobody expected becomes a failure without a word of what it said`() = inFolder { folder ->
        for (thrown in listOf(IllegalStateException("token 4711"), OutOfMemoryError("token 4711"))) {
            val refused = refusal(folder.toString(), Failing(thrown))
            assertEquals("secret_store", refused.code.text)
            assertFalse(refused.stackTraceToString().contains("4711"))
        }
    }

    private fun refusal(folder: String, store: SecretStore): LoyaltyException.SecretStoreFailed =
        assertFailsWith<LoyaltyException.SecretStoreFailed> {
            runBlocking { Loyalty.openGuest(Settings("https://gateway.example", folder), store) }
        }

    @Test
    fun `a session that cannot be kept is not begun`() {
        val store = Failing()
        onDevice(secrets = store) { guest, stage ->
            guest.requestCode(NEWCOMER)
            store.thrown = SecretStoreException(SecretStoreException.Reason.FAILED)
            store.only = "set"
            assertFailsWith<LoyaltyException.SecretStoreFailed> { guest.confirm(NEWCOMER, stage.code(NEWCOMER)) }
            assertEquals(false, guest.current.signedIn)
            assertTrue(store.kept.isEmpty())
        }
    }

    @Test
    fun `signing out leaves nothing in the store`() {
        val store = Failing()
        onDevice(secrets = store) { guest, stage ->
            guest.signIn(stage)
            assertTrue(store.kept.isNotEmpty())
            assertFalse(store.kept.keys.any { it.contains("916") })
            guest.signOut()
            assertTrue(store.kept.isEmpty(), "${store.kept.keys}")
        }
    }

    @Test
    fun `the store in memory gives copies away`() {
        val store = InMemorySecretStore()
        val secret = byteArrayOf(1, 2, 3)
        store.set("key", secret)
        secret.fill(0)
        store.get("key")?.fill(9)
        assertEquals(listOf<Byte>(1, 2, 3), store.get("key")?.toList())
        store.delete("key")
        store.delete("key")
        assertNull(store.get("key"))
    }
}

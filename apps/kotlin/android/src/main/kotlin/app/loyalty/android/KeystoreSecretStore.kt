package app.loyalty.android

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.util.AtomicFile
import app.loyalty.SecretStore
import app.loyalty.SecretStoreException
import app.loyalty.SecretStoreException.Reason
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.ProviderException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** Where the key of the secrets lives. */
interface KeySource {
    /** The key, or `null` when there is none (any more). */
    fun existing(): SecretKey?

    /** Makes a key in the place of whatever stood there. */
    fun create(): SecretKey
}

/** A key that never leaves the device's Keystore: even this app only ever has its name. */
class KeystoreKey(private val alias: String) : KeySource {
    override fun existing(): SecretKey? =
        KeyStore.getInstance(PROVIDER).apply { load(null) }.getKey(alias, null) as SecretKey?

    override fun create(): SecretKey {
        val spec = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER).run { init(spec); generateKey() }
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
    }
}

/**
 * Keeps secrets in files, each encrypted with AES-GCM under a key from [keys] and bound to its name.
 *
 * When the key is gone for good (the system drops keys, for instance, when it is damaged or reset), nobody can ever read
 * the files again: they are removed, [lost] says so, and the guest is signed out. A key that cannot be had at the moment
 * is a failure like any other, and signs nobody out.
 */
class KeystoreSecretStore(private val folder: File, private val keys: KeySource) : SecretStore {
    /** Whether secrets were found that cannot be read any more, and were removed. Whoever has told the guest resets it. */
    @Volatile
    var lost: Boolean = false

    override fun get(key: String): ByteArray? = answering {
        val file = file(key)
        if (!file.baseFile.exists()) return@answering null
        val kept = file.readFully()
        val with = existing() ?: return@answering forgetAll()
        try {
            decrypted(key, kept, with)
        } catch (_: AEADBadTagException) {
            forgetAll()
        } catch (_: KeyPermanentlyInvalidatedException) {
            forgetAll()
        } catch (_: Damaged) {
            forgetAll()
        }
    }

    override fun set(key: String, secret: ByteArray) = answering {
        val written = try {
            encrypted(key, secret, existing() ?: created())
        } catch (_: KeyPermanentlyInvalidatedException) {
            encrypted(key, secret, created())
        }
        folder.mkdirs()
        val file = file(key)
        val stream = file.startWrite()
        try {
            stream.write(written)
            file.finishWrite(stream)
        } catch (failure: IOException) {
            file.failWrite(stream)
            throw failure
        }
    }

    override fun delete(key: String) = answering {
        file(key).delete()
        if (file(key).baseFile.exists()) throw IOException()
    }

    /** A key that the system has given up for good is none. Every other failure may pass, and loses nothing. */
    private fun existing(): SecretKey? = try {
        keys.existing()
    } catch (_: KeyPermanentlyInvalidatedException) {
        null
    }

    /** A new key; what the old one has locked is lost with it. */
    private fun created(): SecretKey {
        if (folder.list().orEmpty().isNotEmpty()) forgetAll()
        return keys.create()
    }

    private fun forgetAll(): ByteArray? {
        lost = true
        if (!folder.deleteRecursively()) throw IOException()
        return null
    }

    /** A name that is a file's name on every file system. */
    private fun file(key: String) = AtomicFile(File(folder, key.toByteArray().joinToString("") { "%02x".format(it) }))

    private fun encrypted(name: String, secret: ByteArray, with: SecretKey): ByteArray {
        val cipher = Cipher.getInstance(CIPHER).apply { init(Cipher.ENCRYPT_MODE, with); updateAAD(name.toByteArray()) }
        return byteArrayOf(FORMAT, cipher.iv.size.toByte()) + cipher.iv + cipher.doFinal(secret)
    }

    private fun decrypted(name: String, kept: ByteArray, with: SecretKey): ByteArray {
        val nonce = kept.getOrNull(1)?.toInt() ?: 0
        if (kept.firstOrNull() != FORMAT || nonce !in 1..MOST_NONCE || kept.size < 2 + nonce) throw Damaged()
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.DECRYPT_MODE, with, GCMParameterSpec(TAG_BITS, kept, 2, nonce))
        cipher.updateAAD(name.toByteArray())
        return cipher.doFinal(kept, 2 + nonce, kept.size - 2 - nonce)
    }

    /** Nothing that the system says about a failure may travel on: only its kind. */
    private fun <T> answering(call: () -> T): T = try {
        call()
    } catch (_: IOException) {
        throw SecretStoreException(Reason.FAILED)
    } catch (_: GeneralSecurityException) {
        throw SecretStoreException(Reason.UNAVAILABLE)
    } catch (_: ProviderException) {
        throw SecretStoreException(Reason.UNAVAILABLE)
    }

    /** A file that nobody can ever read again. */
    private class Damaged : Exception()

    private companion object {
        const val CIPHER = "AES/GCM/NoPadding"
        const val FORMAT: Byte = 1
        const val TAG_BITS = 128
        const val MOST_NONCE = 16
    }
}

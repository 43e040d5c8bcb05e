package app.loyalty.ffi

import com.sun.jna.CallbackThreadInitializer
import com.sun.jna.Native

/**
 * Lets the core's threads stay known to the virtual machine after the first answer that they bring. JNA would attach and
 * detach them for every single one, which costs more than reading a page. There are few, they live as long as the process,
 * and one that ends all the same is detached by JNA then. To be called before the first call that waits for an answer: JNA
 * looks at this once.
 */
public fun keepThreadsAttached() {
    Native.setCallbackThreadInitializer(uniffiRustFutureContinuationCallbackImpl, CallbackThreadInitializer(true, false, "loyalty"))
}

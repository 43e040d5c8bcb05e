package app.loyalty.presenters

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.receiveAsFlow
import kotlinx.coroutines.flow.update

/**
 * What stands behind one screen: it takes actions, changes its state in one place, and emits what happens once (moving to
 * another screen, opening a link) as effects.
 *
 * Actions are given from one thread, the scope's; the work they start ends with the scope.
 */
abstract class Presenter<State : Any, Action : Any, Effect : Any>(
    initial: State,
    protected val scope: CoroutineScope,
) {
    private val states = MutableStateFlow(initial)
    private val sent = Channel<Effect>(Channel.BUFFERED)

    /** What the screen shows now, and then every change. */
    val state: StateFlow<State> = states.asStateFlow()

    /** Each is delivered once, to whoever collects. */
    val effects: Flow<Effect> = sent.receiveAsFlow()

    /** Takes what the guest did. */
    abstract fun on(action: Action)

    /** The app is on the screen again: what may be out of date, or could not be read meanwhile, is looked at anew. */
    open fun wake() = Unit

    /** The only way in which the state changes. */
    protected fun change(with: State.() -> State) = states.update(with)

    protected fun emit(effect: Effect) {
        sent.trySend(effect)
    }
}

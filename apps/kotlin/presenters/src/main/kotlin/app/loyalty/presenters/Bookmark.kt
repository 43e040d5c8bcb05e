package app.loyalty.presenters

import java.time.Duration

/**
 * What a guest has typed and not sent.
 *
 * @property phone of the first step of signing in.
 * @property form the newcomer's; [agreedToData] and [agreedToAds] are its consents.
 * @property draft the guest's own data while they are being changed.
 */
data class Typed(
    val phone: String = "",
    val form: ProfileForm = ProfileForm("", "", ""),
    val agreedToData: Boolean = false,
    val agreedToAds: Boolean = false,
    val draft: ProfileForm? = null,
) {
    // Personal throughout.
    override fun toString(): String = "Typed"
}

/**
 * Where a guest was and what they had typed, for a process that takes over where another was interrupted.
 *
 * It is personal, so it belongs where the system keeps an app's state in memory and nowhere else. The sign-in code is
 * never in it, nor the session, nor anything that was read from the server: that is read again.
 */
data class Bookmark(val places: List<Place>, val typed: Typed) {
    /** The places as far as they can be shown to a guest who is signed in, or who is not; `null` where none can. */
    internal fun placesFor(signedIn: Boolean): List<Place>? = places.takeIf {
        when (it.firstOrNull()) {
            Place.SignIn -> !signedIn
            is Place.Main, is Place.Register -> signedIn
            else -> false
        }
    }

    /** As texts by name, which every system can keep. */
    fun toMap(): Map<String, String> = buildMap {
        put("places", places.mapNotNull(::written).joinToString("\n"))
        put("phone", typed.phone)
        putAll(typed.form.toMap("form"))
        put("data", typed.agreedToData.toString())
        put("ads", typed.agreedToAds.toString())
        typed.draft?.let { putAll(it.toMap("draft")) }
    }

    override fun toString(): String = "Bookmark"

    companion object {
        /** Reads back what [toMap] wrote; what it does not understand is left out. */
        fun of(map: Map<String, String>): Bookmark = Bookmark(
            places = map["places"].orEmpty().lines().mapNotNull(::read),
            typed = Typed(
                phone = map["phone"].orEmpty(),
                form = form(map, "form") ?: ProfileForm("", "", ""),
                agreedToData = map["data"].toBoolean(),
                agreedToAds = map["ads"].toBoolean(),
                draft = form(map, "draft"),
            ),
        )

        internal fun of(opened: List<Pair<Place, Screen>>): Bookmark = Bookmark(
            places = opened.map { (place, screen) -> screen.asNow(place) },
            typed = opened.fold(Typed()) { typed, (_, screen) -> screen.addTo(typed) },
        )
    }
}

/** The place as it would have to be entered now. */
private fun Screen.asNow(place: Place): Place = when (this) {
    is Screen.Code -> presenter.state.value.let { state ->
        Place.Code(CodeOnItsWay(state.phone, state.resendIn?.let(::unclock) ?: Duration.ZERO, state.length))
    }
    is Screen.Register -> if (presenter.state.value.done) Place.Main(Tab.HOME) else place
    else -> place
}

private fun Screen.addTo(typed: Typed): Typed = when (this) {
    is Screen.SignIn -> typed.copy(phone = presenter.state.value.phone)
    is Screen.Register -> presenter.state.value.let {
        typed.copy(form = ProfileForm(it.name, it.birthday, it.email), agreedToData = it.agreedToData, agreedToAds = it.agreedToAds)
    }
    is Screen.Profile -> typed.copy(draft = presenter.state.value.draft)
    else -> typed
}

internal fun SignInPresenter.restore(typed: Typed) {
    if (typed.phone.isNotEmpty()) on(SignInAction.Typed(typed.phone))
}

internal fun RegisterPresenter.restore(typed: Typed) {
    on(RegisterAction.Name(typed.form.name))
    on(RegisterAction.Birthday(typed.form.birthday))
    on(RegisterAction.Email(typed.form.email))
    on(RegisterAction.AgreeToData(typed.agreedToData))
    on(RegisterAction.AgreeToAds(typed.agreedToAds))
}

internal fun ProfilePresenter.restore(typed: Typed) {
    val draft = typed.draft ?: return
    on(ProfileAction.Edit)
    on(ProfileAction.Draft(draft))
}

private fun ProfileForm.toMap(prefix: String) = mapOf("$prefix.name" to name, "$prefix.birthday" to birthday, "$prefix.email" to email)

private fun form(map: Map<String, String>, prefix: String): ProfileForm? {
    val name = map["$prefix.name"] ?: return null
    return ProfileForm(name, map["$prefix.birthday"].orEmpty(), map["$prefix.email"].orEmpty())
}

/** A line for each place; those that the server decides about have none. */
private fun written(place: Place): String? = when (place) {
    Place.SignIn -> "sign-in"
    is Place.Code -> "code ${place.sent.resendAfter.seconds} ${place.sent.digits} ${place.sent.phone}"
    is Place.Register -> "register ${place.consentsOnly}"
    is Place.Main -> "main ${place.tab.name}"
    Place.Card -> "card"
    Place.Burns -> "burns"
    is Place.Receipt -> "receipt ${place.reference}"
    Place.Programme -> "programme"
    is Place.Blocked, Place.Outdated -> null
}

private fun read(line: String): Place? {
    val rest = line.substringAfter(' ', "")
    return when (line.substringBefore(' ')) {
        "sign-in" -> Place.SignIn
        "code" -> readCode(rest.split(' ', limit = 3))
        "register" -> Place.Register(rest.toBoolean())
        "main" -> Tab.entries.firstOrNull { it.name == rest }?.let { Place.Main(it) }
        "card" -> Place.Card
        "burns" -> Place.Burns
        "receipt" -> Place.Receipt(rest)
        "programme" -> Place.Programme
        else -> null
    }
}

private fun readCode(words: List<String>): Place? {
    val (seconds, digits, phone) = words.takeIf { it.size == 3 } ?: return null
    return Place.Code(CodeOnItsWay(phone, Duration.ofSeconds(seconds.toLongOrNull() ?: return null), digits.toIntOrNull() ?: return null))
}

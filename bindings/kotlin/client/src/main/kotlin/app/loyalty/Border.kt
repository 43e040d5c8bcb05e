package app.loyalty

import app.loyalty.ffi.BonusAmount as NativeBonus
import app.loyalty.ffi.BurnView
import app.loyalty.ffi.CodeSentView
import app.loyalty.ffi.Connectivity as NativeConnectivity
import app.loyalty.ffi.ConsentKind as NativeConsentKind
import app.loyalty.ffi.ConsentTextView
import app.loyalty.ffi.ConsentView
import app.loyalty.ffi.CouponView
import app.loyalty.ffi.DayChange
import app.loyalty.ffi.Devices as NativeDevices
import app.loyalty.ffi.DishView
import app.loyalty.ffi.Freshness as NativeFreshness
import app.loyalty.ffi.GuestView
import app.loyalty.ffi.Inconsistency as NativeInconsistency
import app.loyalty.ffi.Lang
import app.loyalty.ffi.LevelView
import app.loyalty.ffi.MoneyAmount as NativeMoney
import app.loyalty.ffi.MovementKind
import app.loyalty.ffi.PendingView
import app.loyalty.ffi.PercentAmount as NativePercent
import app.loyalty.ffi.PhoneInput as NativePhone
import app.loyalty.ffi.ProfileEdit
import app.loyalty.ffi.ProgrammeLevelView
import app.loyalty.ffi.ProgrammeView
import app.loyalty.ffi.ReceiptView
import app.loyalty.ffi.RegistrationForm as NativeForm
import app.loyalty.ffi.ReminderView
import app.loyalty.ffi.ReminderWish
import app.loyalty.ffi.ScheduleView
import app.loyalty.ffi.SessionState as NativeState
import app.loyalty.ffi.Settings as NativeSettings
import app.loyalty.ffi.Sex as NativeSex
import app.loyalty.ffi.SexChange
import app.loyalty.ffi.SignOut as NativeSignOut
import app.loyalty.ffi.SnapshotView
import app.loyalty.ffi.SupportView
import app.loyalty.ffi.TextChange
import app.loyalty.ffi.TillCodeKind as NativeTillCodeKind
import app.loyalty.ffi.TillCodeView
import app.loyalty.ffi.TransactionPage
import app.loyalty.ffi.TransactionRow
import app.loyalty.ffi.UnitForms
import app.loyalty.ffi.VenueView
import java.time.Duration

// From the generated border to what an app sees, and back. A value that one side gets and the other does not know of does
// not compile: every `when` is exhaustive and every parameter is named.

internal fun NativeMoney.lifted() = MoneyAmount(value, text)

internal fun NativeBonus.lifted() = BonusAmount(value, text, number, unit)

internal fun NativePercent.lifted() = PercentAmount(value, text)

internal fun NativePhone.lifted() = PhoneInput(text, complete)

internal fun NativeState.lifted() =
    SessionState(
        signedIn = signedIn,
        connectivity =
            when (connectivity) {
                NativeConnectivity.UNKNOWN -> Connectivity.UNKNOWN
                NativeConnectivity.ONLINE -> Connectivity.ONLINE
                NativeConnectivity.OFFLINE -> Connectivity.OFFLINE
            },
        snapshot = snapshot?.lifted(),
    )

internal fun SnapshotView.lifted() =
    Snapshot(
        guest = guest.lifted(),
        balance = balance.lifted(),
        schedule = schedule.lifted(),
        pending = pending.map(PendingView::lifted),
        burnedSince = burnedSince?.lifted(),
        level = level?.lifted(),
        coupons = coupons.map(CouponView::lifted),
        newest = newest.map(TransactionRow::lifted),
        asOf = asOf,
        asOfText = asOfText,
        freshness =
            when (freshness) {
                NativeFreshness.FRESH -> Freshness.FRESH
                NativeFreshness.STALE -> Freshness.STALE
            },
        today = today,
        unsaved = unsaved?.let(::ErrorCode),
    )

internal fun GuestView.lifted() =
    GuestProfile(
        firstName = firstName,
        lastName = lastName,
        middleName = middleName,
        birthday = birthday,
        sex =
            when (sex) {
                NativeSex.MALE -> Sex.MALE
                NativeSex.FEMALE -> Sex.FEMALE
                null -> null
            },
        email = email,
        phone = phone,
        phoneMasked = phoneMasked,
        blocked = blocked,
    )

internal fun ScheduleView.lifted(): BurnSchedule =
    when (this) {
        is ScheduleView.Parts -> BurnSchedule.Parts(burns.map(BurnView::lifted), nonBurning.lifted())
        is ScheduleView.TotalOnly ->
            BurnSchedule.TotalOnly(
                when (because) {
                    NativeInconsistency.PARTS_DO_NOT_SUM -> Inconsistency.PARTS_DO_NOT_SUM
                    NativeInconsistency.IMPOSSIBLE_PART -> Inconsistency.IMPOSSIBLE_PART
                    NativeInconsistency.TOTALS_DIFFER -> Inconsistency.TOTALS_DIFFER
                },
            )
    }

internal fun BurnView.lifted() =
    Burn(on = on, onText = onText, inDays = inDays, amount = amount.lifted(), line = line)

internal fun PendingView.lifted() = PendingBonus(amount.lifted(), activeFrom, activeFromText)

internal fun LevelView.lifted() =
    Level(
        name = name,
        discount = discount?.lifted(),
        accrual = accrual?.lifted(),
        turnover = turnover?.lifted(),
        next = next?.let { NextLevel(it.name, it.from.lifted()) },
        progress = progress?.let { LevelProgress(it.permille.toInt(), it.remaining.lifted()) },
    )

internal fun CouponView.lifted() =
    Coupon(id = id, name = name, code = code, expiresAt = expiresAt, expiresText = expiresText)

internal fun TransactionRow.lifted() =
    Transaction(
        id = id,
        at = at,
        day = day,
        dayHeading = dayHeading,
        timeText = timeText,
        kind =
            when (kind) {
                MovementKind.ACCRUAL -> TransactionKind.ACCRUAL
                MovementKind.SPEND -> TransactionKind.SPEND
                MovementKind.BURN -> TransactionKind.BURN
                MovementKind.REFILL -> TransactionKind.REFILL
                MovementKind.WITHDRAW -> TransactionKind.WITHDRAW
                MovementKind.WELCOME -> TransactionKind.WELCOME
                MovementKind.CORRECTION -> TransactionKind.CORRECTION
                MovementKind.OTHER -> TransactionKind.OTHER
            },
        kindText = kindText,
        sum = sum.lifted(),
        balanceAfter = balanceAfter?.lifted(),
        receipt = receipt?.let(::ReceiptReference),
        venue = venue,
        moneySpent = moneySpent?.lifted(),
        comment = comment,
    )

internal fun TransactionPage.lifted() =
    HistoryPage(
        rows = rows.map(TransactionRow::lifted),
        next = next?.let(::HistoryCursor),
        cutShort = cutShort?.lifted() as? LoyaltyException,
    )

internal fun ReceiptView.lifted() =
    Receipt(
        reference = ReceiptReference(reference),
        number = number,
        at = at,
        atText = atText,
        venue = venue,
        dishes = dishes.map(DishView::lifted),
        total = total.lifted(),
        discount = discount.lifted(),
        bonusSpent = bonusSpent.lifted(),
        bonusAccrued = bonusAccrued.lifted(),
        paid = paid.lifted(),
    )

internal fun DishView.lifted() =
    Dish(
        name = name,
        quantityThousandths = quantity,
        quantityText = quantityText,
        price = price.lifted(),
        sum = sum.lifted(),
    )

internal fun TillCodeView.lifted() = TillCode(value = value, expiresAt = expiresAt, livesFor = livesFor)

internal fun ReminderView.lifted() =
    Reminder(
        id = id,
        notifyAt = notifyAt,
        burnOn = burnOn,
        daysBefore = daysBefore.toInt(),
        amount = amount?.lifted(),
        text = text,
    )

internal fun ProgrammeView.lifted() =
    Programme(
        name = name,
        levels = levels.map(ProgrammeLevelView::lifted),
        rules = rules,
        venues = venues.map(VenueView::lifted),
        support = support?.lifted(),
        canRegister = canRegister,
        tillCode =
            when (tillCode) {
                NativeTillCodeKind.TEMPORARY -> TillCodeKind.TEMPORARY
                NativeTillCodeKind.IDENTIFIER -> TillCodeKind.IDENTIFIER
                NativeTillCodeKind.NONE -> TillCodeKind.NONE
            },
        tillCodeOffline = tillCodeOffline,
        codeDigits = codeDigits.toInt(),
        leastVersions = AppVersions(leastVersions.android, leastVersions.ios, leastVersions.kiosk),
        consents = consents.map(ConsentTextView::lifted),
    )

internal fun ProgrammeLevelView.lifted() =
    ProgrammeLevel(
        name = name,
        from = from.lifted(),
        accrual = accrual?.lifted(),
        discount = discount?.lifted(),
    )

internal fun VenueView.lifted() =
    Venue(code = code, name = name, address = address, phone = phone, phoneText = phoneText, hours = hours)

internal fun SupportView.lifted() = Support(phone = phone, phoneText = phoneText, email = email, url = url)

internal fun ConsentTextView.lifted() =
    ConsentText(kind = kind.lifted(), textVersion = textVersion, text = text, url = url)

internal fun ConsentView.lifted() =
    Consent(
        kind = kind.lifted(),
        textVersion = textVersion,
        givenAt = givenAt,
        givenAtText = givenAtText,
        withdrawnAt = withdrawnAt,
        withdrawnAtText = withdrawnAtText,
        current = current,
    )

internal fun NativeConsentKind.lifted(): ConsentKind =
    when (this) {
        NativeConsentKind.PERSONAL_DATA -> ConsentKind.PERSONAL_DATA
        NativeConsentKind.ADVERTISING -> ConsentKind.ADVERTISING
    }

internal fun CodeSentView.lifted() =
    CodeSent(resendAfter = resendAfter, expiresIn = expiresIn, digits = digits.toInt())

internal fun NativeSignOut.lifted(): SignOut =
    when (this) {
        NativeSignOut.COMPLETE -> SignOut.COMPLETE
        NativeSignOut.ONLY_HERE -> SignOut.ONLY_HERE
    }

internal fun Lang.lifted(): Language =
    when (this) {
        Lang.RU -> Language.RUSSIAN
        Lang.EN -> Language.ENGLISH
    }

internal fun Language.lowered(): Lang =
    when (this) {
        Language.RUSSIAN -> Lang.RU
        Language.ENGLISH -> Lang.EN
    }

internal fun ConsentKind.lowered(): NativeConsentKind =
    when (this) {
        ConsentKind.PERSONAL_DATA -> NativeConsentKind.PERSONAL_DATA
        ConsentKind.ADVERTISING -> NativeConsentKind.ADVERTISING
    }

internal fun Devices.lowered(): NativeDevices =
    when (this) {
        Devices.THIS -> NativeDevices.THIS
        Devices.ALL -> NativeDevices.ALL
    }

internal fun Sex.lowered(): NativeSex =
    when (this) {
        Sex.MALE -> NativeSex.MALE
        Sex.FEMALE -> NativeSex.FEMALE
    }

internal fun Settings.lowered() =
    NativeSettings(
        gateway = gateway,
        folder = folder,
        lang = language.lowered(),
        unit =
            UnitForms(
                russianOne = unit.russianOne,
                russianFew = unit.russianFew,
                russianMany = unit.russianMany,
                russianFraction = unit.russianFraction,
                englishOne = unit.englishOne,
                englishOther = unit.englishOther,
            ),
        timeZone = timeZone,
        dayChange = dayChange,
        extraRoots = extraRoots,
        allowPlainHttp = allowPlainHttp,
        // The border knows no time before now; the core refuses nothing.
        timeout = timeout.coerceAtLeast(Duration.ZERO),
    )

internal fun RegistrationForm.lowered() =
    NativeForm(
        firstName = firstName,
        lastName = lastName,
        middleName = middleName,
        birthday = birthday,
        sex = sex?.lowered(),
        email = email,
    )

internal fun ProfileChange.lowered() =
    ProfileEdit(
        firstName = firstName,
        lastName = lastName.text(),
        middleName = middleName.text(),
        birthday =
            when (val change = birthday) {
                FieldChange.Keep -> DayChange.Keep
                FieldChange.Clear -> DayChange.Clear
                is FieldChange.Set -> DayChange.Set(change.value)
            },
        sex =
            when (val change = sex) {
                FieldChange.Keep -> SexChange.Keep
                FieldChange.Clear -> SexChange.Clear
                is FieldChange.Set -> SexChange.Set(change.value.lowered())
            },
        email = email.text(),
    )

private fun FieldChange<String>.text(): TextChange =
    when (this) {
        FieldChange.Keep -> TextChange.Keep
        FieldChange.Clear -> TextChange.Clear
        is FieldChange.Set -> TextChange.Set(value)
    }

internal fun ReminderPolicy.lowered() =
    ReminderWish(
        daysBefore = daysBefore.filter { it >= 0 }.map(Int::toUInt),
        at = at,
        limit = limit.coerceAtLeast(0).toUInt(),
    )

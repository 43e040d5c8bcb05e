package app.loyalty.presenters

import app.loyalty.AppVersions
import app.loyalty.Bonus
import app.loyalty.BonusAmount
import app.loyalty.Burn
import app.loyalty.BurnSchedule
import app.loyalty.Freshness
import app.loyalty.GuestProfile
import app.loyalty.Programme
import app.loyalty.Snapshot
import app.loyalty.TillCodeKind
import app.loyalty.Transaction
import app.loyalty.TransactionKind
import app.loyalty.words.Language
import java.time.Instant
import java.time.LocalDate

internal val TODAY: LocalDate = LocalDate.of(2026, 11, 23)

internal val PROGRAMME = Programme(
    "Зерно", emptyList(), null, emptyList(), null, canRegister = true, TillCodeKind.NONE, tillCodeOffline = false, 6,
    AppVersions(null, null, null), emptyList(),
)

internal fun bonus(hundredths: Long) = BonusAmount(Bonus(hundredths), "${hundredths / 100} бонусов", "${hundredths / 100}", "бонусов")

internal fun row(id: Long, hundredths: Long, kind: TransactionKind = TransactionKind.ACCRUAL) =
    Transaction(id, Instant.EPOCH, TODAY, "Сегодня", "12:00", kind, kind.name, bonus(hundredths), null, null, null, null, null)

internal val PROFILE = GuestProfile("Анна", null, null, LocalDate.of(1990, 12, 31), null, null, "+7 912 345-12-34", "+7 ••• •••-12-34", blocked = false)

internal val SNAPSHOT = Snapshot(
    PROFILE, bonus(100_00),
    BurnSchedule.Parts(
        listOf(Burn(TODAY.plusDays(3), "26 ноября", 3, bonus(30_00), "30 сгорят через 3 дня"), Burn(TODAY.plusDays(40), "2 января", 40, bonus(60_00), "60 сгорят")),
        bonus(10_00),
    ),
    emptyList(), null, null, emptyList(), listOf(row(1, 100_00)), Instant.EPOCH, "по состоянию на 23 ноября", Freshness.STALE, TODAY, null,
)

internal val PREFERENCES = Preferences(Language.RU, ThemeChoice.SYSTEM, notifyBurn = true, notificationsDenied = false)

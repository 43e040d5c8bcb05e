import Foundation
import Loyalty
import LoyaltyStage

import class LoyaltyCore.RehearsalClock

/// Our own types, under names that the generated module does not have.
typealias DeviceSettings = Settings
typealias DeviceSecrets = SecretStore

/// A scenario that cannot be played.
enum ScenarioError: Error {
    case missing(String)
    case noSuchStep(String)
}

/// A guest's device or a kiosk, and how it takes a step.
final class Player {
    private static let withPhone = [
        "register_at_counter", "visit", "block", "code", "till_code_elsewhere", "sign_out_elsewhere",
    ]

    private let stage: Stage
    private let clock: RehearsalClock
    private let folder: URL
    private let secrets = InMemorySecretStore()
    private let phone: String
    private var device: (any LoyaltySession)?
    private var code = ""
    private var credential = ""
    private var behind: HistoryCursor?

    init(_ scenario: JSON, folder: URL) async throws {
        stage = try await Stage(json: scenario["stage"]?.canonical ?? "{}")
        clock = RehearsalClock(at: stage.now)
        phone = scenario["phone"]?.text ?? "+79161112233"
        self.folder = folder
    }

    func take(_ step: JSON) async throws -> JSON {
        do {
            return try await taken(step)
        } catch let error as LoyaltyError {
            return shown(error)
        }
    }

    private func session() throws -> any LoyaltySession {
        guard let device else { throw ScenarioError.missing("an open device") }
        return device
    }

    private func guest() throws -> any LoyaltyGuest {
        guard let guest = device as? any LoyaltyGuest else { throw ScenarioError.missing("a guest's own device") }
        return guest
    }

    private func taken(_ step: JSON) async throws -> JSON {
        let what = try text(step, "do")
        let phone = step["phone"]?.text ?? phone
        let code = step["code"]?.text ?? code
        switch what {
        case "open": return opened(try await rehearsedGuest(settings(step), secrets, clock))
        case "open_kiosk": return opened(try rehearsedKiosk(settings(step), credential, clock))
        case "close":
            if let guest = device as? any LoyaltyGuest { try await guest.pause() }
            device = nil
            return done
        case "state": return shown(try session().current)
        case "programme": return shown(try await session().programme())
        case "known_programme": return .object(["programme": try session().knownProgramme.map(shown) ?? .null])
        case "language":
            try session().language = language(try text(step, "to"))
            return shown(try session().current)
        case "request_code": return shown(try await session().requestCode(phone: phone))
        case "confirm":
            try await session().confirm(phone: phone, code: code)
            return shown(try session().current)
        case "identify":
            guard let kiosk = device as? any LoyaltyKiosk else { throw ScenarioError.missing("a kiosk") }
            try await kiosk.identify(tillCode: code)
            return shown(kiosk.current)
        case "register":
            let consents = Set((step["consents"]?.list ?? []).compactMap { $0.text.flatMap(consent) })
            return .object(["created": .bool(try await session().register(form: try form(step), consents: consents).created)])
        case "sign_out":
            let told = try await session().signOut(devices: step["devices"]?.text == "all" ? .all : .this)
            return .object(["told": .bool(told == .complete), "state": shown(try session().current)])
        case "refresh": return .object(["snapshot": shown(try await session().refresh())])
        case "history", "more_history":
            let after = what == "more_history" ? behind : nil
            behind = nil
            let page = try await session().history(after: after, limit: Int(try number(step, "limit")))
            behind = page.next
            return shown(page)
        case "consents": return .object(["consents": .list(try await session().consents().map(shown))])
        case "give_consent": return shown(try await session().giveConsent(try kind(step)))
        case "format_phone", "word_bonus", "word_money", "word_date": return try worded(what, step)
        default: return try await takenAlone(what, step)
        }
    }

    /// What is answered at once.
    private func worded(_ what: String, _ step: JSON) throws -> JSON {
        let plus = step["plus"]?.bool ?? false
        switch what {
        case "format_phone":
            let input = try session().formatPhone(try text(step, "typed"))
            return .object(["text": .text(input.text), "complete": .bool(input.complete)])
        case "word_bonus":
            let said = try session().word(Bonus(hundredths: try number(step, "hundredths")), signed: plus)
            return .object(["text": .text(said.text), "number": .text(said.number), "unit": .text(said.unit)])
        case "word_money":
            return .object(["text": .text(try session().word(Money(kopecks: try number(step, "kopecks")), signed: plus).text)])
        default:
            guard let date = LocalDate(try text(step, "date")) else { throw ScenarioError.missing("a date") }
            return .object(["text": .text(try session().word(date))])
        }
    }

    /// What only a guest's own device does.
    private func takenAlone(_ what: String, _ step: JSON) async throws -> JSON {
        switch what {
        case "receipt":
            let rows = try session().current.snapshot?.newest ?? []
            let row = Int(try number(step, "row"))
            guard rows.indices.contains(row), let receipt = rows[row].receipt else { throw ScenarioError.missing("a receipt") }
            return shown(try await guest().receipt(receipt))
        case "till_code": return shown(try await guest().tillCode())
        case "rename":
            let profile = try await guest().updateProfile(ProfileChange(firstName: try text(step, "name")))
            return .object(["name": profile.firstName.map { .text($0) } ?? .null])
        case "withdraw_consent":
            try await guest().withdrawConsent(try kind(step))
            return done
        case "export":
            let copy = try await guest().exportData()
            return .object(["found": .list((step["texts"]?.list ?? []).map { .bool(copy.contains($0.text ?? "\u{0}")) })])
        case "request_deletion":
            let at = try await guest().requestDeletion()
            return .object(["requested_at": wholeSeconds(at), "state": shown(try session().current)])
        case "reminders":
            let days = (step["days_before"]?.list ?? []).compactMap { $0.number.map { Int($0) } }
            let limit = Int(try number(step, "limit"))
            return shown(try guest().reminders(ReminderPolicy(daysBefore: days, at: try time(step), limit: limit)))
        case "pause":
            try await guest().pause()
            return done
        case "resume":
            try await guest().resume()
            return done
        case "upkeep":
            try await guest().upkeep()
            return done
        default: return try await around(what, step)
        }
    }

    /// What happens around the device.
    private func around(_ what: String, _ step: JSON) async throws -> JSON {
        guard case .object(var act) = step else { throw ScenarioError.noSuchStep(what) }
        act["expect"] = nil
        if Self.withPhone.contains(what), act["phone"] == nil { act["phone"] = .text(phone) }
        var saw = try JSON.read(try await stage.act(json: JSON.object(act).canonical))
        clock.set(at: stage.now)
        if let told = saw["code"]?.text {
            code = told
            saw = done
        }
        if let told = saw["credential"]?.text {
            credential = told
            saw = done
        }
        guard case .object(var members) = saw else { throw ScenarioError.noSuchStep(what) }
        members["now"] = nil
        return .object(members)
    }

    private func opened(_ opened: any LoyaltySession) -> JSON {
        device = opened
        return shown(opened.current)
    }

    private func settings(_ step: JSON) -> Settings {
        var settings = stage.settings(folder.appendingPathComponent("data"))
        settings.language = language(step["language"]?.text ?? "ru")
        settings.timeout = .seconds(10)
        return settings
    }

    private func form(_ step: JSON) throws -> RegistrationForm {
        RegistrationForm(
            firstName: try text(step, "name"), birthday: step["birthday"]?.text.flatMap { LocalDate($0) },
            email: step["email"]?.text)
    }

    private func time(_ step: JSON) throws -> LocalTime {
        let parts = try text(step, "at").split(separator: ":").compactMap { Int($0) }
        guard parts.count >= 2 else { throw ScenarioError.missing("a time") }
        return LocalTime(hour: parts[0], minute: parts[1])
    }

    private func language(_ code: String) -> Language { Language(rawValue: code) ?? .russian }

    private func kind(_ step: JSON) throws -> ConsentKind {
        guard let kind = consent(try text(step, "kind")) else { throw ScenarioError.missing("a consent") }
        return kind
    }

    private func consent(_ word: String) -> ConsentKind? {
        ["personal_data": .personalData, "advertising": .advertising][word]
    }

    private func text(_ step: JSON, _ name: String) throws -> String {
        guard let text = step[name]?.text else { throw ScenarioError.missing(name) }
        return text
    }

    private func number(_ step: JSON, _ name: String) throws -> Int64 {
        guard let number = step[name]?.number else { throw ScenarioError.missing(name) }
        return number
    }
}

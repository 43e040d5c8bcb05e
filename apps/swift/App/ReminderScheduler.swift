import Foundation
import Loyalty
import Presentation
@preconcurrency import UserNotifications

/// Reminders as local notifications: nothing about the guest leaves the phone for them.
struct ReminderScheduler: ReminderCentre {
    func isAllowed() async -> Bool {
        let settings = await UNUserNotificationCenter.current().notificationSettings()
        return settings.authorizationStatus != .denied
    }

    func ask() async -> Bool {
        (try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound])) ?? false
    }

    func schedule(_ wanted: [Reminder]) async {
        let centre = UNUserNotificationCenter.current()
        let scheduled = await centre.pendingNotificationRequests().map(\.identifier)
        let plan = ReminderPlan(scheduled: scheduled, wanted: wanted)
        centre.removePendingNotificationRequests(withIdentifiers: plan.cancel)
        for notice in plan.schedule {
            let content = UNMutableNotificationContent()
            content.body = notice.text
            content.sound = .default
            let parts: Set<Calendar.Component> = [.year, .month, .day, .hour, .minute]
            let moment = Calendar.current.dateComponents(parts, from: notice.at)
            let trigger = UNCalendarNotificationTrigger(dateMatching: moment, repeats: false)
            // The system refuses when too many are scheduled; the soonest come first, so those stand.
            try? await centre.add(UNNotificationRequest(identifier: notice.id, content: content, trigger: trigger))
        }
    }
}

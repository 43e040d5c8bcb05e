// A value that is printed ends up in logs. What is personal, or opens something, says only what it is.

extension GuestProfile: CustomStringConvertible, CustomReflectable {
    public var description: String { "GuestProfile(blocked: \(blocked))" }
    public var customMirror: Mirror { closed(self) }
}

extension Coupon: CustomStringConvertible, CustomReflectable {
    public var description: String { "Coupon(\(id))" }
    public var customMirror: Mirror { closed(self) }
}

extension Transaction: CustomStringConvertible, CustomReflectable {
    public var description: String { "Transaction(\(id), \(kind), \(sum.value.hundredths))" }
    public var customMirror: Mirror { closed(self) }
}

extension TillCode: CustomStringConvertible, CustomReflectable {
    public var description: String { "TillCode" }
    public var customMirror: Mirror { closed(self) }
}

extension RegistrationForm: CustomStringConvertible, CustomReflectable {
    public var description: String { "RegistrationForm" }
    public var customMirror: Mirror { closed(self) }
}

extension ProfileChange: CustomStringConvertible, CustomReflectable {
    public var description: String { "ProfileChange" }
    public var customMirror: Mirror { closed(self) }
}

extension PhoneInput: CustomStringConvertible, CustomReflectable {
    public var description: String { "PhoneInput(complete: \(complete))" }
    public var customMirror: Mirror { closed(self) }
}

/// Without children, so that `dump` and a debugger's summary print no more than a description does.
private func closed<Value>(_ value: Value) -> Mirror { Mirror(value, children: [:]) }

@preconcurrency import Testing

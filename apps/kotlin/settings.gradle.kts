// For the IDE and for releases. It compiles the sources that `cargo xtask test android` builds with Maven and tests; that the
// two say the same is a test. Nobody of us has run it: docs/android.md.

pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "loyalty"
include(":android")

import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    alias(libs.plugins.android)
    alias(libs.plugins.kotlin)
    alias(libs.plugins.compose)
}

// What `cargo xtask android` writes: the library in Rust, generated Kotlin, words, colours, typeface and licences.
val generated = rootDir.resolve("../../target")

android {
    namespace = "app.loyalty.android"
    // The oldest that AndroidX allows to compile against; what the app asks of a phone is targetSdk.
    compileSdk = 36

    defaultConfig {
        applicationId = "app.loyalty.android"
        minSdk = 26
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
        ndk.abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64")
    }

    // The languages that the app speaks: AndroidX brings eighty.
    androidResources.localeFilters += listOf("ru", "en")

    sourceSets["main"].apply {
        kotlin.srcDirs(
            "../ui/src/main/kotlin",
            "../presenters/src/main/kotlin",
            "../../../bindings/kotlin/api/src/main/kotlin",
            "../../../bindings/kotlin/client/src/main/kotlin",
            generated.resolve("bindings/kotlin"),
            generated.resolve("words/kotlin"),
        )
        res.srcDirs(generated.resolve("words/android/res"), generated.resolve("android/res"))
        assets.srcDirs(generated.resolve("android/assets"))
        jniLibs.srcDirs(generated.resolve("bindings/android/jni"))
    }

    // The tests run on a gateway and a loyalty server that `cargo xtask test android` starts.
    sourceSets["test"].kotlin.setSrcDirs(emptyList<String>())

    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(
                getDefaultProguardFile("proguard-android-optimize.txt"),
                "proguard-rules.pro",
                "../../../bindings/kotlin/native/src/main/resources/META-INF/proguard/loyalty.pro",
            )
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin {
    compilerOptions.jvmTarget = JvmTarget.JVM_17
}

dependencies {
    implementation(libs.activity.compose)
    implementation(libs.compose.animation)
    implementation(libs.compose.foundation)
    implementation(libs.compose.material3)
    implementation(libs.compose.runtime)
    implementation(libs.compose.ui)
    implementation(libs.core.ktx)
    implementation(libs.coroutines.android)
    // As an AAR it holds the libraries for phones.
    implementation(variantOf(libs.jna) { artifactType("aar") })
    implementation(libs.lifecycle.process)
    implementation(libs.lifecycle.runtime)
    implementation(libs.zxing)
}

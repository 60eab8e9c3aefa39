//go:build race

package twilio_test

const raceEnabled = true

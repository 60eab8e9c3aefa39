// Command crisisline answers a crisis line: it takes calls from Twilio, finds
// who is on shift, rings them, and joins the two.
//
//	main.go        the command line, and what its exit codes mean
//	serve.go       carry calls, drain, and who is told that we live (notify.go)
//	service.go     every part, wired in reading order; http.go and pages.go its doors
//	store.go       the way to Redis: servers elsewhere, one of our own (server.go),
//	               or memory (memory.go)
//	plan*.go       teams, people and shifts: check, change (planapply.go), merge and split
//	               (planteams.go), tables and calendars in and out, ask
//	doctor*.go     what is wrong with an installation, and what to do about it
//	world.go       the service and a telephone network in a box, on one clock
//	demo.go        that, with callers arriving, for people to try
//	simulate.go    that, days of it in seconds, with the figures (figures.go)
//	version.go     which build this is
//
// This package is the only one that reads the configuration, the clock of the
// machine and the environment; every other package is handed what it needs.
package main

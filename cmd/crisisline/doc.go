// Command crisisline answers a crisis line: it takes calls from Twilio, finds
// who is on shift, rings them, and joins the two.
//
//	main.go     the command line, and what its exit codes mean
//	version.go  which build this is
//	plan.go     teams, people and shifts: check, apply, export, ask
//	store.go    the way to Redis: servers elsewhere, one of our own, or memory
//	doctor.go   what is wrong with an installation, and what to do about it
//
// Each subcommand has a file of its own name. This package is the only one that
// reads the configuration, the clock of the machine and the environment; every
// other package is handed what it needs.
package main

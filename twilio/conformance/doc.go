// Package conformance holds what this service says to Twilio against things
// Twilio wrote: TwiML documents against the grammar of npm twilio, REST
// requests against Twilio's own OpenAPI description (in npm @twilio/cli-core),
// signatures and rendering against npm twilio's own output.
//
// It is for tests only. What it reads is not in the repository: generate.mjs
// writes generated/ from node_modules, and make test calls it. Without those
// files every check is an error that says so, never a silent pass.
package conformance
